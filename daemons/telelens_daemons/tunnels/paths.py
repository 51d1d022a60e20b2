"""Which way leads to an agent: straight to the pod's address where there is a route, else through the API server."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from telelens_schemas.names import AGENT_PORT

from telelens_daemons.kube.bytestream import ByteStream
from telelens_daemons.tunnels.direct import dial_direct

logger = logging.getLogger(__name__)

RACE_SECONDS = 0.3
DIRECT_SECONDS = 2.0


class Transport(StrEnum):
    """How a tunnel travels, as ``status`` says it."""

    DIRECT = "direct"
    PORT_FORWARD = "port-forward"


@dataclass(frozen=True, slots=True)
class AgentAddress:
    """One pod with an agent, and the certificate (DER) that it must show."""

    namespace: str
    pod: str
    pod_uid: str
    ip: str
    pin: bytes


class Forwarder(Protocol):
    """What dials through the API server."""

    async def dial(self, *, namespace: str, pod: str, port: int) -> ByteStream: ...


class Paths:
    """Dials agents; decides once per connection to a cluster whether pods can be reached directly.

    The first dial races both ways. Port-forward never waits for the race; a route that answers later, within 0.3 s,
    serves the dials after it. That somebody answers at a pod's address proves nothing (the same addresses may be in
    use at home): the pinned certificate does, and where it fails, ``direct_is_wrong`` is called.
    """

    def __init__(self, forwarder: Forwarder, *, port: int = AGENT_PORT) -> None:
        self._forwarder = forwarder
        self._port = port
        self._routable: bool | None = None
        self._race: asyncio.Task[ByteStream] | None = None

    async def dial(self, agent: AgentAddress) -> tuple[Transport, ByteStream]:
        """Connect to an agent. Raises KubeError."""
        if self._routable is None and self._race is None:
            return await self._dial_racing(agent)
        if self._routable:
            try:
                return Transport.DIRECT, await dial_direct(agent.ip, self._port, timeout=DIRECT_SECONDS)
            except (OSError, TimeoutError):
                self.forget()
        return Transport.PORT_FORWARD, await self._forward(agent)

    def direct_is_wrong(self) -> None:
        """What answered at a pod's address was not its agent."""
        self._routable = False

    def forget(self) -> None:
        """The network has changed: the next dial decides anew."""
        self._routable = None
        if self._race is not None:
            self._race.cancel()
            self._race = None

    async def _forward(self, agent: AgentAddress) -> ByteStream:
        return await self._forwarder.dial(namespace=agent.namespace, pod=agent.pod, port=self._port)

    async def _dial_racing(self, agent: AgentAddress) -> tuple[Transport, ByteStream]:
        race = asyncio.create_task(dial_direct(agent.ip, self._port, timeout=RACE_SECONDS), name=f"route to {agent.ip}")
        self._race = race
        race.add_done_callback(self._decide)
        forward = asyncio.create_task(self._forward(agent), name=f"port-forward to {agent.pod}")
        try:
            await asyncio.wait((race, forward), return_when=asyncio.FIRST_COMPLETED)
            if race.done() and not race.cancelled() and race.exception() is None:
                forward.cancel()
                forward.add_done_callback(_close_result)
                return Transport.DIRECT, race.result()
            stream = await forward
        except asyncio.CancelledError:
            for task in (race, forward):
                task.cancel()
                task.add_done_callback(_close_result)
            raise
        except Exception:
            # Port-forward may be what is forbidden; the route, if there is one, has 0.3 s.
            await asyncio.wait((race,))
            if not race.cancelled() and race.exception() is None:
                return Transport.DIRECT, race.result()
            raise
        race.add_done_callback(_close_result)
        return Transport.PORT_FORWARD, stream

    def _decide(self, race: asyncio.Task[ByteStream]) -> None:
        if self._race is race:
            self._race = None
            if race.cancelled():
                return  # nobody wants to know any more
            self._routable = race.exception() is None
            logger.info("pods are reached %s", "directly" if self._routable else "by port-forward")


def _close_result(task: asyncio.Task[ByteStream]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().abort()
