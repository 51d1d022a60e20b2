"""``python3 -m telelens_cluster.manager.cleanup``: what ``helm uninstall`` runs first, so that nothing of ours is left.

Ends every intercept and session, and gives each workload that was rolled for an agent its own template again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import ApiError, ManagerError
from telelens_cluster.manager.kinds import INTERCEPT, SESSION, WORKLOADS, Kind
from telelens_cluster.manager.rollout import roll_back_patch

_log = logging.getLogger(__name__)
Object = Mapping[str, Any]


async def clean(api: Api, *, manager_namespace: str, namespaces: Sequence[str] = ()) -> int:
    """Undo everything; returns how many workloads were given their own template."""
    scopes: Sequence[str | None] = namespaces or (None,)
    for scope in scopes:
        await _delete_all(api, INTERCEPT, scope)
    restored = 0
    for kind in WORKLOADS.values():
        for scope in scopes:
            async for workload in _all(api, kind, scope):
                restored += await _restore(api, kind, workload)
    # Last, shortly before helm takes the right to make new ones away: a workstation that misses its own tries.
    await _delete_all(api, SESSION, manager_namespace)
    return restored


async def _delete_all(api: Api, kind: Kind, scope: str | None) -> None:
    async for item in _all(api, kind, scope):
        metadata = item["metadata"]
        await api.delete(kind.object(metadata["namespace"], metadata["name"]), uid=metadata["uid"])
        _log.info("deleted %s %s/%s", kind.kind, metadata["namespace"], metadata["name"])


async def _restore(api: Api, kind: Kind, workload: Object) -> bool:
    metadata = workload["metadata"]
    if (patch := roll_back_patch(workload)) is None:
        return False
    try:
        await api.patch(kind.object(metadata["namespace"], metadata["name"]), patch)
    except ApiError as error:
        # One namespace's refusal (a quota, a policy) must not keep the others from being cleaned.
        _log.error("%s %s/%s keeps its annotations: %s", kind.kind, metadata["namespace"], metadata["name"], error)
        return False
    _log.info("%s %s/%s has its own template again", kind.kind, metadata["namespace"], metadata["name"])
    return True


async def _all(api: Api, kind: Kind, namespace: str | None) -> AsyncIterator[Object]:
    query: dict[str, str | int] = {"limit": 500}
    while True:
        try:
            page = await api.get(kind.collection(namespace), **query)
        except ApiError as error:
            if error.status == 404:  # the CRDs went before us
                return
            raise
        for item in page.get("items") or ():
            yield item
        if not (rest := page["metadata"].get("continue")):
            return
        query["continue"] = rest


async def run(environment: Mapping[str, str]) -> int:
    """The exit status."""
    namespaces = [name for name in environment.get("TELELENS_NAMESPACES", "").split(",") if name]
    try:
        async with await Api.connect(environment.get("TELELENS_KUBECONFIG")) as api:
            restored = await clean(api, manager_namespace=environment["POD_NAMESPACE"], namespaces=namespaces)
    except ManagerError as error:
        _log.error("could not clean up: %s", error)
        return 1
    _log.info("nothing of ours is left; %d workloads were restored", restored)
    return 0


if __name__ == "__main__":
    logging.basicConfig(level="INFO", format="%(message)s", stream=sys.stderr)
    sys.exit(asyncio.run(run(os.environ)))
