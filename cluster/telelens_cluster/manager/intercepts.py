"""The Intercepts that this manager serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.kinds import INTERCEPT
from telelens_cluster.manager.reflector import Reflector

Object = Mapping[str, Any]


class Intercepts:
    """All Intercepts that this manager serves, in memory."""

    def __init__(
        self,
        api: Api,
        namespaces: tuple[str, ...],
        *,
        changed: Callable[[WorkloadKey], None],
        gone: Callable[[str], None],
    ) -> None:
        self._told = changed
        self._gone = gone
        self.reflectors = [
            Reflector(api, INTERCEPT.collection(namespace), changed=self._changed)
            for namespace in namespaces or (None,)
        ]

    def __len__(self) -> int:
        return sum(1 for _ in self._all())

    def of_workload(self, key: WorkloadKey) -> list[Object]:
        """Those of one workload."""
        return [one for one in self._all() if _key_of(one) == key]

    def of_session(self, uid: str) -> list[Object]:
        """Those of one session."""
        return [one for one in self._all() if one["spec"]["session"]["uid"] == uid]

    def workloads_of(self, uid: str) -> set[WorkloadKey]:
        """The workloads that one session intercepts."""
        return {_key_of(one) for one in self.of_session(uid)}

    def learn(self, item: Object) -> None:
        """Take the answer to a write of ours."""
        for reflector in self.reflectors:
            reflector.learn(item)

    def _all(self) -> list[Object]:
        return [one for reflector in self.reflectors for one in reflector]

    def _changed(self, old: Object | None, new: Object | None) -> None:
        either = new or old
        assert either
        if new is None:
            self._gone(either["metadata"]["uid"])
        self._told(_key_of(either))


def _key_of(intercept: Object) -> WorkloadKey:
    workload = intercept["spec"]["workload"]
    return WorkloadKey(intercept["metadata"]["namespace"], workload["kind"], workload["name"])
