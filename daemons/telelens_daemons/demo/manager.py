"""The traffic manager for the demo: found, or installed and removed again."""

from __future__ import annotations

import asyncio
from pathlib import Path

from telelens_schemas.names import MANAGER_NAME, MANAGER_NAMESPACE

from telelens_daemons.cli.crds import apply_crds, delete_crds
from telelens_daemons.cli.helm import chart, helm
from telelens_daemons.cli.options import GlobalOptions
from telelens_daemons.demo.availability import wait_available
from telelens_daemons.demo.namespaces import remove_namespace
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.errors import NotFoundError
from telelens_daemons.kube.resources import DEPLOYMENTS
from telelens_daemons.session.session import SESSIONS


class Manager:
    """In its default namespace."""

    def __init__(self, client: KubeClient, options: GlobalOptions) -> None:
        self.was_kept = False
        """By an earlier demo, so that others may have used it since."""
        self._client = client
        self._options = options

    async def is_there(self) -> bool:
        """Whether somebody has installed it."""
        try:
            await self._client.get(DEPLOYMENTS, MANAGER_NAME, namespace=MANAGER_NAMESPACE)
        except NotFoundError:
            return False
        return True

    async def is_used(self) -> bool:
        """Whether a workstation is connected to it."""
        try:
            return bool(await self._client.list_all(SESSIONS, namespace=MANAGER_NAMESPACE))
        except NotFoundError:
            return False

    async def install(self) -> None:
        """By helm; returns when it is ready. Raises HelmError, DemoError."""
        await apply_crds(self._options.connect, _definitions())
        place = ["--namespace", MANAGER_NAMESPACE, "--create-namespace", "--skip-crds"]
        installing = asyncio.create_task(
            asyncio.to_thread(helm, self._options, ["install", MANAGER_NAME, str(chart()), *place]), name="helm install"
        )
        try:
            await asyncio.shield(installing)
        except asyncio.CancelledError:
            # helm cannot be called back; what it has half installed could not be removed.
            await asyncio.wait({installing})
            raise
        # helm's own --wait looks only every two seconds.
        await wait_available(self._client, MANAGER_NAMESPACE)

    async def remove(self) -> None:
        """With its CRDs and its namespace; what is gone already is fine. Raises HelmError, DemoError."""
        words = ["uninstall", MANAGER_NAME, "--namespace", MANAGER_NAMESPACE, "--ignore-not-found"]
        # The chart's hook takes agents out of other workloads: when nobody else has used it, there are none.
        await asyncio.to_thread(helm, self._options, words if self.was_kept else [*words, "--no-hooks"])
        await asyncio.gather(
            delete_crds(self._options.connect, _definitions()),
            remove_namespace(self._client, MANAGER_NAMESPACE),
        )


def _definitions() -> list[Path]:
    return sorted((chart() / "crds").glob("*.yaml"))
