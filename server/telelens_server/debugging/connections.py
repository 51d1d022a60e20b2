"""The daemon's connection, as long as somebody here needs it."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from telelens_schemas.wire.daemon_pb2 import ConnectionInfo, StatusRequest

from telelens_server.debugging.daemon import connect_request
from telelens_server.requests import ConnectionWanted

logger = logging.getLogger(__name__)

UNDONE_SECONDS = 15.0
UNDONE_PAUSE = 0.05

Progress = Callable[[str], None]


@asynccontextmanager
async def used(stub: Any, wanted: ConnectionWanted, *, progress: Progress) -> AsyncIterator[ConnectionInfo]:
    """Raises what the calls raise; cancelling while it connects undoes that.

    The daemon holds the connection for a call that stays open: one that was made for such calls ends with the last of
    them, and also when this process is killed.
    """
    request = connect_request(wanted)
    request.holder = f"editor {uuid.uuid4()}"
    request.any = wanted == ConnectionWanted(namespace=wanted.namespace)
    call = stub.Connect(request)
    try:
        info = ConnectionInfo()
        async for event in call:
            if event.HasField("connected"):
                info = event.connected
                break
            if event.progress:
                progress(event.progress)
        yield info
    finally:
        call.cancel()
        # Cancelled once already; what must be undone is undone.
        await asyncio.shield(asyncio.ensure_future(_let_go(stub, request.holder)))


async def _let_go(stub: Any, holder: str) -> None:
    """The daemon saw the call cancelled; when all is undone the call cannot tell, the daemon's state does."""
    try:
        async with asyncio.timeout(UNDONE_SECONDS):
            while holder in (await stub.Status(StatusRequest())).connection.holders:  # noqa: ASYNC110
                await asyncio.sleep(UNDONE_PAUSE)
    except Exception as error:
        # A daemon that is gone took the connection with it.
        logger.info("whether the connection has ended is not known: %s", error)
