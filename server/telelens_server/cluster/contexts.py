"""The contexts of the user's kubeconfig."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from telelens_daemons.errors import UserError

from telelens_server.names import Name


class Contexts:
    """Read in a thread, and again when a file has changed."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._names: Sequence[Name] = ()
        self._stamp: object = None
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()

    @property
    def names(self) -> Sequence[Name]:
        """Those known now; asking has them read."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._read(), name="read the kubeconfig")
        return self._names

    @property
    def is_settled(self) -> bool:
        """Whether it was read."""
        return self._settled.is_set()

    async def settled(self) -> None:
        """Returns when it was read."""
        await self._settled.wait()

    async def _read(self) -> None:
        try:
            await asyncio.to_thread(self._load)
        finally:
            self._settled.set()

    def _load(self) -> None:
        from telelens_daemons.kube.kubeconfig import Kubeconfig, config_paths

        paths = config_paths("", self._environment)
        stamp = [_changed_at(path) for path in paths]
        if stamp == self._stamp:
            return
        try:
            found = Kubeconfig.load(paths)
        except UserError:
            self._names = ()  # no kubeconfig is no mistake of a specification's
            return
        self._stamp = stamp
        self._names = [
            Name(name, "current" if name == found.current_context else str(entry.get("cluster") or ""))
            for name, entry in sorted(found.contexts.items())
        ]


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
