"""The end of an agent: a pod that is being deleted still answers what it has taken on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from telelens_cluster.agent.activity import is_busy

LONGEST_SECONDS: Final = 20.0
"""Under the 30 s that Kubernetes gives a pod by default."""
_LOOK_SECONDS: Final = 0.1


async def depart(callers: Callable[[], list[asyncio.Transport]]) -> None:
    """Wait, with the redirect off, until no caller waits for an answer; one that is only kept alive does not count."""
    loop = asyncio.get_running_loop()
    end = loop.time() + LONGEST_SECONDS
    while loop.time() < end and any(is_busy(caller) for caller in callers()):  # noqa: ASYNC110 (the kernel tells nobody)
        await asyncio.sleep(_LOOK_SECONDS)
