"""The redirect listener: decides, once per connection, who gets it.

The decision falls within the accept, before a byte is read, so that nothing can be lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Final, cast

from telelens_schemas.names import REDIRECT_PORT

from telelens_cluster.agent.activity import is_busy
from telelens_cluster.agent.application_relay import ApplicationRelay
from telelens_cluster.agent.configuration import Configuration
from telelens_cluster.agent.sockets import Address, keep_alive, original_destination, reset
from telelens_cluster.agent.workstations import Workstations

CONNECT_SECONDS: Final = 10.0
CANARY_SECONDS: Final = 2.0
Inward = Callable[[Address, Address], tuple[str, bytes]]
"""Source and destination of a connection → the unix socket that takes it, and what is said there first."""


class Redirect:
    """Gives accepted connections to the workstation or to the application, which is reached at the pod's own address.

    Never at 127.0.0.1: an application may trust its loopback.
    """

    __slots__ = ("_configuration", "_relays", "_tasks", "_workstations", "inward")

    def __init__(self, *, configuration: Callable[[], Configuration], workstations: Workstations) -> None:
        self._configuration = configuration
        self._workstations = workstations
        self._relays: dict[ApplicationRelay, int] = {}
        self.inward: Inward | None = None
        """Who judges the requests of connections to HTTP ports; None: nobody does."""
        self._tasks: set[asyncio.Task[None]] = set()

    def callers(self) -> list[asyncio.Transport]:
        """The connections that are relayed to the application at this moment."""
        return [relay.caller.transport for relay in self._relays if relay.caller.transport is not None]

    def protocol(self) -> Arrival:
        """For ``loop.create_server``."""
        return Arrival(self)

    def relayed(self, ports: Collection[int]) -> int:
        """How many connections to ``ports`` the application has."""
        return sum(port in ports for port in self._relays.values())

    def retire(self, ports: Collection[int], *, at_once: bool = False) -> None:
        """Let callers of ``ports`` come anew: they came while there was nobody but the application.

        ``at_once``, or when nothing has been said for a second and nothing is owed.
        """
        for relay in [relay for relay, port in self._relays.items() if port in ports]:
            caller = relay.caller.transport
            if at_once:
                relay.cut()
            elif caller is not None and not is_busy(caller):
                caller.close()

    async def close(self) -> None:
        """Cut what is relayed to the application."""
        for task in self._tasks:
            task.cancel()
        for relay in list(self._relays):
            relay.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def arrived(self, transport: asyncio.Transport) -> None:
        """Decide about one connection."""
        sock = transport.get_extra_info("socket")
        destination = original_destination(sock)
        if destination is None or destination.port == REDIRECT_PORT:
            reset(transport)  # not redirected: somebody called this port by its number
            return
        source = Address(*transport.get_extra_info("peername")[:2])
        configuration = self._configuration()
        if configuration.canary_answer and source.host in configuration.canary_sources:
            go_on(transport, CanaryAnswer(configuration.canary_answer))
            return
        keep_alive(sock)
        if self.inward is not None and destination.port in configuration.http_ports:
            self._relay(transport, *self.inward(source, destination))
            return
        intercept = configuration.intercept_of(destination.port)
        if (
            intercept is None
            or intercept.away
            or not self._workstations.deliver(transport, intercept, destination.port, source)
        ):
            self.to_application(transport, destination, port=destination.port)

    def to_application(self, transport: asyncio.Transport, destination: Address, *, port: int = 0) -> None:
        """Relay the connection to ``destination``; one that came to an intercepted ``port`` may be retired."""
        self._relay(transport, destination, port=port)

    def _relay(
        self, transport: asyncio.Transport, destination: Address | str, preface: bytes = b"", *, port: int = 0
    ) -> None:
        relay = ApplicationRelay(self._forget, preface=preface)
        self._relays[relay] = port
        go_on(transport, relay.caller)
        task = asyncio.get_running_loop().create_task(self._reach(transport, relay, destination))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _forget(self, relay: ApplicationRelay) -> None:
        self._relays.pop(relay, None)

    async def _reach(self, transport: asyncio.Transport, relay: ApplicationRelay, destination: Address | str) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if isinstance(destination, str):
                    await loop.create_unix_connection(lambda: relay.application, destination)
                else:
                    await loop.create_connection(lambda: relay.application, *destination)
        except (OSError, TimeoutError):
            # What the caller would have met without us.
            reset(transport)


class Arrival(asyncio.Protocol):
    """An accepted connection, until the decision."""

    __slots__ = ("_redirect",)

    def __init__(self, redirect: Redirect) -> None:
        self._redirect = redirect

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._redirect.arrived(cast(asyncio.Transport, transport))


class CanaryAnswer(asyncio.Protocol):
    """Tells the manager that its connection came to the agent. Reads on, so that closing does not become a reset."""

    __slots__ = ("_answer",)

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        caller = cast(asyncio.Transport, transport)
        caller.write(self._answer)
        caller.write_eof()
        asyncio.get_running_loop().call_later(CANARY_SECONDS, caller.abort)


def go_on(transport: asyncio.Transport, protocol: asyncio.Protocol) -> None:
    """Give an accepted connection to the protocol that it was decided for."""
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
