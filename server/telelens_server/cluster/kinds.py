"""The kinds of objects that are watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, TypeVar

from telelens_daemons.intercepts.kinds import KINDS
from telelens_daemons.kube.resources import NAMESPACES, SERVICES, Resource
from telelens_schemas.names import API_GROUP, API_VERSION, INTERCEPT_PLURAL
from telelens_schemas.specification.facts import ServiceFacts, service_facts

from telelens_server.cluster.records import (
    InterceptRecord,
    NamespaceRecord,
    Record,
    WorkloadRecord,
    read_intercept,
    read_namespace,
    read_workload,
)

T = TypeVar("T", bound=Record)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """``read`` makes of an object what is kept of it."""

    resource: Resource
    read: Callable[[Mapping[str, Any]], T]


NAMESPACE: Final[Kind[NamespaceRecord]] = Kind(NAMESPACES, read_namespace)
SERVICE: Final[Kind[ServiceFacts]] = Kind(SERVICES, service_facts)
INTERCEPT: Final[Kind[InterceptRecord]] = Kind(Resource(API_GROUP, API_VERSION, INTERCEPT_PLURAL), read_intercept)
WORKLOADS: Final[tuple[Kind[WorkloadRecord], ...]] = tuple(
    Kind(resource, partial(read_workload, kind)) for kind, resource in KINDS.items()
)
