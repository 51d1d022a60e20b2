"""From a request of the command line to a way into a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

from telelens_schemas.wire.daemon_pb2 import ConnectRequest

from telelens_daemons.errors import UserError
from telelens_daemons.kube.flags import KubeFlags
from telelens_daemons.kube.kubeconfig import Access, Kubeconfig, config_paths


def access_of(request: ConnectRequest) -> Access:
    """Read the caller's kubeconfig. Raises KubeconfigError."""
    paths = config_paths(request.kubeconfig, request.environment)
    return Kubeconfig.load(paths).access(context=request.context, flags=flags_of(request), namespace=request.namespace)


def flags_of(request: ConnectRequest) -> KubeFlags:
    """The request's kubectl flags; the message has the dataclass' field names."""
    values = {field.name: getattr(request.flags, field.name) for field in fields(KubeFlags)}
    values["as_groups"] = tuple(values["as_groups"])
    return KubeFlags(**values)


def unequal(pairs: Iterable[tuple[str, str, str]]) -> list[str]:
    """Of (what it is, what is, what is wanted) those that differ, as words for a message."""
    return [f"{what} {old or '(none)'}, not {new or '(none)'}" for what, old, new in pairs if old != new]


def connected_differently(found: Sequence[str]) -> UserError:
    """The refusal to take the connection there is for another."""
    return UserError(
        f"already connected, but differently: {'; '.join(found)}",
        hint="run: telelens quit; then connect again",
        code="already-connected",
    )


def differences(mine: Access, theirs: Access) -> list[str]:
    """What distinguishes two accesses, as words for a message."""
    pairs = [
        ("context", mine.context, theirs.context),
        ("server", mine.server, theirs.server),
        ("namespace", mine.namespace, theirs.namespace),
    ]
    found = unequal(pairs)
    if not found and (mine.flags != theirs.flags or mine.user_entry != theirs.user_entry):
        found.append("other credentials or flags")
    return found
