"""The shareable URL that a client asks for: as it will stand in the Intercept."""

from __future__ import annotations

from telelens_schemas.resources import PreviewIngress, PreviewRequest
from telelens_schemas.wire.daemon_pb2 import InterceptInfo, InterceptRequest


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


def preview_line(info: InterceptInfo) -> str:
    """For people: the URL, or why there is none; empty where none was asked for."""
    if info.preview_url:
        return f"Preview URL: {info.preview_url}"
    return f"no preview URL: {info.preview_denied_reason}" if info.preview_denied_reason else ""
