"""Objects of one kind in one namespace, watched from the first question on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from telelens_daemons.errors import UserError

if TYPE_CHECKING:
    from telelens_daemons.kube.client import KubeClient
    from telelens_daemons.kube.resources import Resource
    from telelens_daemons.kube.watch import Reflector


class Collection:
    """``objects`` is what is known now; nobody waits for it unless they ask to."""

    def __init__(
        self,
        kind: str,
        resource: Resource,
        namespace: str | None,
        *,
        client: Callable[[], Awaitable[KubeClient]],
        failed: Callable[[UserError], None],
    ) -> None:
        self.kind = kind
        self._resource = resource
        self._namespace = namespace
        self._client = client
        self._failed = failed
        self._reflector: Reflector | None = None
        self._settled = asyncio.Event()
        self._task = asyncio.create_task(self._begin(), name=f"list {resource.plural}")

    @property
    def objects(self) -> Sequence[dict[str, Any]]:
        """By name; items of a list come without their kind, here they have it."""
        if self._reflector is None:
            return ()
        found = ({**item, "kind": self.kind} for item in self._reflector.objects.values())
        return sorted(found, key=lambda item: str(item["metadata"]["name"]))

    @property
    def is_settled(self) -> bool:
        """Whether the list is there, or will not be."""
        return self._settled.is_set()

    async def settled(self) -> None:
        """Returns when it is."""
        await self._settled.wait()

    async def stop(self) -> None:
        """End the watch."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._reflector is not None:
            await self._reflector.stop()

    async def _begin(self) -> None:
        from telelens_daemons.kube.watch import Reflector

        try:
            client = await self._client()
            namespace = self._namespace if self._namespace is not None else client.access.namespace
            reflector = Reflector(client, self._resource, namespace=namespace if self._resource.namespaced else "")
            await reflector.start()
            self._reflector = reflector
        except UserError as error:
            self._failed(error)
        finally:
            self._settled.set()
