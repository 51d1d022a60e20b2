"""A command line that reaches an intercept, for people to copy."""

from __future__ import annotations

import shlex

from telelens_schemas.matching.parser import parse
from telelens_schemas.resources import Match, PathKind


def curl_line(match: Match | None, *, host: str, port: int) -> str:
    """A request through the Service at ``host`` that matches every condition. Raises PatternError."""
    options: list[str] = []
    path = "/"
    if match is not None and match.path is not None:
        regex = match.path.kind is PathKind.REGEX
        path = parse(match.path.value).sample() if regex else match.path.value
    for header in match.headers if match else ():
        name, value = header.name.lower(), parse(header.regex).sample()
        if name == ":path":
            path = value
        elif name == ":method":
            options += ["-X", value]
        else:
            options += ["-H", f"{'host' if name == ':authority' else header.name}: {value}"]
    if not path.startswith("/"):
        path = f"/{path}"
    return shlex.join(["curl", *options, f"http://{host}:{port}{path}"])
