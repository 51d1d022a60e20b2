"""The shareable URL that a client asks for: as it will stand in the Intercept."""

from __future__ import annotations

from typing import Protocol

from telelens_schemas.resources import PreviewIngress, PreviewRequest
from telelens_schemas.wire.daemon_pb2 import InterceptInfo, InterceptRequest, Preview
from telelens_schemas.wire.daemon_pb2 import PreviewIngress as IngressMessage


def preview_of(request: InterceptRequest) -> PreviewRequest | None:
    """None: none is wanted."""
    if not request.HasField("preview"):
        return None
    asked = request.preview
    ingress = (
        PreviewIngress(
            host=asked.ingress.host, port=asked.ingress.port, tls=asked.ingress.tls, l5host=asked.ingress.l5host or None
        )
        if asked.HasField("ingress")
        else None
    )
    return PreviewRequest(banner=not asked.no_banner, ingress=ingress)


class _Ingress(Protocol):
    """Of a specification, or of an editor's request."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def tls(self) -> bool: ...
    @property
    def l5host(self) -> str | None: ...


class _Wanted(Protocol):
    @property
    def banner(self) -> bool: ...
    @property
    def ingress(self) -> _Ingress | None: ...


def preview_message(wanted: _Wanted | None) -> Preview | None:
    """For a request."""
    if wanted is None:
        return None
    ingress = wanted.ingress
    return Preview(
        no_banner=not wanted.banner,
        ingress=IngressMessage(host=ingress.host, port=ingress.port, tls=ingress.tls, l5host=ingress.l5host or "")
        if ingress is not None
        else None,
    )


def preview_line(info: InterceptInfo) -> str:
    """For people: the URL, or why there is none; empty where none was asked for."""
    if info.preview_url:
        return f"Preview URL: {info.preview_url}"
    return f"no preview URL: {info.preview_denied_reason}" if info.preview_denied_reason else ""
