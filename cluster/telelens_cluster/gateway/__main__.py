"""``python3 -m telelens_cluster.gateway``: the preview gateway's process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import time

import uvloop
from telelens_schemas.names import MANAGER_HEALTH_PORT, PREVIEW_PORT

from telelens_cluster.gateway.gateway import Gateway
from telelens_cluster.gateway.lookup import Addresses, Hosts
from telelens_cluster.gateway.settings import GatewaySettings
from telelens_cluster.manager.api import Api
from telelens_cluster.manager.door import serving
from telelens_cluster.manager.errors import ConfigurationError
from telelens_cluster.manager.health import health_application
from telelens_cluster.manager.kinds import INTERCEPT
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.reflector import Reflector
from telelens_cluster.manager.refusals import Refusals
from telelens_cluster.manager.tasks import Tasks

_log = logging.getLogger(__name__)


async def serve(settings: GatewaySettings) -> None:
    """Run until cancelled."""
    ready = asyncio.Event()
    hosts = Hosts()
    metrics = Metrics()
    refusals = Refusals(metrics, clock=time.monotonic)
    async with (
        serving(health_application(metrics, ready.is_set), MANAGER_HEALTH_PORT),
        await Api.connect() as api,
        Gateway(
            settings.domain,
            find=hosts.find,
            locate=Addresses(api, clock=time.monotonic).locate,
            note=refusals.note,
        ) as gateway,
        Tasks() as watches,
        serving(gateway.application(), PREVIEW_PORT, visitors=True),
    ):
        reflectors = [
            Reflector(api, INTERCEPT.collection(namespace), changed=hosts.changed)
            for namespace in settings.namespaces or (None,)
        ]
        for reflector in reflectors:
            watches.start(reflector.run(), name=f"watch of {reflector.path}")
        for reflector in reflectors:
            await reflector.synced.wait()
        ready.set()
        _log.info("the preview gateway serves *.%s", settings.domain.parent)
        await asyncio.Event().wait()


async def run(settings: GatewaySettings) -> None:
    """Run until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    service = asyncio.create_task(serve(settings), name="preview gateway")
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await service
    _log.info("stopped")


def main() -> int:
    """The program; returns its exit status."""
    try:
        settings = GatewaySettings.from_environment()
    except ConfigurationError as error:
        print(f"telelens-preview: {error}", file=sys.stderr)
        return 2
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    uvloop.run(run(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
