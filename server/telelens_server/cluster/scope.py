"""One namespace of a cluster, as it is known now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from telelens_schemas.specification.facts import NamespaceFacts, ServiceFacts
from telelens_schemas.specification.live_checks import selects

from telelens_server.cluster.feed import Feed
from telelens_server.cluster.kinds import INTERCEPT, SERVICE, WORKLOADS
from telelens_server.cluster.records import InterceptRecord, WorkloadRecord
from telelens_server.cluster.view import ClusterView


class Scope:
    """Asking begins the watches of what is asked for, and of nothing else."""

    def __init__(self, view: ClusterView, namespace: str) -> None:
        self.namespace = namespace
        self._view = view

    @property
    def context(self) -> str:
        """Its name in the kubeconfig."""
        return self._view.access.context

    @property
    def user(self) -> str:
        """Who asks, as the API server calls them; may be empty."""
        return self._view.user

    @property
    def workload_feeds(self) -> Sequence[Feed[WorkloadRecord]]:
        """One for each kind."""
        return [self._view.feed(kind, self.namespace) for kind in WORKLOADS]

    @property
    def service_feed(self) -> Feed[ServiceFacts]:
        """The services."""
        return self._view.feed(SERVICE, self.namespace)

    @property
    def intercept_feed(self) -> Feed[InterceptRecord]:
        """Everybody's intercepts."""
        return self._view.feed(INTERCEPT, self.namespace)

    @property
    def workloads(self) -> list[WorkloadRecord]:
        """Of every kind, by name."""
        found = (one for feed in self.workload_feeds for one in feed.records)
        return sorted(found, key=lambda one: one.name)

    def workloads_called(self, name: str | None) -> list[WorkloadRecord]:
        """Those of a name: at most one of each kind."""
        return [one for feed in self.workload_feeds for one in feed.records if one.name == name]

    @property
    def services(self) -> Sequence[ServiceFacts]:
        """By name."""
        return self.service_feed.records

    def services_of(self, workloads: Iterable[WorkloadRecord]) -> list[ServiceFacts]:
        """Those that lead to one of the workloads."""
        known = list(workloads)
        return [one for one in self.services if any(selects(one, workload.facts) for workload in known)]

    @property
    def facts(self) -> NamespaceFacts:
        """What is certain of it: of a list that is not whole, or not up to date, nothing is."""
        workloads, services = self.workload_feeds, self.service_feed
        return NamespaceFacts(
            workloads=tuple(one.facts for feed in workloads for one in feed.records)
            if all(feed.is_sure for feed in workloads)
            else None,
            services=tuple(services.records) if services.is_sure else None,
        )

    def intercepts_of(self, name: str, kind: str | None = None) -> Iterator[InterceptRecord]:
        """Who has taken a workload."""
        for one in self.intercept_feed.records:
            if one.workload == name and kind in (None, one.kind):
                yield one


def all_settled(feeds: Iterable[Feed[Any]]) -> bool:
    """Whether no answer is to be expected from any of them."""
    return all(feed.is_settled for feed in list(feeds))
