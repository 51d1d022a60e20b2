"""Connects and disconnects. Used by the gRPC servicer and by specification runs alike."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from telelens_schemas.names import MANAGER_NAMESPACE
from telelens_schemas.wire.daemon_pb2 import ConnectionInfo, ConnectRequest, QuitReply

from telelens_daemons.connection.access import access_of, connected_differently, differences
from telelens_daemons.connection.connection import Connection, left_to_the_manager
from telelens_daemons.errors import NotConnectedError, UserError
from telelens_daemons.kube.errors import ServerError, UnreachableError
from telelens_daemons.session.store import SavedSession, SessionStore

logger = logging.getLogger(__name__)

RESUME_SECONDS = 5.0
RESUME_RETRY_SECONDS = 1.0

RENEWAL_SECONDS = 4.0
"""Between a session that is gone and the next one."""
EXPIRED = "the session had expired, as nothing was heard of this workstation for too long"
ENDED = "the session was ended in the cluster (by an administrator, or the traffic manager was uninstalled)"

Progress = Callable[[str], None]


class ConnectionService:
    """Owns the daemon's connection, of which there is one or none."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._current: Connection | None = None
        self._changing = asyncio.Lock()
        self._resuming: asyncio.Task[None] | None = None
        self._holders: list[str] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._notice = ""
        self._noticed_from = 0.0
        self._closed = False

    @property
    def current(self) -> Connection | None:
        """The connection, also while it is cut off from the API server."""
        return self._current

    def require(self) -> Connection:
        """The connection. Raises NotConnectedError."""
        if self._current is None:
            raise NotConnectedError(self._notice)
        return self._current

    def begin(self) -> None:
        """Come back, in a task, as the session of a daemon that was killed."""
        saved = self._store.load()
        if saved is not None:
            saved.request.environment.update(os.environ)
            self._resuming = asyncio.create_task(self._resume(saved), name="resume the session")

    async def settled(self) -> None:
        """Wait, a few seconds, until it is clear whether an earlier session comes back."""
        if self._resuming is not None:
            await asyncio.wait((self._resuming,), timeout=RESUME_SECONDS)

    async def connect(self, request: ConnectRequest, *, progress: Progress) -> ConnectionInfo:
        """Connect, or say that this very connection is there (``already_connected``). It stays until it is quit.

        Raises UserError when there is a different one. Cancelling undoes what was begun.
        """
        await self.settled()
        async with self._changing:
            info = await self._connect(request, progress)
            self.require().keep()
            return info

    @asynccontextmanager
    async def held(self, request: ConnectRequest, *, progress: Progress) -> AsyncIterator[ConnectionInfo]:
        """Connect as ``connect`` does, for as long as the context lasts.

        One that was made like this ends with the last such context, unless somebody means it to stay by then.
        """
        await self.settled()
        async with self._changing:
            info = await self._connect(request, progress)
            self._holders.append(request.holder)
        try:
            yield info
        finally:
            await asyncio.shield(self._let_go(request.holder))

    async def _connect(self, request: ConnectRequest, progress: Progress) -> ConnectionInfo:
        if self._current is not None:
            there = self._current
            same = there.info(already_connected=True) if request.any else self._same(there, request)
            self.forget_notice()
            return same
        if self._closed:
            raise UserError("this daemon is being exchanged for one of another version", hint="try again")
        self.forget_notice()
        await self._stop_resuming()
        connection = Connection(request, store=self._store, expired=self._on_expired)
        await connection.establish(progress=progress)
        self._current = connection
        logger.info("connected to %s as %s", connection.access.server, connection.session.session.spec.owner)
        return connection.info()

    async def _let_go(self, holder: str) -> None:
        async with self._changing:
            if len(self._holders) == 1 and self._current is not None and self._current.is_unused:
                connection, self._current = self._current, None
                await connection.quit()
                logger.info("disconnected: nobody holds the connection any more")
            # Not before: whoever sees that it is gone relies on it.
            self._holders.remove(holder)

    async def quit(self) -> QuitReply:
        """End the session and every intercept of it; without a connection it does nothing."""
        await self.settled()
        async with self._changing:
            await self._stop_resuming()
            self.forget_notice()
            connection, self._current = self._current, None
            if connection is None:
                return self._quit_unresumed()
            farewell = await connection.quit()
            logger.info("disconnected")
            return QuitReply(was_connected=True, left=farewell.ended, unfinished=farewell.unfinished)

    async def close_unused(self) -> bool:
        """Make no connection any more, unless there is one, or one is being made, or may come back; says whether that
        is so now."""
        if self._changing.locked():
            return False
        await self.settled()
        async with self._changing:
            if self._current is None and self._store.load() is None:
                self._closed = True
            return self._closed

    def _quit_unresumed(self) -> QuitReply:
        """The session of a daemon that was killed, if it has not come back by now, comes back no more."""
        saved = self._store.load()
        if saved is None:
            return QuitReply(was_connected=False)
        self._store.clear()
        unfinished = left_to_the_manager(f"session {saved.name} has not come back to this daemon")
        logger.warning("%s", unfinished)
        return QuitReply(was_connected=True, unfinished=unfinished)

    def info(self) -> ConnectionInfo | None:
        """What ``status`` says about it now; without a session where only a notice is left to say."""
        if self._current is None:
            return ConnectionInfo(state=self._notice) if self._notice else None
        info = self._current.info()
        info.holders.extend(self._holders)
        info.state = "; ".join(filter(None, (info.state, self._notice, self._taken_notice(self._current))))
        return info

    def forget_notice(self) -> None:
        """Whoever connects, disconnects or intercepts has moved on."""
        self._notice = ""
        self._noticed_from = time.monotonic()

    def _taken_notice(self, connection: Connection, *, but: Sequence[str] = ()) -> str:
        taken = {one.metadata.name for one in connection.intercepts.taken_since(self._noticed_from)}
        return _named(sorted(taken.difference(but)), "was ended from outside: somebody deleted it in the cluster")

    def _same(self, connection: Connection, request: ConnectRequest) -> ConnectionInfo:
        found = differences(connection.access, access_of(request))
        manager_namespace = request.manager_namespace or MANAGER_NAMESPACE
        if manager_namespace != connection.manager_namespace:
            found.append(f"manager namespace {connection.manager_namespace}, not {manager_namespace}")
        if found:
            raise connected_differently(found)
        return connection.info(already_connected=True)

    async def _resume(self, saved: SavedSession) -> None:
        waiting = False
        while True:
            try:
                connection = Connection(saved.request, store=self._store, expired=self._on_expired)
                try:
                    resumed = await connection.resume(saved)
                except BaseException:
                    # Also when it is cancelled: its heartbeat may have begun.
                    await connection.abandon()
                    raise
            except (UnreachableError, ServerError) as error:
                if not waiting:
                    logger.warning("the session cannot be resumed yet: %s", error.message)
                waiting = True
                await asyncio.sleep(RESUME_RETRY_SECONDS)
                continue
            except UserError as error:
                # Credentials, say. The session's files stay: the next start may have better luck.
                logger.warning("the session is not resumed: %s", error.message)
                return
            if resumed and connection.is_unused:
                # The calls that held it ended with the daemon that was killed.
                await connection.quit()
                logger.info("ended session %s: what it was made for went with the last daemon", saved.name)
            elif resumed:
                connection.keep()
                self._current = connection
                logger.info("resumed session %s", saved.name)
            else:
                await connection.abandon()
                self._store.clear()
                # How long the last daemon has been gone, nobody knows.
                self._notice = f"{EXPIRED}, or was ended in the cluster, and its intercepts with it"
                logger.info("session %s is gone from the cluster", saved.name)
            return

    async def _stop_resuming(self) -> None:
        if self._resuming is not None:
            self._resuming.cancel()
            await asyncio.gather(self._resuming, return_exceptions=True)
            self._resuming = None

    def _on_expired(self, connection: Connection) -> None:
        task = asyncio.create_task(self._renew(connection), name="renew the session")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _renew(self, connection: Connection) -> None:
        """The session was taken away, for its silence or by somebody, and its intercepts with it. Be there again."""
        # Not at once: whoever uninstalls the manager deletes the sessions first and the rights to make new ones next.
        await asyncio.sleep(RENEWAL_SECONDS)
        async with self._changing:
            if self._current is not connection:
                return
            self._current = None
            reason = EXPIRED if connection.session.was_silent else ENDED
            names = connection.ended_with_session
            taken_before = self._taken_notice(connection, but=names)
            self._notice = "; ".join(filter(None, (_named(names, f"ended: {reason}"), taken_before)))
            logger.warning("%s", self._notice)
            await connection.abandon()
            self._store.clear()
            renewed = Connection(connection.request, store=self._store, expired=self._on_expired)
            try:
                await renewed.establish(progress=lambda text: None)
            except UserError as error:
                self._notice = self._notice or reason
                logger.warning("the session cannot be made again: %s", error.message)
                return
            self._current = renewed
            logger.info("connected again")


def _named(names: Sequence[str], what: str) -> str:
    if not names:
        return ""
    which = f"intercept {names[0]}" if len(names) == 1 else f"intercepts {', '.join(names)}"
    return f"{which} {what}"
