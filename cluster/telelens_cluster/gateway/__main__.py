"""``python3 -m telelens_cluster.gateway``: the preview gateway's process."""

from __future__ import annotations

import asyncio
import logging
import sys
import time

from telelens_schemas.names import MANAGER_HEALTH_PORT, PREVIEW_PORT

from telelens_cluster.gateway.gateway import Gateway
from telelens_cluster.gateway.lookup import Addresses, Hosts
from telelens_cluster.gateway.settings import GatewaySettings
from telelens_cluster.manager.api import Api
from telelens_cluster.manager.door import serving
from telelens_cluster.manager.health import health_application
from telelens_cluster.manager.kinds import INTERCEPT
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.program import answering_to_the_last, run_program
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
        async with answering_to_the_last():
            await asyncio.Event().wait()


def main() -> int:
    """The program; returns its exit status."""
    return run_program("telelens-preview", GatewaySettings.from_environment, serve)


if __name__ == "__main__":
    sys.exit(main())
