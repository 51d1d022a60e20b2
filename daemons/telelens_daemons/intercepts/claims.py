"""Who has the place already, and what may be done about it, as it looks from this workstation."""

from __future__ import annotations

import re

from telelens_schemas.names import REVOKE_VERB
from telelens_schemas.resources import Intercept, Mechanism, Phase, ResourceError

from telelens_daemons.connection.connection import Connection
from telelens_daemons.connection.own_intercepts import INTERCEPTS
from telelens_daemons.errors import UserError
from telelens_daemons.kube.errors import KubeError

_CLAIM = re.compile(r"already intercepted by (?P<owner>.+?) \(intercept (?P<name>[^\s,]+), ")


async def explained(connection: Connection, error: UserError, namespace: str) -> UserError:
    """The manager's refusal; it knows owners, but not who reads its words, nor that somebody has gone meanwhile."""
    found = _CLAIM.search(error.message)
    if found is None:
        return error
    try:
        other = Intercept.from_object(await connection.client.get(INTERCEPTS, found["name"], namespace=namespace))
    except (KubeError, ResourceError):
        return error
    start, end = found.span("owner")
    message = error.message[:start] + whose(connection, other) + error.message[end:]
    return UserError(message, hint=what_to_do(connection, other), detail=error.detail, code=error.code)


def whose(connection: Connection, other: Intercept) -> str:
    """Who has it."""
    session = other.spec.session
    away = ", whose workstation is away: its place is kept," if other.status.phase is Phase.AWAY else ""
    if connection.intercepts.is_own(other):
        return "you"
    if other.spec.owner == connection.session.session.spec.owner:
        return f"you in session {session.name}{away}"
    return f"{other.spec.owner}{away}"


def what_to_do(connection: Connection, other: Intercept) -> str:
    """How the place becomes free."""
    name, owner = other.metadata.name, other.spec.owner
    delete = f"kubectl delete intercept {name} -n {other.metadata.namespace}"
    if connection.intercepts.is_own(other):
        return f"run: telelens leave {name}"
    if owner == connection.session.session.spec.owner:
        return f"leave it there, or run: {delete}"
    beside = ""
    if other.spec.mechanism is Mechanism.HTTP:  # only some requests are taken
        beside = "take requests with a header of your own (--http-header auto), or "
    return f"{beside}ask {owner} to leave it; who has the verb {REVOKE_VERB} on intercepts may end it: {delete}"
