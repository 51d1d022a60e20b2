"""A shareable URL of an intercept."""

from __future__ import annotations

from dataclasses import dataclass, field

from telelens_schemas.specification.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingress:
    """Where requests of the URL enter the cluster; ``l5host`` is the name that they ask for, if another."""

    host: str = ""
    port: int = 0
    tls: bool = False
    l5host: str | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """``banner``: whether pages show that they are a preview."""

    enable: bool = True
    banner: bool = True
    ingress: Ingress | None = None
    source: Source = field(default_factory=Source, compare=False, repr=False)


def wanted_preview(written: Preview | bool | None) -> Preview | None:
    """What ``previewURL`` asks for, however it is written; None: no URL."""
    if isinstance(written, Preview):
        return written if written.enable else None
    return Preview() if written else None
