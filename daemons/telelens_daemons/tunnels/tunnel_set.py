"""All tunnels of a session: one to every pod that its intercepts name, no others."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterable

from telelens_schemas.resources import Intercept
from telelens_schemas.wire.tunnel_pb2 import EnvironmentReply

from telelens_daemons.errors import UserError
from telelens_daemons.tunnels.agent import AgentTunnel
from telelens_daemons.tunnels.delivery import Deliveries
from telelens_daemons.tunnels.destinations import Destination, Destinations
from telelens_daemons.tunnels.errors import TunnelError
from telelens_daemons.tunnels.identity import TunnelIdentity
from telelens_daemons.tunnels.paths import AgentAddress, Paths

logger = logging.getLogger(__name__)

TUNNEL_SECONDS = 5.0
TUNNEL_PAUSE = 0.02


class TunnelSet:
    """Follows the session's intercepts: ``update`` says what they are now, the rest follows from it."""

    def __init__(
        self,
        *,
        identity: TunnelIdentity,
        paths: Paths,
        changed: Callable[[], None] = lambda: None,
        lanes: int = 1,
    ) -> None:
        self.destinations = Destinations(changed=changed)
        self._deliveries = Deliveries(self.destinations)
        self._identity = identity
        self._paths = paths
        self._lanes = lanes
        self._tunnels: dict[str, AgentTunnel] = {}
        self._known: set[str] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._changed = changed

    def update(self, intercepts: Iterable[Intercept]) -> None:
        """Open and close tunnels, and set destinations, so that they serve exactly these intercepts."""
        intercepts = list(intercepts)
        for intercept in intercepts:
            self.destinations_of(intercept)
        uids = {intercept.metadata.uid or "" for intercept in intercepts}
        for uid in self._known - uids:
            self.destinations.remove(uid)
        self._known = uids
        wanted = {address.pod_uid: address for intercept in intercepts for address in agents_of(intercept)}
        for pod_uid, tunnel in list(self._tunnels.items()):
            if wanted.get(pod_uid) != tunnel.address:
                del self._tunnels[pod_uid]
                self._close(tunnel)
        for pod_uid, address in wanted.items():
            if pod_uid not in self._tunnels:
                self._open(address)

    def destinations_of(self, intercept: Intercept) -> None:
        """Learn where an intercept's connections go, as soon as the manager has resolved its ports."""
        ports = {
            resolved.container_port: Destination(asked.local_host, asked.local_port)
            for asked, resolved in zip(intercept.spec.ports, intercept.status.ports, strict=False)
        }
        self.destinations.set(intercept.metadata.uid or "", ports)

    def tunnel(self, pod_uid: str) -> AgentTunnel | None:
        """The tunnel to a pod, for ``status``."""
        return self._tunnels.get(pod_uid)

    def errors(self, intercept: Intercept) -> list[UserError]:
        """Why no tunnel to an agent of this intercept is up; empty as soon as one is."""
        tunnels = [self._tunnels[pod.uid] for pod in intercept.status.pods if pod.uid in self._tunnels]
        if any(tunnel.connected for tunnel in tunnels):
            return []
        return [tunnel.error for tunnel in tunnels if tunnel.error is not None]

    def hurry(self) -> None:
        """The network has been away."""
        self._paths.forget()
        for tunnel in self._tunnels.values():
            tunnel.hurry()

    async def environment(self, intercept: Intercept) -> EnvironmentReply:
        """The environment of the intercepted container, from any of its agents. Raises TunnelError.

        Waits a moment for a tunnel: the news that an intercept is active may be here before that of our own tunnel.
        """
        deadline = asyncio.get_running_loop().time() + TUNNEL_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            for pod in intercept.status.pods:
                tunnel = self._tunnels.get(pod.uid)
                if tunnel is not None and tunnel.connected:
                    return await tunnel.environment(intercept.metadata.uid or "")
            await asyncio.sleep(TUNNEL_PAUSE)
        raise TunnelError("no tunnel to an agent of this intercept is up")

    async def close(self, reason: str) -> None:
        """End every tunnel."""
        for tunnel in self._tunnels.values():
            self._close(tunnel, reason)
        self._tunnels.clear()
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._deliveries.close()

    def _open(self, address: AgentAddress) -> None:
        tunnel = AgentTunnel(
            address,
            identity=self._identity,
            paths=self._paths,
            destinations=self.destinations,
            deliveries=self._deliveries,
            changed=self._changed,
            lanes=self._lanes,
        )
        self._tunnels[address.pod_uid] = tunnel
        tunnel.start()

    def _close(self, tunnel: AgentTunnel, reason: str = "the intercept has ended") -> None:
        task = asyncio.create_task(tunnel.close(reason), name=f"close the tunnel to {tunnel.address.pod}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def agents_of(intercept: Intercept) -> list[AgentAddress]:
    """The agents that an intercept's status names; one without a usable certificate is left out."""
    found = []
    for pod in intercept.status.pods:
        try:
            pin = ssl.PEM_cert_to_DER_cert(pod.certificate)
        except ValueError:
            logger.warning("pod %s: its agent's certificate cannot be read", pod.name)
            continue
        found.append(
            AgentAddress(
                namespace=intercept.metadata.namespace or "", pod=pod.name, pod_uid=pod.uid, ip=pod.ip, pin=pin
            )
        )
    return found
