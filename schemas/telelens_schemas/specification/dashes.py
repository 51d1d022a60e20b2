"""A dash that stands against its key: YAML takes both for one key, and stumbles over the lines that follow."""

from __future__ import annotations

import re

from telelens_schemas.specification.fragments import Fragment

BLANK_EXPECTED = 'a blank is missing after the "-"'
_STUCK = re.compile(r"([ ]*)-(?=[A-Za-z][\w.-]*:(?:[ \r\n]|\Z))")
_SAYS_NOTHING = re.compile(r"[ \t\r]*(?:#.*)?\n")


def stuck_dash(document: Fragment, inner: Fragment, at: int) -> int | None:
    """The offset in the document behind the dash of the line above a place in one of its fragments, where the line of
    the place would belong to that dash's item."""
    place = inner.offset_in(document, at)
    assert place is not None
    text = document.text
    line = above = text.rfind("\n", 0, place) + 1
    while above > 0 and (above == line or _SAYS_NOTHING.match(text, above)):
        above = text.rfind("\n", 0, above - 1) + 1
    found = _STUCK.match(text, above) if above < line else None
    is_deeper = found is not None and place - line > len(found[1])
    return found.end() if found is not None and is_deeper else None
