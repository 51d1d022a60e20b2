"""Runs the gRPC server on the socket until the daemon shall end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable

import grpc
from telelens_schemas.wire.daemon_pb2_grpc import add_UserDaemonServicer_to_server

from telelens_daemons.connection.service import ConnectionService
from telelens_daemons.daemon.servicer import Servicer
from telelens_daemons.intercepts.listing import ListingService
from telelens_daemons.intercepts.service import InterceptService
from telelens_daemons.places import Places
from telelens_daemons.session.store import SessionStore
from telelens_daemons.version import version

logger = logging.getLogger(__name__)

CALLS_GRACE_SECONDS = 1.0
OPTIONS = [
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    ("grpc.max_send_message_length", 64 * 1024 * 1024),
]


class BindError(Exception):
    """The folder takes no socket."""


async def serve(places: Places, *, ready: Callable[[], None], lifeline: int | None = None) -> None:
    """Serve until ``quit -s``, SIGTERM, SIGINT or the end of the pipe ``lifeline``; then undo everything.

    Raises BindError.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    if lifeline is not None:
        loop.add_reader(lifeline, stopping.set)
    connections = ConnectionService(SessionStore(places.session))
    intercepts = InterceptService(connections)
    server = grpc.aio.server(options=OPTIONS)
    add_UserDaemonServicer_to_server(  # type: ignore[no-untyped-call]
        Servicer(
            connections=connections,
            intercepts=intercepts,
            listing=ListingService(connections),
            log_file=places.log,
            stop=stopping.set,
        ),
        server,
    )
    try:
        # Left by a daemon that was killed; nobody else is there, or we would not have the lock.
        places.socket.unlink(missing_ok=True)
        server.add_insecure_port(f"unix:{places.socket}")
    except (OSError, RuntimeError) as error:
        raise BindError(str(error)) from error
    await server.start()
    os.chmod(places.socket, 0o600)
    logger.info("telelens %s serves on %s", version(), places.socket)
    connections.begin()
    ready()
    await stopping.wait()
    logger.info("stopping")
    if lifeline is not None:
        loop.remove_reader(lifeline)
    # Calls that hold something undo it when they are cancelled; the rest goes with the session.
    await server.stop(CALLS_GRACE_SECONDS if connections.current is None else 0)
    await connections.quit()
    places.socket.unlink(missing_ok=True)
    logger.info("stopped")
