"""What may go wrong between here and an API server, each with one line for people."""

from __future__ import annotations

import re
from typing import Final

from telelens_daemons.errors import UserError


class KubeError(UserError):
    """Any failure of a request. Catch the subclasses where they mean something to you."""

    code = "kubernetes"


class KubeconfigError(KubeError):
    """The kubeconfig is missing, broken, or does not hold what is asked for."""

    code = "kubeconfig"


class CredentialsError(KubeError):
    """Credentials are missing, expired, or their plugin failed (401)."""

    code = "credentials"


class UnreachableError(KubeError):
    """No answer from the API server: name, route, TLS, or time. Trying again may help."""

    code = "unreachable"


class ForbiddenError(KubeError):
    """RBAC or an admission policy says no (403). ``hint`` names the missing verb and resource."""

    code = "forbidden"


class NotFoundError(KubeError):
    """The object, or the whole kind, is not there (404)."""

    code = "not-found"


class ConflictError(KubeError):
    """The object exists already, or has changed since it was read (409)."""

    code = "conflict"


class GoneError(KubeError):
    """The resource version is too old to watch from (410): list again."""

    code = "gone"


class RefusedError(KubeError):
    """The object itself was refused: invalid (422), or any other answer that is the request's fault."""

    code = "refused"


class ServerError(KubeError):
    """The API server answered, but cannot serve now (429, 5xx). Trying again may help."""

    code = "server"


ANONYMOUS: Final = "system:anonymous"
"""Whom an API server takes a request for that carries no credentials at all; it answers 403 then, not 401."""

_IMPERSONATION = re.compile(r'^(?P<kind>\w+)(?:\.\S+)? "(?P<who>[^"]*)" is forbidden: .* cannot impersonate resource')


def error_from_status(status: int, reason: str, message: str, *, server: str, verb: str, resource: str) -> KubeError:
    """Turn an answer of the API server into the error that says it best.

    ``reason`` and ``message`` are those of the ``Status`` object; ``resource`` like ``pods in namespace shop``.
    """
    where = f"{verb} {resource}"
    if said := _policy_words(message):
        what, _, hint = said.partition("; ")
        return RefusedError(what, hint=hint, detail=message, code="conflict" if status == 409 else None)
    if status == 401 or (status == 403 and f'"{ANONYMOUS}"' in message):
        return CredentialsError(
            f"{server} does not accept your credentials: they are missing or have expired",
            hint="log in to the cluster again, then check with: kubectl auth whoami",
            detail=message,
        )
    if status == 403 and (refused := _IMPERSONATION.search(message)):
        return ForbiddenError(
            f"you may not act as {refused['kind'].removesuffix('s')} {refused['who']} (--as, --as-group)",
            hint=f"leave the flag out, or ask for a role that allows: impersonate {refused['kind']}",
            detail=message,
        )
    if status == 403:
        return ForbiddenError(
            f"you may not {where}",
            hint=f"ask for a role that allows: {where}",
            detail=message,
        )
    if status == 404:
        return NotFoundError(message or f"{resource} not found", detail=f"{where}: 404 {reason}")
    if status == 409:
        return ConflictError(message or f"{resource} exists or has changed", detail=f"{where}: 409 {reason}")
    if status == 410:
        return GoneError(message or "resource version too old", detail=where)
    if status == 429 or status >= 500:
        return ServerError(
            f"the API server at {server} cannot serve now ({status} {reason or message})",
            hint="try again in a moment",
            detail=f"{where}: {message}",
        )
    return RefusedError(message or f"{where}: {status} {reason}", detail=f"{where}: {status} {reason}")


def _policy_words(message: str) -> str:
    """What an admission policy or webhook says, without what the API server says around it; else empty."""
    for mark in ("denied request: ", "denied the request: "):
        _, found, words = message.partition(mark)
        if found:
            return words
    return ""
