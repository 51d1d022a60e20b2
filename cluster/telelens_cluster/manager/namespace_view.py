"""What the manager sees of a namespace in which somebody intercepts: kept in memory by watches, dropped when unused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from telelens_cluster.injector.policy import owner_of
from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import ManagerError
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.kinds import DEPLOYMENT, POD, SERVICE, STATEFUL_SET
from telelens_cluster.manager.pods import Neighbour, PodState, is_living
from telelens_cluster.manager.reflector import Reflector
from telelens_cluster.manager.tasks import Tasks

Object = Mapping[str, Any]


class NamespaceView:
    """Pods, services and workloads of one namespace; an async context manager, ready once entered."""

    def __init__(self, api: Api, name: str, *, changed: Callable[[WorkloadKey | None], None]) -> None:
        """``changed`` is called with the workload concerned, or None when it may be any of the namespace."""
        self._api = api
        self._name = name
        self._changed = changed
        self._tasks = Tasks()
        self.namespace: Object | None = None
        self._services = self._reflector(SERVICE.collection(name), self._service_changed)
        self._pods = self._reflector(POD.collection(name), self._pod_changed)
        self._workloads = {
            kind.kind: self._reflector(kind.collection(name), self._workload_changed(kind.kind))
            for kind in (DEPLOYMENT, STATEFUL_SET)
        }

    async def __aenter__(self) -> Self:
        reflectors = [self._services, self._pods, *self._workloads.values()]
        for reflector in reflectors:
            self._tasks.start(reflector.run(), name=f"watch of {reflector.path}")
        try:
            self.namespace = await self._read_namespace()
            for reflector in reflectors:
                await reflector.synced.wait()
        except BaseException:
            await self._tasks.cancel()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.cancel()

    def workload(self, key: WorkloadKey) -> Object | None:
        """The workload as last seen."""
        reflector = self._workloads.get(key.kind)
        found = reflector.get(key.namespace, key.name) if reflector else None
        return {**found, "kind": key.kind} if found else None  # items of a list do not carry their kind

    def services(self) -> tuple[Object, ...]:
        """All of the namespace."""
        return tuple(self._services)

    def pods(self, key: WorkloadKey) -> tuple[PodState, ...]:
        """Those of one workload."""
        pods = (PodState.from_object(pod) for pod in self._pods if _key_of(self._name, pod) == key)
        return tuple(sorted(pods, key=lambda pod: pod.name))

    def neighbours(self, key: WorkloadKey) -> tuple[Neighbour, ...]:
        """The living pods that are not of that workload."""
        others = (pod for pod in self._pods if is_living(pod) and _key_of(self._name, pod) != key)
        return tuple(Neighbour.from_object(pod) for pod in others)

    async def _read_namespace(self) -> Object | None:
        try:
            return await self._api.get(f"/api/v1/namespaces/{self._name}")
        except ManagerError:
            return None  # without it a mesh that is switched on for the namespace shows in the trial pod only

    def _reflector(self, path: str, changed: Callable[[Object | None, Object | None], None]) -> Reflector:
        return Reflector(self._api, path, changed=changed)

    def _service_changed(self, old: Object | None, new: Object | None) -> None:
        if not old or not new or old.get("spec") != new.get("spec"):
            self._changed(None)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        before = PodState.from_object(old) if old else None
        after = PodState.from_object(new) if new else None
        pod = new or old
        if _as_neighbour(old) != _as_neighbour(new):
            self._changed(None)  # Services may lead to it that lead to others too
        elif before != after and pod and (key := _key_of(self._name, pod)):
            self._changed(key)

    def _workload_changed(self, kind: str) -> Callable[[Object | None, Object | None], None]:
        def changed(old: Object | None, new: Object | None) -> None:
            either = new or old
            if either and (not old or not new or _essence(old) != _essence(new)):
                self._changed(WorkloadKey(self._name, kind, either["metadata"]["name"]))

        return changed


def _essence(workload: Object) -> tuple[object, ...]:
    status = workload.get("status") or {}
    return workload["spec"], status.get("currentRevision"), status.get("updateRevision")


def _as_neighbour(pod: Object | None) -> Neighbour | None:
    return Neighbour.from_object(pod) if pod and is_living(pod) else None


def _key_of(namespace: str, pod: Object) -> WorkloadKey | None:
    owner = owner_of(pod)
    return WorkloadKey(namespace, owner.kind, owner.name) if owner else None
