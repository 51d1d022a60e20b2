"""Liveness, readiness and metrics over plain HTTP."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from telelens_cluster.manager.metrics import Metrics


def health_application(metrics: Metrics, ready: Callable[[], bool]) -> web.Application:
    """``/healthz`` answers while the event loop turns; ``/readyz`` when the webhook can serve."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n") if ready() else web.Response(status=503, text="starting\n")

    async def metrics_text(_: web.Request) -> web.Response:
        return web.Response(text=metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"})

    application = web.Application()
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", metrics_text)
    return application
