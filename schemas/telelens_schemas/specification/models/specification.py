"""One specification as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from telelens_schemas.specification.models.connection import Connection
from telelens_schemas.specification.models.handler import Handler
from telelens_schemas.specification.models.metadata import Metadata
from telelens_schemas.specification.models.workload import Intercept, Workload
from telelens_schemas.specification.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Prerequisite:
    """Handlers that run before the first intercept (``create``) and after the last one is gone (``delete``)."""

    create: str | None = None
    delete: str | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """One specification. ``name`` is never empty once read: the file's name stands in."""

    name: str = ""
    connection: Connection | None = None
    connections: tuple[Connection, ...] = ()
    prerequisites: tuple[Prerequisite, ...] = ()
    handlers: tuple[Handler, ...] = ()
    workloads: tuple[Workload, ...] = ()
    metadata: Metadata | None = field(default=None, compare=False, repr=False)
    """Of one that is a Kubernetes object: the same specification stands in a file without."""
    source: Source = field(default_factory=Source, compare=False, repr=False)

    def handler(self, name: str) -> Handler | None:
        """The handler of that name."""
        return next((one for one in self.handlers if one.name == name), None)

    def connection_of(self, workload: Workload) -> Connection | None:
        """The one by which a workload is reached; ``None``: the caller's default, or one that is not there."""
        if "connections" not in self.source.places and not self.connections:
            return self.connection
        return next((one for one in self.connections if one.name == workload.connection), None)

    def namespace_of(self, workload: Workload) -> str | None:
        """Where a workload is; ``None``: in the default namespace of its context."""
        connection = self.connection_of(workload)
        return workload.namespace or (connection.namespace if connection is not None else None)

    @property
    def enabled(self) -> Iterator[tuple[Workload, Intercept]]:
        """What is intercepted."""
        return (
            (workload, intercept)
            for workload in self.workloads
            for intercept in workload.intercepts
            if intercept.enabled
        )
