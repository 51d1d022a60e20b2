"""``python3 -m telelens_cluster.manager``: the traffic manager's process."""

from __future__ import annotations

import asyncio
import logging
import sys

from telelens_schemas.names import (
    MANAGER_AGENTS_PORT,
    MANAGER_AGENTS_SERVICE,
    MANAGER_HEALTH_PORT,
    WEBHOOK_PORT,
)

from telelens_cluster.injector.settings import InjectionSettings
from telelens_cluster.manager.api import Api
from telelens_cluster.manager.authority import Authority
from telelens_cluster.manager.door import serving
from telelens_cluster.manager.errors import ManagerError
from telelens_cluster.manager.health import health_application
from telelens_cluster.manager.leader import Election
from telelens_cluster.manager.leadership import Leadership
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.program import answering_to_the_last, run_program
from telelens_cluster.manager.settings import Settings
from telelens_cluster.manager.tasks import Tasks
from telelens_cluster.manager.webhooks import Webhooks

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
        async with serving(webhooks.application(), WEBHOOK_PORT, context=authority.context):
            tasks.start(authority.run(), name="certificates")
            ready.set()
            _log.info("traffic manager %s serves, agents' image %s", settings.version, settings.agent_image)
            election = Election(
                api, namespace=settings.pod_namespace, identity=f"{settings.pod_name}_{settings.pod_uid}"
            )
            metrics.gauge("leader", lambda: float(election.leading))
            leadership = Leadership(api, settings, authority=authority, metrics=metrics, injection=injection)
            async with answering_to_the_last():
                await election.run(leadership.term)


async def _persist(authority: Authority) -> None:
    """The API server may be away when we start; Kubernetes would restart us, more slowly each time."""
    while True:
        try:
            await authority.prepare()
            return
        except ManagerError as error:
            _log.warning("cannot begin yet: %s", error)
            await asyncio.sleep(2)


def main() -> int:
    """The program; returns its exit status."""
    return run_program("telelens-manager", Settings.from_environment, serve)


if __name__ == "__main__":
    sys.exit(main())
