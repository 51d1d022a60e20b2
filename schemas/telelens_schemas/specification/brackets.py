"""What is wrong within brackets: a comma that is missing, a colon in a value, or that they are left open."""

from __future__ import annotations

import re

from telelens_schemas.specification.fragments import Broken, BrokenFix, Fragment
from telelens_schemas.specification.problems import Code

_SIGN = re.compile(
    r"""(?<=[\s\[{,:])(?:"(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+')|(?<=\s)\#[^\n]*|[{}\[\]]""", re.DOTALL | re.VERBOSE
)
_WORD = re.compile(r"(?<=[^\s,\[{:])(\s+)[\w.-]+[ ]*\Z")
_COMMENT = re.compile(r"(?:^|[ \t])#[^\n\"']*\Z", re.MULTILINE)
_VALUE = re.compile(r"[{\[,][ ]*[\w.-]+[ ]*:[ ]+([^\s\"'{}\[\],|>&*!%@`#:][^{}\[\],:]*)\Z")
_END = re.compile(r"[{}\[\],]|[ \t]+#|\r?\n")
_CLOSING = {"{": "}", "[": "]"}
_COMMA_EXPECTED = 'a "," is missing here'
_COMMA_OR_QUOTES_EXPECTED = 'a "," is missing here, or quotes around the value'
_COLON = 'a ":" is not allowed here: put the value in quotes, or in braces of its own'


def left_open(fragment: Fragment, at: int) -> Broken:
    """A bracket at an offset, without its end."""
    message = f'the "{fragment.text[at]}" is not closed'
    return Broken(at, at + 1, Code.YAML_SYNTAX, message, is_unclosed=True)


def misfit_in_brackets(fragment: Fragment, opened: int, at: int) -> Broken:
    """What stands ``at`` an offset does not fit into the bracket that is ``opened``."""
    yaml = fragment.yaml
    value = _VALUE.search(yaml, fragment.start_of_line(at), at) if yaml[at : at + 1] == ":" else None
    quotes = _in_quotes(fragment, value) if value is not None else ()
    blanks = _missing_comma(yaml, opened, at)
    if blanks is not None:
        behind, end = blanks
        comma = ("Add ,", behind, behind, ",")
        start, end = (behind - 1, behind) if "\n" in yaml[behind:end] else blanks
        if value is not None:
            return Broken(start, end, Code.YAML_SYNTAX, _COMMA_OR_QUOTES_EXPECTED, choices=(comma, *quotes))
        return Broken(start, end, Code.YAML_SYNTAX, _COMMA_EXPECTED, fix=comma)
    if value is None:
        return left_open(fragment, opened)
    if " " in value[1].rstrip():  # the last word may be a key
        return Broken(at, at + 1, Code.YAML_SYNTAX, _COLON, choices=quotes)
    return Broken(at, at + 1, Code.YAML_SYNTAX, _COLON, fix=next(iter(quotes), None))


def is_within_brackets(yaml: str, at: int) -> bool:
    """Whether one that is open before an offset is closed behind it."""
    signs = [sign[0] for sign in _SIGN.finditer(yaml, 0, at)]
    return sum((sign in _CLOSING) - (sign in _CLOSING.values()) for sign in signs) > 0


def _in_quotes(fragment: Fragment, value: re.Match[str]) -> tuple[BrokenFix, ...]:
    """Of a value that holds a colon; where an action's quotes would be doubled, nothing."""
    end = _END.search(fragment.yaml, value.end())
    written = fragment.text[value.start(1) : end.start() if end is not None else None].rstrip()
    if "{{" in written:
        return ()
    quoted = "'" + written.replace("'", "''") + "'"
    return (("Put it in quotes", value.start(1), value.start(1) + len(written), quoted),)


def _missing_comma(yaml: str, opened: int, at: int) -> tuple[int, int] | None:
    """The blanks where it belongs; ``None`` where the bracket is not closed, and where nothing but a colon is in the
    way."""
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
