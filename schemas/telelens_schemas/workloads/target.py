"""Which service, ports and container an intercept means."""

from __future__ import annotations

from collections.abc import Sequence

from telelens_schemas.names import CONTAINER_PORTS_ANNOTATION_SPELLINGS
from telelens_schemas.suggestions import did_you_mean, listing
from telelens_schemas.workloads.by_service import ServiceAttempt
from telelens_schemas.workloads.containers import annotated_ports, target_without_service
from telelens_schemas.workloads.manifest import Manifest, containers_of, labels_of, name_of, selects, template_of, title
from telelens_schemas.workloads.wanted import NoSuchPort, PortWanted, Target, TargetError

_PORTS_ANNOTATION = CONTAINER_PORTS_ANNOTATION_SPELLINGS[0]


def resolve_target(
    workload: Manifest,
    services: Sequence[Manifest],
    *,
    service: str | None,
    container: str | None,
    ports: Sequence[PortWanted],
) -> Target:
    """Finds service, ports (same order as ``ports``) and container.

    ``services`` are all of the workload's namespace. Raises ``TargetError``.
    """
    template = template_of(workload)
    _check_container(workload, template, container)
    behind = _services_of(workload, template, services, service)
    if not behind:
        return target_without_service(workload, container, ports)
    return _choose([ServiceAttempt(workload, template, one, container) for one in behind], ports)


def _check_container(workload: Manifest, template: Manifest, container: str | None) -> None:
    names = [str(one.get("name", "")) for one in containers_of(template)]
    if container is not None and container not in names:
        raise TargetError(f'{title(workload)} has no container "{container}"', did_you_mean(container, names))


def _services_of(
    workload: Manifest, template: Manifest, services: Sequence[Manifest], wanted: str | None
) -> list[Manifest]:
    behind = [one for one in services if selects(one, labels_of(template))]
    if wanted is None:
        if not behind and not annotated_ports(template):
            raise TargetError(
                f"no Service selects the pods of {title(workload)}",
                f"create one, or name the container's ports in the annotation {_PORTS_ANNOTATION}",
            )
        return behind
    chosen = [one for one in behind if name_of(one) == wanted]
    if chosen:
        return chosen
    if any(name_of(one) == wanted for one in services):
        raise TargetError(
            f'Service "{wanted}" does not select the pods of {title(workload)}',
            f"its own: {listing(map(name_of, behind))}" if behind else "no Service selects them",
        )
    raise TargetError(
        f'there is no Service "{wanted}" in the namespace of {title(workload)}',
        did_you_mean(wanted, map(name_of, behind or services)),
    )


def _choose(attempts: list[ServiceAttempt], ports: Sequence[PortWanted]) -> Target:
    """Several services may lead to the same container port: then it does not matter which, and one with an
    address of its own is preferred because the canary can pass through it."""
    if len(attempts) == 1:
        return attempts[0].resolve(ports)
    subject = f"{title(attempts[0].workload)} is behind several Services"
    choose = f"choose one with --service: {listing(name_of(attempt.service) for attempt in attempts)}"
    targets: list[Target] = []
    lacking: list[TargetError] = []
    for attempt in attempts:
        try:
            targets.append(attempt.resolve(ports))
        except NoSuchPort as error:
            lacking.append(error)
        except TargetError as error:
            raise TargetError(f"{subject}: {error.message}", choose) from error
    if not targets:
        said = "; ".join(error.message for error in lacking)
        raise TargetError(f"{subject}: {said}", choose)
    first = min(targets, key=lambda target: target.headless)
    if any(_taken(target) != _taken(first) for target in targets):
        names = listing(str(target.service) for target in targets)
        raise TargetError(f"{subject} that differ: {names}", choose)
    return first


def _taken(target: Target) -> list[tuple[int, str]]:
    return [(port.container_port, port.protocol) for port in target.ports]
