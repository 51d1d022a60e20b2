"""What the clusters that specifications mean hold at this moment."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from typing import Any

from telelens_schemas.specification.facts import (
    ContextFacts,
    Facts,
    NamespaceFacts,
    ServiceFacts,
    WorkloadFacts,
    service_facts,
    workload_facts,
)
from telelens_schemas.specification.places import Place

from telelens_daemons.intercepts.kinds import KINDS
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.errors import ForbiddenError, NotFoundError
from telelens_daemons.kube.kubeconfig import Access, Kubeconfig, config_paths
from telelens_daemons.kube.resources import NAMESPACES, SERVICES, Resource
from telelens_daemons.version import version


def gather_facts(places: Iterable[Place]) -> Facts:
    """Ask each cluster once. What may not be listed is unknown, and so never wrong. Raises UserError where a cluster
    cannot be asked at all."""
    kubeconfig = Kubeconfig.load(config_paths("", os.environ))
    wanted: dict[str, set[str]] = {}
    for place in places:
        context = place.context or kubeconfig.current_context
        if context in kubeconfig.contexts:
            namespace = place.namespace or kubeconfig.access(context=context).namespace
            wanted.setdefault(context, set()).add(namespace)

    async def gather() -> dict[str, ContextFacts]:
        found = (_context(kubeconfig.access(context=name), spaces) for name, spaces in wanted.items())
        return dict(zip(wanted, await asyncio.gather(*found), strict=True))

    return Facts(
        contexts=tuple(sorted(kubeconfig.contexts)),
        current_context=kubeconfig.current_context or None,
        by_context=asyncio.run(gather()),
    )


async def _context(access: Access, namespaces: set[str]) -> ContextFacts:
    async with KubeClient(access, environment=os.environ, user_agent=f"telelens/{version()}") as client:
        names = await _listed(client, NAMESPACES)
        inside = {one: await _namespace(client, one) for one in sorted(namespaces)}
    return ContextFacts(
        default_namespace=access.namespace,
        namespaces=None if names is None else tuple(str(one["metadata"]["name"]) for one in names),
        inside=inside,
    )


async def _namespace(client: KubeClient, namespace: str) -> NamespaceFacts:
    workloads: list[WorkloadFacts] | None = []
    for kind, resource in KINDS.items():
        found = await _listed(client, resource, namespace)
        if found is None or workloads is None:
            workloads = None
            break
        # Objects in lists do not say their kind.
        workloads += [workload_facts({"kind": kind, **one}) for one in found]
    services = await _listed(client, SERVICES, namespace)
    known: list[ServiceFacts] | None = None if services is None else [service_facts(one) for one in services]
    return NamespaceFacts(
        workloads=None if workloads is None else tuple(workloads),
        services=None if known is None else tuple(known),
    )


async def _listed(client: KubeClient, resource: Resource, namespace: str = "") -> list[dict[str, Any]] | None:
    try:
        return await client.list_all(resource, namespace=namespace)
    except (ForbiddenError, NotFoundError):
        return None
