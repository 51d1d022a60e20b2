"""What is around a specification that is a Kubernetes object."""

from __future__ import annotations

from dataclasses import dataclass, field

from telelens_schemas.specification.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Of the object: its name, and the namespace that stores it."""

    name: str = ""
    namespace: str | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)
