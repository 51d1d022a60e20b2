"""The application's environment as the kubelet resolved it, out of the copy that the agent's own environment carries.

The injector copied each variable under a prefix and kept the kubelet from expanding literals; so the expansion, in the
kubelet's order, is done here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from telelens_schemas.environment.expansion import expand, in_order
from telelens_schemas.environment.importing import importable
from telelens_schemas.wire.tunnel_pb2 import EnvironmentReply, EnvironmentRequest

from telelens_cluster.agent.configuration import Configuration
from telelens_cluster.agent.errors import EnvironmentDenied
from telelens_cluster.agent.injection import Container, Injection


def of_the_container(own: Mapping[str, str]) -> dict[str, str]:
    """``own`` and what the supervisor's shell kept to itself.

    A shell may drop what it cannot name (``app.py``, ``my-name``; Kubernetes allows both) from the environment of its
    children. Its own, as the kernel shows it, is what the container was started with.
    """
    try:
        started = Path(f"/proc/{os.getppid()}/environ").read_bytes()
    except OSError as error:
        print(f"telelens-agent: variables with a dot or a dash may be missing: {error}", flush=True)
        return dict(own)
    entries = (entry.partition("=") for entry in os.fsdecode(started).split("\0"))
    return {**{name: value for name, equals, value in entries if equals}, **own}


def resolve(container: Container, carried: Mapping[str, str]) -> dict[str, str]:
    """What ``container`` sees, of the agent's own environment ``carried``.

    The order is the kubelet's (pkg/kubelet, makeEnvironmentVariables): envFrom, then env in declared order, each
    literal expanded with what was there before it and, failing that, with the variables of Services.
    """
    prefix = container.prefix
    declared = {variable.name for variable in container.environment}
    services = service_variables(carried)
    result = {
        name[len(prefix) :]: value
        for name, value in carried.items()
        if name.startswith(prefix) and name[len(prefix) :] not in declared
    }
    lookup = in_order(result, services)
    for variable in container.environment:
        value = carried.get(prefix + variable.name)
        if value is not None:  # None: a reference that is optional and leads nowhere
            result[variable.name] = expand(value, lookup) if variable.literal else value
    return importable({**services, **result})


def service_variables(carried: Mapping[str, str]) -> dict[str, str]:
    """The variables of Services (docker links): the kubelet gives all containers of a pod the same ones."""
    hosts = tuple(
        name.removesuffix("_SERVICE_HOST")
        for name in carried
        if name.endswith("_SERVICE_HOST") and not name.startswith("_TEL_")
    )
    return {
        name: value
        for name, value in carried.items()
        if any(
            name in (f"{host}_SERVICE_HOST", f"{host}_SERVICE_PORT", f"{host}_PORT")
            or name.startswith((f"{host}_SERVICE_PORT_", f"{host}_PORT_"))
            for host in hosts
        )
    }


def answer_environment(
    request: EnvironmentRequest,
    session_uid: str,
    *,
    configuration: Configuration,
    injection: Injection,
    carried: Mapping[str, str],
) -> EnvironmentReply:
    """The reply to ``session_uid``: the environment of an intercept that is its own, or why not."""
    try:
        environment = _for_session(request.intercept_uid, session_uid, configuration, injection, carried)
        return EnvironmentReply(id=request.id, environment=environment)
    except EnvironmentDenied as denial:
        return EnvironmentReply(id=request.id, denied_reason=str(denial))


def _for_session(
    intercept_uid: str,
    session_uid: str,
    configuration: Configuration,
    injection: Injection,
    carried: Mapping[str, str],
) -> dict[str, str]:
    intercept = configuration.intercept(intercept_uid)
    if intercept is None or intercept.session_uid != session_uid:
        raise EnvironmentDenied("no such intercept of this session")
    if not intercept.environment_allowed:
        raise EnvironmentDenied(intercept.environment_denied_reason or "the manager does not allow it")
    container = injection.container(intercept.container)
    if container is None:
        raise EnvironmentDenied(f"this pod was injected without a container {intercept.container!r}")
    return resolve(container, carried)
