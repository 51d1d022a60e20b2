"""What is known of a workload, in Markdown and in a line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from telelens_schemas.specification.facts import ServiceFacts
from telelens_schemas.suggestions import listing

from telelens_server.cluster.interceptions import Preview
from telelens_server.cluster.moments import since
from telelens_server.cluster.records import InterceptRecord, WorkloadRecord
from telelens_server.cluster.scope import Scope

MOST_SHOWN = 5


def described(scope: Scope, name: str, now: datetime) -> str:
    """Kind, replicas, services and ports, and who intercepts it; of each kind that has such a name."""
    return "\n\n---\n\n".join(_described(scope, one, now) for one in scope.workloads_called(name))


def status_of(intercepts: Iterable[InterceptRecord], user: str, now: datetime) -> str:
    """``intercepted by ada since 14:03 and you since 15:10``; empty: by nobody."""
    found = sorted(intercepts, key=lambda one: (one.since is None, one.since or now, one.name))
    return f"intercepted by {listing((_who(one, user, now) for one in found), most=MOST_SHOWN)}" if found else ""


def previews_of(intercepts: Iterable[InterceptRecord], user: str) -> tuple[Preview, ...]:
    """The URLs that work now, one's own first; of the others no more than anybody reads."""
    found = sorted(
        (one for one in intercepts if one.preview_url and one.phase == "ACTIVE"),
        key=lambda one: (one.owner != user, one.owner, one.name),
    )
    return tuple(Preview(one.preview_url, "" if user and one.owner == user else one.owner) for one in found)[
        :MOST_SHOWN
    ]


def _described(scope: Scope, workload: WorkloadRecord, now: datetime) -> str:
    services = scope.services_of([workload])
    lines = [f"**{workload.name}**: {workload.state}", ""]
    lines += [f"* Service `{one.name}`: {ports_of(one)}" for one in services] or _without_service(scope)
    if len(workload.facts.containers) > 1:
        lines += [f"* Containers: {listing(f'`{one}`' for one in workload.facts.containers)}"]
    if said := status_of(scope.intercepts_of(workload.name, workload.facts.kind), scope.user, now):
        lines += ["", f"{said[0].upper()}{said[1:]}."]
    return "\n".join(lines)


def _without_service(scope: Scope) -> list[str]:
    return ["No Service selects its pods."] if scope.service_feed.is_sure else []


def ports_of(service: ServiceFacts) -> str:
    """``http (80), admin (81)``."""
    return ", ".join(port.title for port in service.ports)


def _who(one: InterceptRecord, user: str, now: datetime) -> str:
    who = "you" if user and one.owner == user else one.owner
    phase = "" if one.phase in ("", "ACTIVE") else f" ({one.phase})"
    return f"{who}{since(one.since, now)}{phase}"
