"""A filter as one pattern for the agent's engine, matched against a request written as lines.

The lines are ``:port: 8080``, ``:method: GET``, ``:path: /a?b=1``, ``:bare: /a``, then every header, names in lower
case, each ended by CR LF, which no value can hold. So the engine needs no new configuration for a new filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from telelens_schemas.matching.nodes import written
from telelens_schemas.matching.parser import parse
from telelens_schemas.matching.sampling import ALIASES
from telelens_schemas.resources import Match, PathKind, PathMatch

SUBJECT: Final = r":port: %[dst_port]\r\n:method: %[method]\r\n:path: %[pathq]\r\n:bare: %[path]\r\n%[req.hdrs]"
"""How HAProxy writes the lines."""
LIMIT: Final = 5000
"""Steps of PCRE2 after which a pattern counts as not matching: whatever it is, it cannot keep a worker busy."""


_PLAIN: Final = re.compile(r"[a-z0-9_-]+")


def needed_header(match: Match | None) -> str:
    """The name, in lower case, of a header that no request lacks which the filter takes; empty where there is none that
    not every request has, and none that HAProxy's commands can say. Of several the longest, which the fewest have."""
    names = (header.name.lower() for header in match.headers) if match else ()
    return max((name for name in names if _PLAIN.fullmatch(name) and name not in ALIASES.values()), key=len, default="")


def engine_pattern(match: Match | None, ports: Iterable[int]) -> str:
    """Raises PatternError. Without blanks or quotes, as HAProxy's commands need it."""
    numbers = "|".join(str(port) for port in sorted(ports))
    conditions = [_line(header.name, parse(header.regex).pcre()) for header in match.headers] if match else []
    if match and match.path:
        conditions.append(_line(":bare", _path(match.path)))
    return f"(*LIMIT_MATCH={LIMIT})^:port:\\x20(?:{numbers})\\r\\n" + "".join(conditions)


def _line(name: str, value: str) -> str:
    lowered = name.lower()
    label = "".join(map(written, ALIASES.get(lowered, lowered)))
    return f"(?=(?:[^\\n]*+\\n)*?{label}\\x3a\\x20{value}\\r\\n)"


def _path(path: PathMatch) -> str:
    if path.kind is PathKind.REGEX:
        return parse(path.value).pcre()
    literal = "".join(map(written, path.value))
    return literal if path.kind is PathKind.EQUAL else f"{literal}[^\\r\\n]*+"
