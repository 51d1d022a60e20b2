"""The namespaces in which something is intercepted, each seen through one view that its workloads share."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.namespace_view import NamespaceView


@dataclass(slots=True)
class _Shared:
    view: NamespaceView
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    holders: int = 0
    is_open: bool = False


class Namespaces:
    """Opens a view for the first that needs it and closes it after the last."""

    def __init__(
        self,
        api: Api,
        *,
        changed: Callable[[WorkloadKey], None],
        namespace_changed: Callable[[str], None],
    ) -> None:
        self._api = api
        self._changed = changed
        self._namespace_changed = namespace_changed
        self._shared: dict[str, _Shared] = {}

    @contextlib.asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[NamespaceView]:
        """The view of ``name``, synchronised, for as long as the block runs."""
        shared = self._shared.get(name)
        if shared is None:
            shared = self._shared[name] = _Shared(NamespaceView(self._api, name, changed=self._told(name)))
        shared.holders += 1
        try:
            async with shared.opening:
                if not shared.is_open:
                    await shared.view.__aenter__()
                    shared.is_open = True
            yield shared.view
        finally:
            shared.holders -= 1
            if not shared.holders:
                del self._shared[name]
                if shared.is_open:
                    await shared.view.__aexit__(None, None, None)

    def _told(self, name: str) -> Callable[[WorkloadKey | None], None]:
        def told(key: WorkloadKey | None) -> None:
            if key is None:
                self._namespace_changed(name)
            else:
                self._changed(key)

        return told
