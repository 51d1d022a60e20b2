"""Answers the kubelet's probes where the pod's table is missing: they were pointed at ports that only it knows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import cast

from telelens_cluster.agent.injection import ShadowPort
from telelens_cluster.agent.redirect import Redirect
from telelens_cluster.agent.sockets import Address, listen


async def listen_on_shadow_ports(ports: Sequence[ShadowPort], redirect: Redirect) -> list[asyncio.Server]:
    """Relay each shadow port to its application, at the address that the probe came to. Raises OSError."""
    servers: list[asyncio.Server] = []
    for port in ports:
        servers += await listen(partial(_Probe, redirect, port.target), port.shadow, backlog=128)
    return servers


class _Probe(asyncio.Protocol):
    __slots__ = ("_redirect", "_target")

    def __init__(self, redirect: Redirect, target: int) -> None:
        self._redirect = redirect
        self._target = target

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        host = transport.get_extra_info("sockname")[0]
        self._redirect.to_application(cast(asyncio.Transport, transport), Address(host, self._target))
