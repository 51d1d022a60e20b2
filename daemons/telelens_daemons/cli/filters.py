"""The options of ``intercept`` that say which requests, and how they are told back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from telelens_daemons.errors import UserError

if TYPE_CHECKING:
    from telelens_schemas.wire.daemon_pb2 import InterceptInfo, InterceptRequest

AUTOMATIC = "auto"


def add_filters(
    request: InterceptRequest,
    *,
    headers: Sequence[str],
    paths: Mapping[str, str | None],
) -> None:
    """Write the filters into ``request``. Raises UserError (usage) for those that no cluster would take."""
    from telelens_schemas.wire.daemon_pb2 import HeaderMatch, PathMatch

    for text in headers:
        if text == AUTOMATIC:
            request.automatic_header = True
            continue
        name, equals, regex = text.partition("=")
        if not equals:
            raise UserError(
                f'--http-header "{text}" is not NAME=REGEX', hint="like x-user=ada, or the word auto", code="usage"
            )
        if not regex:
            raise UserError(
                f'--http-header "{text}" has no value', hint=f"for an empty header: {name}=^$", code="usage"
            )
        request.headers.append(HeaderMatch(name=name, value=regex))
    given = {kind: value for kind, value in paths.items() if not_empty(f"--http-path-{kind}", value) is not None}
    if len(given) > 1:
        flags = " and ".join(f"--http-path-{kind}" for kind in given)
        raise UserError(f"{flags} exclude each other", hint="one path is enough; :path may be a header", code="usage")
    for kind, value in given.items():
        request.path.CopyFrom(PathMatch(kind=kind, value=value))
    _check(request)


def not_empty(flag: str, value: str | None) -> str | None:
    """A narrowing option that a script left empty must not widen what is taken. Raises UserError (usage)."""
    if value == "":
        raise UserError(f"{flag} is empty", hint="give it a value, or leave the option out", code="usage")
    return value


def condition_lines(info: InterceptInfo) -> list[str]:
    """One line for each condition; none where everything is taken."""
    from telelens_schemas.matching.match import describe
    from telelens_schemas.resources import HeaderMatch, Match, PathKind, PathMatch

    match = Match(
        headers=tuple(HeaderMatch(name=one.name, regex=one.value) for one in info.headers),
        path=PathMatch(kind=PathKind(info.path.kind), value=info.path.value) if info.HasField("path") else None,
    )
    return [f"      {line}" for line in describe(match)]


def _check(request: InterceptRequest) -> None:
    """Here already, so that a slip needs no daemon to be told."""
    if not request.headers and not request.HasField("path"):
        return
    from telelens_daemons.intercepts.filters import match_of

    try:
        match_of(request, session_uid="")
    except UserError as error:
        raise UserError(error.message, hint=error.hint, code="usage") from error
