"""A command line that reaches an intercept, for people to copy."""

from __future__ import annotations

import shlex
from typing import Final

from telelens_schemas.matching.sampling import sample_request
from telelens_schemas.resources import Match

INSIDE: Final = "From inside the cluster:"
"""Where the line works."""


def curl_line(match: Match | None, *, host: str, port: int) -> str:
    """A request through the Service at ``host`` that matches every condition; empty where none is known.

    Raises PatternError.
    """
    request = sample_request(match)
    if request is None:
        return ""
    options = [] if request.method == "GET" else ["-I"] if request.method == "HEAD" else ["-X", request.method]
    spelled = {header.name.lower(): header.name for header in match.headers} if match else {}
    for name, value in request.headers:
        written = spelled.get(name, name)
        options += ["-H", f"{written}: {value}" if value else f"{written};"]
    if any(char in request.target for char in "[]{}"):
        options.append("-g")
    if any(segment in (".", "..") for segment in request.target.partition("?")[0].split("/")):
        options.append("--path-as-is")
    return shlex.join(["curl", *options, f"http://{host}:{port}{request.target}"])
