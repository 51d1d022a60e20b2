"""``python3 -m telelens_cluster.manager``: the traffic manager's process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator

import uvloop
from aiohttp import web
from telelens_schemas.names import (
    MANAGER_AGENTS_PORT,
    MANAGER_AGENTS_SERVICE,
    MANAGER_HEALTH_PORT,
    WEBHOOK_PORT,
)

from telelens_cluster.injector.settings import InjectionSettings
from telelens_cluster.manager.api import Api
from telelens_cluster.manager.authority import Authority
from telelens_cluster.manager.errors import ConfigurationError, ManagerError
from telelens_cluster.manager.health import health_application
from telelens_cluster.manager.leader import Election
from telelens_cluster.manager.leadership import Leadership
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.settings import Settings
from telelens_cluster.manager.tasks import Tasks
from telelens_cluster.manager.webhooks import Webhooks, log_failures

_log = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Run until cancelled."""
    metrics = Metrics()
    ready = asyncio.Event()
    async with (
        serving(health_application(metrics, ready.is_set), MANAGER_HEALTH_PORT),
        await Api.connect(settings.kubeconfig) as api,
        Tasks() as tasks,
    ):
        authority = Authority(api, namespace=settings.pod_namespace, state_directory=settings.state_directory)
        await _persist(authority)

        def injection() -> InjectionSettings:
            return InjectionSettings(
                agent_image=settings.agent_image,
                pull_policy=settings.agent_pull_policy,
                resources=settings.agent_resources,
                manager_address=f"{MANAGER_AGENTS_SERVICE}.{settings.pod_namespace}.svc:{MANAGER_AGENTS_PORT}",
                manager_ca=authority.identity.authority.certificate.decode(),
            )

        webhooks = Webhooks(
            api,
            injection=injection,
            manager_namespace=settings.pod_namespace,
            metrics=metrics,
        )
        async with serving(webhooks.application(), WEBHOOK_PORT, authority=authority):
            tasks.start(authority.run(), name="certificates")
            ready.set()
            _log.info("traffic manager %s serves, agents' image %s", settings.version, settings.agent_image)
            election = Election(
                api, namespace=settings.pod_namespace, identity=f"{settings.pod_name}_{settings.pod_uid}"
            )
            metrics.gauge("leader", lambda: float(election.leading))
            leadership = Leadership(api, settings, authority=authority, metrics=metrics, injection=injection)
            await election.run(leadership.term)


@contextlib.asynccontextmanager
async def serving(
    application: web.Application, port: int, *, authority: Authority | None = None
) -> AsyncIterator[None]:
    """Serve ``application`` for as long as the block runs; with TLS where an ``authority`` is given."""
    application.middlewares.append(log_failures)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        context = authority.context if authority else None
        await web.TCPSite(runner, port=port, ssl_context=context, backlog=512).start()
        yield
    finally:
        await runner.cleanup()


async def _persist(authority: Authority) -> None:
    """The API server may be away when we start; Kubernetes would restart us, more slowly each time."""
    while True:
        try:
            await authority.prepare()
            return
        except ManagerError as error:
            _log.warning("cannot begin yet: %s", error)
            await asyncio.sleep(2)


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    service = asyncio.create_task(serve(settings), name="traffic manager")
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await service
    _log.info("stopped")


def main() -> int:
    """The program; returns its exit status."""
    try:
        settings = Settings.from_environment()
    except ConfigurationError as error:
        print(f"telelens-manager: {error}", file=sys.stderr)
        return 2
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    uvloop.run(run(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
