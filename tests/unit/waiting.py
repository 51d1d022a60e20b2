"""Waits for what another task or process makes true."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

SECONDS = 60


async def until(true: Callable[[], bool | Awaitable[bool]]) -> None:
    """Return when it is true; TimeoutError after a minute."""
    async with asyncio.timeout(SECONDS):
        while not (await found if isawaitable(found := true()) else found):  # noqa: ASYNC110 (nothing tells when)
            await asyncio.sleep(0.005)
