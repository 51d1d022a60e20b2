"""Makes and leaves intercepts. Used by the gRPC servicer and by specification runs alike."""

from __future__ import annotations

from collections.abc import AsyncIterator

from telelens_schemas.wire.daemon_pb2 import InterceptInfo, InterceptRequest

from telelens_daemons.connection.service import ConnectionService, Progress


class InterceptService:
    """Works on whatever connection the ConnectionService has; raises NotConnectedError without one."""

    def __init__(self, connections: ConnectionService) -> None:
        self._connections = connections

    async def create(self, request: InterceptRequest, *, progress: Progress) -> InterceptInfo:
        """Return the ACTIVE intercept with its environment.

        Raises UserError when it cannot become active; then, and when cancelled, nothing of it is left.
        """
        raise NotImplementedError

    async def leave(self, name: str, *, namespace: str = "") -> InterceptInfo:
        """End an intercept of this session and return what it was. ``namespace`` empty: wherever it is."""
        raise NotImplementedError

    def mine(self) -> list[InterceptInfo]:
        """The intercepts of this session as they are now, without environments."""
        raise NotImplementedError

    def changes(self, uid: str) -> AsyncIterator[InterceptInfo]:
        """Yield the intercept whenever its status changes; ends when it is gone."""
        raise NotImplementedError
