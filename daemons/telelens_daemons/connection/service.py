"""Connects and disconnects. Used by the gRPC servicer and by specification runs alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from telelens_schemas.wire.daemon_pb2 import ConnectionInfo, ConnectRequest, QuitReply

if TYPE_CHECKING:
    from telelens_daemons.connection.connection import Connection

Progress = Callable[[str], None]


class ConnectionService:
    """Owns the daemon's connection, of which there is one or none."""

    @property
    def current(self) -> Connection | None:
        """The connection, also while it is cut off from the API server."""
        raise NotImplementedError

    async def connect(self, request: ConnectRequest, *, progress: Progress) -> ConnectionInfo:
        """Connect, or say that this very connection is there (``already_connected``).

        Raises UserError when there is a different one. Cancelling undoes what was begun.
        """
        raise NotImplementedError

    async def quit(self) -> QuitReply:
        """End the session and every intercept of it; without a connection it does nothing."""
        raise NotImplementedError

    def info(self) -> ConnectionInfo | None:
        """What ``status`` says about it now."""
        raise NotImplementedError
