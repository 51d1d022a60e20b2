"""The workloads of a namespace with what is being done to them, by whom."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator

from telelens_schemas.names import AGENT_CONTAINER
from telelens_schemas.resources import Intercept, ResourceError
from telelens_schemas.wire.daemon_pb2 import InterceptInfo, ListReply, WorkloadInfo
from telelens_schemas.workloads import workload_unsupported_reason

from telelens_daemons.connection.connection import Connection
from telelens_daemons.connection.own_intercepts import INTERCEPTS
from telelens_daemons.connection.rights import intercept_role_needed
from telelens_daemons.connection.service import ConnectionService
from telelens_daemons.intercepts.info import describe
from telelens_daemons.intercepts.kinds import KINDS
from telelens_daemons.intercepts.workloads import list_workloads
from telelens_daemons.kube.client import KubeObject
from telelens_daemons.kube.resources import PODS
from telelens_daemons.kube.watch import Reflector

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 0.1


class ListingService:
    """Answers ``list``."""

    def __init__(self, connections: ConnectionService) -> None:
        self._connections = connections

    async def list_workloads(self, namespace: str = "") -> ListReply:
        """The workloads of a namespace; empty: the connection's."""
        await self._connections.settled()
        connection = self._connections.require()
        namespace = namespace or connection.access.namespace
        with intercept_role_needed(namespace):
            workloads, pods, intercepts = await asyncio.gather(
                list_workloads(connection.client, namespace),
                connection.client.list_all(PODS, namespace=namespace),
                connection.client.list_all(INTERCEPTS, namespace=namespace),
            )
        return _reply(connection, namespace, workloads, pods, intercepts)

    async def watch(self, namespace: str = "") -> AsyncGenerator[ListReply, None]:
        """The same now and after every change that shows in it."""
        await self._connections.settled()
        connection = self._connections.require()
        namespace = namespace or connection.access.namespace
        changed = asyncio.Event()
        reflectors = {
            key: Reflector(connection.client, resource, namespace=namespace)
            for key, resource in {**KINDS, "pods": PODS, "intercepts": INTERCEPTS}.items()
        }
        last: ListReply | None = None
        try:
            for reflector in reflectors.values():
                with intercept_role_needed(namespace):
                    await reflector.start()
                reflector.subscribe(lambda item, gone: changed.set())
            while True:
                workloads = [{**item, "kind": kind} for kind in KINDS for item in reflectors[kind].objects.values()]
                workloads.sort(key=lambda item: str(item["metadata"]["name"]))
                pods, intercepts = (list(reflectors[key].objects.values()) for key in ("pods", "intercepts"))
                reply = _reply(connection, namespace, workloads, pods, intercepts)
                if reply != last:
                    last = reply
                    yield reply
                await changed.wait()
                # What belongs together comes in several events.
                await asyncio.sleep(SETTLE_SECONDS)
                changed.clear()
        finally:
            for reflector in reflectors.values():
                await reflector.stop()


def _reply(
    connection: Connection,
    namespace: str,
    workloads: list[KubeObject],
    pods: list[KubeObject],
    intercepts: list[KubeObject],
) -> ListReply:
    by_workload: dict[tuple[str, str], list[InterceptInfo]] = {}
    for intercept in _readable(intercepts):
        reference = intercept.spec.workload
        mine = connection.intercepts.is_own(intercept)
        info = describe(intercept, mine=mine, tunnels=connection.tunnels)
        by_workload.setdefault((reference.kind, reference.name), []).append(info)
    with_agent = [pod for pod in pods if has_agent(pod)]
    return ListReply(
        namespace=namespace,
        workloads=[
            _workload(item, with_agent, by_workload.get((item["kind"], item["metadata"]["name"]), []))
            for item in workloads
        ],
    )


def has_agent(pod: KubeObject) -> bool:
    """Whether a pod was injected."""
    return any(container.get("name") == AGENT_CONTAINER for container in pod["spec"].get("containers") or ())


def _workload(item: KubeObject, with_agent: list[KubeObject], intercepts: list[InterceptInfo]) -> WorkloadInfo:
    selector = item["spec"].get("selector", {}).get("matchLabels") or {}
    metadata = item["metadata"]
    return WorkloadInfo(
        kind=item["kind"],
        name=metadata["name"],
        namespace=metadata["namespace"],
        ready_replicas=item.get("status", {}).get("readyReplicas") or 0,
        replicas=item["spec"].get("replicas", 1),
        agent_installed=any(_selected(pod, selector) for pod in with_agent),
        intercepts=intercepts,
        not_interceptable=workload_unsupported_reason(item) or "",
    )


def _selected(pod: KubeObject, selector: dict[str, str]) -> bool:
    labels = pod["metadata"].get("labels") or {}
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def _readable(items: list[KubeObject]) -> list[Intercept]:
    found = []
    for item in items:
        try:
            found.append(Intercept.from_object(item))
        except ResourceError as error:
            logger.warning("an Intercept cannot be read: %s", error)
    return found
