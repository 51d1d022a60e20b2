"""A handler that runs in a container."""

from __future__ import annotations

from dataclasses import dataclass, field

from telelens_schemas.specification.models.compose import Compose
from telelens_schemas.specification.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """An image that is built first; ``context`` is a folder with a Dockerfile or a git URL."""

    context: str = ""
    args: tuple[str, ...] = ()
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Docker:
    """Exactly one of ``image``, ``build``, ``compose``."""

    image: str | None = None
    build: Build | None = None
    compose: Compose | None = None
    ports: tuple[int, ...] = ()
    options: tuple[str, ...] = ()
    command: str | None = None
    args: tuple[str, ...] = ()
    source: Source = field(default_factory=Source, compare=False, repr=False)
