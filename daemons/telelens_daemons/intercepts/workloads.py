"""The workloads of a namespace, read from the API server."""

from __future__ import annotations

import asyncio

from telelens_schemas.suggestions import listing
from telelens_schemas.workloads import did_you_mean
from telelens_schemas.workloads.manifest import labels_of, selects, template_of

from telelens_daemons.errors import UserError
from telelens_daemons.intercepts.kinds import KINDS
from telelens_daemons.kube.client import KubeClient, KubeObject
from telelens_daemons.kube.errors import ForbiddenError, NotFoundError
from telelens_daemons.kube.resources import SERVICES


class UnknownWorkloadError(UserError):
    """There is no such workload in the namespace."""

    code = "unknown-workload"


async def list_workloads(client: KubeClient, namespace: str) -> list[KubeObject]:
    """Every workload of a kind that can be intercepted, by name."""
    found = await asyncio.gather(*(list_kind(client, kind, namespace) for kind in KINDS))
    return sorted((item for items in found for item in items), key=lambda item: str(item["metadata"]["name"]))


async def list_kind(client: KubeClient, kind: str, namespace: str) -> list[KubeObject]:
    """The workloads of one kind; items of a list come without their kind, here they have it."""
    return [{**item, "kind": kind} for item in await client.list_all(KINDS[kind], namespace=namespace)]


async def find_workload(client: KubeClient, *, name: str, kind: str, namespace: str) -> KubeObject:
    """One workload by name, of the kind if one is given. Raises UnknownWorkloadError."""
    kinds = [kind_named(kind)] if kind else list(KINDS)
    found = await asyncio.gather(*(_get(client, one, name, namespace) for one in kinds))
    present = [item for item in found if item is not None]
    if not present:
        everything = await list_workloads(client, namespace)
        names = [str(item["metadata"]["name"]) for item in everything if not kind or item["kind"] in kinds]
        what = kinds[0] if kind else "workload"
        if behind := await _behind_service(client, everything, name, namespace):
            titles = listing(f"{item['kind']} {item['metadata']['name']}" for item in behind)
            first = behind[0]["metadata"]["name"]
            raise UnknownWorkloadError(
                f'there is no {what} "{name}" in namespace {namespace}: that is a Service in front of {titles}',
                hint=f"name the workload: telelens intercept {first} --service {name}",
            )
        raise UnknownWorkloadError(
            f'there is no {what} "{name}" in namespace {namespace}',
            hint=did_you_mean(name, names) or "the namespace has none; is it the right one? (--namespace)",
        )
    if len(present) > 1:
        raise UserError(
            f'"{name}" is the name of several workloads: {", ".join(item["kind"] for item in present)}',
            hint="say which: --workload-kind",
            code="ambiguous-workload",
        )
    return present[0]


def kind_named(kind: str) -> str:
    """``deployment`` as people write it → ``Deployment``. Raises UserError."""
    by_lower = {known.lower(): known for known in KINDS}
    if kind.lower() not in by_lower:
        raise UserError(
            f"{kind}s cannot be intercepted yet", hint=f"kinds: {', '.join(KINDS)}", code="unsupported-kind"
        )
    return by_lower[kind.lower()]


async def _behind_service(
    client: KubeClient, workloads: list[KubeObject], name: str, namespace: str
) -> list[KubeObject]:
    try:
        service = await client.get(SERVICES, name, namespace=namespace)
    except (NotFoundError, ForbiddenError):
        return []
    return [item for item in workloads if selects(service, labels_of(template_of(item)))]


async def _get(client: KubeClient, kind: str, name: str, namespace: str) -> KubeObject | None:
    try:
        return await client.get(KINDS[kind], name, namespace=namespace)
    except NotFoundError:
        return None
