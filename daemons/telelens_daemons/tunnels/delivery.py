"""Joins one intercepted connection, a stream of a tunnel, to the handler that listens on this workstation."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import Any, cast

from telelens_schemas.wire.relay import SocketRelay
from telelens_schemas.wire.stream import Stream

from telelens_daemons.tunnels.destinations import Destination, Destinations

logger = logging.getLogger(__name__)

DIAL_SECONDS = 10.0
AWAIT_PAUSE = 0.02
"""Seconds between attempts to reach a handler that is just being started."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Deliveries:
    """The connections under way to local addresses. One task per connection while it is dialled, none afterwards."""

    def __init__(self, destinations: Destinations) -> None:
        self._destinations = destinations
        self._dialling: set[asyncio.Task[None]] = set()

    def begin(self, stream: Stream, intercept_uid: str, destination: Destination, caller: str) -> SocketRelay:
        """Return the stream's receiver at once: bytes that come before the dial is over wait in it. ``caller`` is the
        address in the cluster that the connection comes from."""
        relay = SocketRelay(abort=reset_socket)
        relay.attach_stream(stream)
        task = asyncio.create_task(
            self._dial(stream, relay, intercept_uid, destination, caller), name=f"dial {destination}"
        )
        self._dialling.add(task)
        task.add_done_callback(self._dialling.discard)
        return relay

    async def close(self) -> None:
        """Give up what is being dialled."""
        for task in self._dialling:
            task.cancel()
        await asyncio.gather(*self._dialling, return_exceptions=True)

    async def _dial(
        self, stream: Stream, relay: SocketRelay, intercept_uid: str, destination: Destination, caller: str
    ) -> None:
        try:
            await self._connect(relay, intercept_uid, destination)
        except (OSError, TimeoutError) as error:
            problem = explain(error, destination)
            # Callers try again: one line for all of them.
            if self._destinations.problem(intercept_uid) != problem:
                logger.info("intercept %s: a connection from %s is refused: %s", intercept_uid, caller, problem)
            self._destinations.failed(intercept_uid, problem)
            stream.reset(problem)
        else:
            self._destinations.succeeded(intercept_uid, destination)

    async def _connect(self, relay: SocketRelay, intercept_uid: str, destination: Destination) -> None:
        """Raises OSError, TimeoutError.

        A handler is started when its intercept is active, for it needs the environment that comes with it, and
        listens some hundred milliseconds later; meanwhile callers wait, as they would for a pod that is slow. This
        hides no handler that fails: it is for a first listener only, ends when the intercept does (as that of a
        handler that exits does at once), and after DIAL_SECONDS the caller is refused with the reason, as ever.
        """
        loop = asyncio.get_running_loop()
        refused: ConnectionRefusedError | None = None
        try:
            async with asyncio.timeout(DIAL_SECONDS):
                while True:
                    try:
                        await loop.create_connection(
                            lambda: cast("asyncio.Protocol", relay), destination.host, destination.port
                        )
                        return
                    except ConnectionRefusedError as error:
                        refused = error
                        if relay.ended or not self._destinations.is_awaited(intercept_uid, destination):
                            raise
                    await asyncio.sleep(AWAIT_PAUSE)
        except TimeoutError as error:
            raise refused or error from error


def explain(error: OSError | TimeoutError, destination: Destination) -> str:
    """One line that says why a local address took no connection."""
    if isinstance(error, ConnectionRefusedError):
        return f"nothing is listening on {destination}"
    if isinstance(error, TimeoutError):
        return f"{destination} does not answer"
    return f"{destination} cannot be reached: {(error.strerror or str(error)).lower()}"


def reset_socket(transport: Any) -> None:
    """End a connection so that its peer sees a reset and not an orderly end."""
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
