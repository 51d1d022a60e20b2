"""Remote workloads, and what is intercepted of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from telelens_schemas.specification.models.preview import Preview
from telelens_schemas.specification.source import Source

DEFAULT_LOCAL_PORT = 8080


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
    container: str | None = None
    local_port: int = DEFAULT_LOCAL_PORT
    headers: tuple[Header, ...] = ()
    path_prefix: str | None = None
    path_equal: str | None = None
    path_regexp: str | None = None
    is_global: bool | None = None
    """``None``: not said, which means yes where there are no filters."""
    replace: bool = False
    mount_point: str | bool | None = None
    """A folder, or whether there is one; ``None``: not said."""
    preview: Preview | bool | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)

    @property
    def is_filtered(self) -> bool:
        """Whether it takes some requests only."""
        return bool(self.headers or self.path_prefix or self.path_equal or self.path_regexp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A remote workload; ``namespace`` ``None`` is the connection's. ``name`` is as it is written: where there are
    several connections, it begins with the name of one."""

    name: str = ""
    namespace: str | None = None
    intercepts: tuple[Intercept, ...] = ()
    source: Source = field(default_factory=Source, compare=False, repr=False)

    @property
    def bare_name(self) -> str:
        """Its name in the cluster."""
        return self.name.rpartition("/")[2]

    @property
    def connection(self) -> str | None:
        """The connection that its name begins with."""
        return self.name.rpartition("/")[0] or None
