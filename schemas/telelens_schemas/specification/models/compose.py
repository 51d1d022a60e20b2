"""A handler that is made of the services of a compose file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from telelens_schemas.specification.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """The service of the cluster that a compose service's name leads to."""

    name: str = ""
    namespace: str | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeService:
    """What becomes of one service: it takes the traffic (``interceptHandler``), is left to the cluster (``remote``),
    or runs untouched (``local``)."""

    name: str = ""
    behavior: str = "local"
    mapping: Mapping | None = None
    connection: str | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """``context`` is a compose file or its folder, ``None`` the current one; ``spec`` a compose file that is written
    here."""

    context: str | None = None
    services: tuple[ComposeService, ...] = ()
    spec: ComposeSpec | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)

    @property
    def described(self) -> Iterator[ComposeService]:
        """What is said of services here, and beside them in the compose file that is written here."""
        yield from self.services
        for one in self.spec.services if self.spec is not None else ():
            if one.extension is not None:
                yield one.extension


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeSpec:
    """An embedded compose file: ``services`` are those that it has; all of it stands at its ``source``."""

    services: tuple[ComposeSpecService, ...] = ()
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeSpecService:
    """A service of an embedded compose file."""

    name: str = ""
    extension: ComposeService | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)
