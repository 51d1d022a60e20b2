"""The user daemon for the demo: the one that runs, or one that ends with the demo."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telelens_schemas.wire.daemon_pb2 import QuitRequest

from telelens_daemons.cli.daemon_client import DaemonClient, daemon_is_wanted
from telelens_daemons.cli.starting import ensure_running
from telelens_daemons.places import Places


@asynccontextmanager
async def daemon() -> AsyncIterator[Places]:
    """Where it listens."""
    was_wanted = daemon_is_wanted()
    places = Places.of(os.environ)
    ensure_running(places)  # in this thread: it waits for others that start it by a signal
    try:
        yield places
    finally:
        if not was_wanted:
            await asyncio.to_thread(_stop)


def _stop() -> None:
    with DaemonClient.open(start=False) as client, client.errors():
        client.stub.Quit(QuitRequest(stop_daemon=True))
