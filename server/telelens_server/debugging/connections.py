"""The daemon's connection, as long as somebody here needs it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from telelens_schemas.wire.daemon_pb2 import ConnectionInfo, QuitRequest, StatusRequest

from telelens_server.debugging.daemon import connect_request
from telelens_server.requests import ConnectionWanted

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]


class Connections:
    """A connection that is found is kept; one that was made here ends when the last who needed it is done, unless
    somebody else has an intercept on it by then."""

    def __init__(self) -> None:
        self._changing = asyncio.Lock()
        self._users = 0
        self._made = ""
        """The UID of the session that was made here."""

    @asynccontextmanager
    async def used(self, stub: Any, wanted: ConnectionWanted, *, progress: Progress) -> AsyncIterator[ConnectionInfo]:
        """Raises what the calls raise; cancelling while it connects undoes that."""
        async with self._changing:
            info = await self._connected(stub, wanted, progress)
            self._users += 1
        try:
            yield info
        finally:
            # Cancelled once already; what must be undone is undone.
            await asyncio.shield(asyncio.ensure_future(self._unused(stub)))

    async def _connected(self, stub: Any, wanted: ConnectionWanted, progress: Progress) -> ConnectionInfo:
        if wanted == ConnectionWanted(namespace=wanted.namespace):
            status = await stub.Status(StatusRequest())
            if status.connection.session_uid:
                found: ConnectionInfo = status.connection
                return found
        progress("connecting to the cluster")
        info = ConnectionInfo()
        async for event in stub.Connect(connect_request(wanted)):
            if event.HasField("connected"):
                info = event.connected
            elif event.progress:
                progress(event.progress)
        if not info.already_connected:
            self._made = info.session_uid
        return info

    async def _unused(self, stub: Any) -> None:
        async with self._changing:
            self._users -= 1
            if self._users or not self._made:
                return
            made, self._made = self._made, ""
            try:
                status = await stub.Status(StatusRequest())
                if status.connection.session_uid == made and not status.intercepts:
                    await stub.Quit(QuitRequest())
            except Exception as error:
                # A daemon that is gone took the connection with it.
                logger.info("the connection is not ended: %s", error)
