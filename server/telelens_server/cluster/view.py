"""One context of the kubeconfig: its client, and the kinds of which somebody has asked for names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from telelens_daemons.errors import UserError

from telelens_server.cluster.collection import Collection

if TYPE_CHECKING:
    from telelens_daemons.kube.client import KubeClient
    from telelens_daemons.kube.kubeconfig import Access
    from telelens_daemons.kube.resources import Resource

USER_AGENT = "telelens-server"


class ClusterView:
    """Lives from the first question until the server's loop ends, or until it failed."""

    def __init__(self, context: str, environment: Mapping[str, str], failed: Callable[[UserError], None]) -> None:
        self.failed_at: float | None = None
        self._context = context
        self._environment = environment
        self._failed = failed
        self._client: asyncio.Future[KubeClient] = asyncio.get_running_loop().create_future()
        self._collections: dict[tuple[str, str | None], Collection] = {}
        self._task = asyncio.create_task(self._live(), name=f"cluster {context or 'of the current context'}")

    def collection(self, kind: str, resource: Resource, namespace: str | None) -> Collection:
        """What is known of a kind; asking begins the watch. ``namespace`` ``None`` is the context's."""
        found = self._collections.get((kind, namespace))
        if found is None:
            found = Collection(kind, resource, namespace, client=self._connected, failed=self._fail)
            self._collections[kind, namespace] = found
        return found

    async def stop(self) -> None:
        """End everything."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _connected(self) -> KubeClient:
        return await asyncio.shield(self._client)

    def _fail(self, error: UserError) -> None:
        self.failed_at = asyncio.get_running_loop().time()
        self._failed(error)

    async def _live(self) -> None:
        from telelens_daemons.kube.client import KubeClient

        try:
            access = await asyncio.to_thread(self._access)
        except UserError as error:
            self._client.set_exception(error)
            self._client.exception()
            self._fail(error)
            return
        async with KubeClient(access, environment=self._environment, user_agent=USER_AGENT) as client:
            self._client.set_result(client)
            try:
                await asyncio.Event().wait()
            finally:
                for collection in self._collections.values():
                    await collection.stop()

    def _access(self) -> Access:
        from telelens_daemons.kube.kubeconfig import Kubeconfig, config_paths

        return Kubeconfig.load(config_paths("", self._environment)).access(context=self._context)
