"""Removes namespaces and waits until they are gone."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from telelens_daemons.demo.errors import DemoError
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.errors import NotFoundError
from telelens_daemons.kube.resources import NAMESPACES

GONE_SECONDS = 60.0
POLL_SECONDS = 0.1


async def remove_namespace(client: KubeClient, name: str) -> None:
    """Delete it and all that is in it; Kubernetes begins with that after five seconds. Raises DemoError."""
    with suppress(NotFoundError):
        await client.delete(NAMESPACES, name)
    await wait_gone(client, name)


async def wait_gone(client: KubeClient, name: str) -> None:
    """Wait until it is not there. Raises DemoError."""
    try:
        async with asyncio.timeout(GONE_SECONDS):
            with suppress(NotFoundError):
                while True:
                    await client.get(NAMESPACES, name)
                    await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise DemoError(
            f"the namespace {name} is not gone after {GONE_SECONDS:g} s",
            hint=f"its conditions say why: kubectl get namespace {name} -o yaml",
        ) from error
