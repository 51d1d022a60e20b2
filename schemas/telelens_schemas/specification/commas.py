"""Finds where a comma is missing between two things within brackets."""

from __future__ import annotations

import re

_SIGN = re.compile(
    r"""(?<=[\s\[{,:])(?:"(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+')|(?<=\s)\#[^\n]*|[{}\[\]]""", re.DOTALL | re.VERBOSE
)
_WORD = re.compile(r"(?<=[^\s,\[{:])(\s+)[\w.-]+[ ]*\Z")
_COMMENT = re.compile(r"(?:^|[ \t])#[^\n\"']*\Z", re.MULTILINE)
_CLOSING = {"{": "}", "[": "]"}


def missing_comma(yaml: str, opened: int, at: int) -> tuple[int, int] | None:
    """The blanks where it belongs: what stands ``at`` an offset does not fit into the bracket that is ``opened``.
    ``None`` where the bracket is not closed, and where what is in the way is no more than a colon."""
    if not _is_closed(yaml, opened):
        return None
    if yaml[at : at + 1] == ":":
        word = _WORD.search(yaml, opened, at)
        return word.span(1) if word is not None else None
    end = len(yaml[:at].rstrip())
    while end <= yaml.rfind("\n", 0, at) and (comment := _COMMENT.search(yaml, yaml.rfind("\n", 0, end) + 1, end)):
        end = len(yaml[: comment.start()].rstrip())
    return end, at


def _is_closed(yaml: str, opened: int) -> bool:
    awaited: list[str] = []
    for sign in _SIGN.finditer(yaml, opened):
        if sign[0] in _CLOSING:
            awaited.append(_CLOSING[sign[0]])
        elif sign[0] in ("}", "]"):
            if not awaited or awaited.pop() != sign[0]:
                return False
            if not awaited:
                return True
    return False
