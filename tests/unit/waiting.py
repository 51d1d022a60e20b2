"""Waits for what another task or process makes true."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

SECONDS = 60


async def until(true: Callable[[], object | Awaitable[object]], *, seconds: float = SECONDS) -> None:
    """Return when it is true; TimeoutError after so long, a minute unless said otherwise."""
    async with asyncio.timeout(seconds):
        while not (await found if isawaitable(found := true()) else found):  # noqa: ASYNC110 (nothing tells when)
            await asyncio.sleep(0.005)
