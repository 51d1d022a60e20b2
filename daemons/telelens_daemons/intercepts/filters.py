"""Which requests an intercept is asked to take: the request of a client, as it will stand in the Intercept."""

from __future__ import annotations

from telelens_schemas.matching import PatternError, check_match, quote
from telelens_schemas.names import PERSONAL_HEADER
from telelens_schemas.resources import Drain, HeaderMatch, Match, Mechanism, PathKind, PathMatch
from telelens_schemas.wire.daemon_pb2 import InterceptRequest

from telelens_daemons.errors import UserError

AUTOMATIC = "auto"
"""As a header's pattern: a value that is this intercept's alone."""


def mechanism_of(request: InterceptRequest) -> Mechanism:
    """Filters imply http. Raises UserError."""
    filtered = bool(request.headers) or request.HasField("path") or request.automatic_header
    if not request.mechanism:
        return Mechanism.HTTP if filtered else Mechanism.TCP
    try:
        mechanism = Mechanism(request.mechanism)
    except ValueError as error:
        raise UserError(
            f"mechanism {request.mechanism} is not known", hint=f"one of: {', '.join(Mechanism)}", code="usage"
        ) from error
    if filtered and mechanism is not Mechanism.HTTP:
        raise UserError(
            f"mechanism {mechanism} takes whole connections: it cannot choose by headers or paths",
            hint="leave --mechanism out, or the filters",
            code="usage",
        )
    return mechanism


def drain_of(request: InterceptRequest, mechanism: Mechanism) -> Drain:
    """Old connections are left alone where only some requests are taken. Raises UserError."""
    default = Drain.NONE if mechanism is Mechanism.HTTP else Drain.IDLE
    try:
        return Drain(request.drain or default)
    except ValueError as error:
        raise UserError(f"{request.drain} is no way to drain", hint="none, idle or all", code="usage") from error


def match_of(request: InterceptRequest, *, session_uid: str, name: str = "") -> Match | None:
    """None: everything. ``name``: what the intercept is called, where that is not what was asked for. Raises
    UserError."""
    own = quote(f"{session_uid}:{name or request.name}")
    headers = [
        HeaderMatch(name=one.name, regex=own if one.value == AUTOMATIC else one.value) for one in request.headers
    ]
    if request.automatic_header:
        headers.append(HeaderMatch(name=PERSONAL_HEADER, regex=own))
    path = _path(request.path.kind, request.path.value) if request.HasField("path") else None
    if not headers and path is None:
        return None
    match = Match(headers=tuple(headers), path=path)
    try:
        check_match(match)
    except PatternError as error:
        raise UserError(error.message, hint=error.hint, code="bad-filter") from error
    return match


def _path(kind: str, value: str) -> PathMatch:
    try:
        return PathMatch(kind=PathKind(kind), value=value)
    except ValueError as error:
        raise UserError(f"{kind} is no way to compare a path", hint="equal, prefix or regex", code="usage") from error
