"""A specification as it is run. Every part knows where it stands in its file (``source``); equality ignores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from telelens_schemas.specification.source import Source

DEFAULT_LOCAL_PORT = 8080


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """An environment variable of a handler."""

    name: str = ""
    value: str = ""
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A handler that is a shell script; ``shell`` ``None`` is the user's own."""

    run: str = ""
    shell: str | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Debug:
    """How a handler runs under a debugger; ``port`` ``None`` is a free one."""

    type: str = "debugpy"
    port: int | None = None
    wait_for_client: bool = False
    just_my_code: bool = True
    sub_process: bool = True
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """Code that runs locally. Without a script it is a no-op: a service that is down."""

    name: str = ""
    environment: tuple[Variable, ...] = ()
    script: Script | None = None
    debug: Debug | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to connect; what is ``None`` is the caller's default."""

    name: str | None = None
    context: str | None = None
    namespace: str | None = None
    manager_namespace: str | None = None
    kubeconfig: str | None = None
    kube_flags: Mapping[str, str] = field(default_factory=dict)
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header that requests must have: ``value`` is a pattern of the whole value; ``auto`` stands for a value that is
    this intercept's alone."""

    name: str = ""
    value: str = ""
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intercept:
    """One intercept of a workload. ``name`` empty is the workload's; ``port`` ``None`` is the only one."""

    name: str = ""
    enabled: bool = True
    handler: str | None = None
    service: str | None = None
    port: str | None = None
    local_port: int = DEFAULT_LOCAL_PORT
    headers: tuple[Header, ...] = ()
    path_prefix: str | None = None
    path_equal: str | None = None
    path_regexp: str | None = None
    is_global: bool | None = None
    """``None``: not said, which means yes where there are no filters."""
    source: Source = field(default_factory=Source, compare=False, repr=False)

    @property
    def is_filtered(self) -> bool:
        """Whether it takes some requests only."""
        return bool(self.headers or self.path_prefix or self.path_equal or self.path_regexp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A remote workload; ``namespace`` ``None`` is the connection's."""

    name: str = ""
    namespace: str | None = None
    intercepts: tuple[Intercept, ...] = ()
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """One specification. ``name`` is never empty once read: the file's name stands in."""

    name: str = ""
    connection: Connection | None = None
    handlers: tuple[Handler, ...] = ()
    workloads: tuple[Workload, ...] = ()
    source: Source = field(default_factory=Source, compare=False, repr=False)

    def handler(self, name: str) -> Handler | None:
        """The handler of that name."""
        return next((one for one in self.handlers if one.name == name), None)
