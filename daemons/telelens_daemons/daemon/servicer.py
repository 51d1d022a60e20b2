"""The gRPC face of the daemon: translates, and decides nothing."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

import grpc
from telelens_schemas.wire import daemon_pb2 as pb
from telelens_schemas.wire.daemon_pb2_grpc import UserDaemonServicer

from telelens_daemons.connection.service import ConnectionService
from telelens_daemons.daemon.memory import resident_bytes
from telelens_daemons.daemon.problems import PROBLEM_KEY, problem_of
from telelens_daemons.errors import UserError
from telelens_daemons.intercepts.listing import ListingService
from telelens_daemons.intercepts.service import InterceptService
from telelens_daemons.version import version

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)

Reply = TypeVar("Reply")
Event = TypeVar("Event")


class Context(Protocol):
    """The part of grpc.aio.ServicerContext that is used here."""

    async def abort(self, code: grpc.StatusCode, details: str, trailing_metadata: Any) -> NoReturn: ...


class Servicer(UserDaemonServicer):
    """``stop`` is called when the daemon shall end."""

    def __init__(
        self,
        *,
        connections: ConnectionService,
        intercepts: InterceptService,
        listing: ListingService,
        log_file: Path,
        stop: Callable[[], None],
    ) -> None:
        self._connections = connections
        self._intercepts = intercepts
        self._listing = listing
        self._log_file = log_file
        self._stop = stop

    async def Version(self, request: pb.VersionRequest, context: Context) -> pb.VersionReply:  # noqa: N802
        return pb.VersionReply(version=version(), pid=os.getpid())

    async def Connect(self, request: pb.ConnectRequest, context: Context) -> AsyncIterator[pb.ConnectEvent]:  # noqa: N802
        async with AsyncExitStack() as stack:

            async def connect(progress: Callable[[str], None]) -> pb.ConnectEvent:
                if request.holder:
                    held = self._connections.held(request, progress=progress)
                    return pb.ConnectEvent(connected=await stack.enter_async_context(held))
                return pb.ConnectEvent(connected=await self._connections.connect(request, progress=progress))

            narrated = self._narrated(context, connect, lambda text: pb.ConnectEvent(progress=text))
            async with aclosing(narrated) as events:
                async for event in events:
                    yield event
            if request.holder:
                await asyncio.Event().wait()  # until the caller goes away

    async def Quit(self, request: pb.QuitRequest, context: Context) -> pb.QuitReply:  # noqa: N802
        if request.only_unused:
            if not await self._answered(context, self._connections.close_unused()):
                return pb.QuitReply(used=True)
            reply = pb.QuitReply()
        else:
            reply = await self._answered(context, self._connections.quit())
        if request.stop_daemon:
            self._stop()
        return reply

    async def Status(self, request: pb.StatusRequest, context: Context) -> pb.StatusReply:  # noqa: N802
        await self._connections.settled()
        return pb.StatusReply(
            version=version(),
            pid=os.getpid(),
            resident_bytes=resident_bytes(),
            connection=self._connections.info(),
            intercepts=self._intercepts.mine(),
            log_file=str(self._log_file),
        )

    async def List(self, request: pb.ListRequest, context: Context) -> pb.ListReply:  # noqa: N802
        return await self._answered(context, self._listing.list_workloads(request.namespace))

    async def WatchList(self, request: pb.ListRequest, context: Context) -> AsyncIterator[pb.ListReply]:  # noqa: N802
        try:
            async with aclosing(self._listing.watch(request.namespace)) as replies:
                async for reply in replies:
                    yield reply
        except Exception as error:
            await self._abort(context, error)

    async def Intercept(  # noqa: N802
        self, request: pb.InterceptRequest, context: Context
    ) -> AsyncIterator[pb.InterceptEvent]:
        async def create(progress: Callable[[str], None]) -> pb.InterceptEvent:
            return pb.InterceptEvent(active=await self._intercepts.create(request, progress=progress))

        active: pb.InterceptInfo | None = None
        try:
            narrated = self._narrated(context, create, lambda text: pb.InterceptEvent(progress=text))
            async with aclosing(narrated) as events:
                async for event in events:
                    if event.HasField("active"):
                        active = event.active
                    yield event
            if request.hold and active is not None:
                async with aclosing(self._intercepts.changes(active.uid)) as changes:
                    async for info in changes:
                        yield pb.InterceptEvent(changed=info)
        finally:
            if request.hold and active is not None:
                await asyncio.shield(self._leave_quietly(active))

    async def Leave(self, request: pb.LeaveRequest, context: Context) -> pb.LeaveReply:  # noqa: N802
        leaving = self._intercepts.leave(request.name, namespace=request.namespace)
        return pb.LeaveReply(intercept=await self._answered(context, leaving))

    async def Run(self, request: pb.RunRequest, context: Context) -> AsyncIterator[pb.RunEvent]:  # noqa: N802
        # Specifications cost memory that a daemon without one need not have.
        from telelens_daemons.run.service import RunService

        run = RunService(self._connections, self._intercepts).run(request)
        try:
            async for event in run:
                yield event
        except asyncio.CancelledError:
            raise
        except Exception as error:
            await self._abort(context, error)
        finally:
            if isinstance(run, AsyncGenerator):
                await run.aclose()

    async def _answered(self, context: Context, work: Awaitable[Reply]) -> Reply:
        try:
            return await work
        except Exception as error:
            await self._abort(context, error)

    async def _narrated(
        self,
        context: Context,
        work: Callable[[Callable[[str], None]], Awaitable[Event]],
        told: Callable[[str], Event],
    ) -> AsyncGenerator[Event, None]:
        """Yield what the work tells, then its result. When the caller goes away the work is cancelled, and undoes."""
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        working = asyncio.ensure_future(work(lines.put_nowait))
        working.add_done_callback(lambda _: lines.put_nowait(None))
        try:
            while (line := await lines.get()) is not None:
                yield told(line)
            yield await working
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except Exception as error:
            await self._abort(context, error)
        finally:
            if not working.done():
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)

    async def _leave_quietly(self, info: pb.InterceptInfo) -> None:
        try:
            await self._intercepts.leave(info.name, namespace=info.namespace)
        except UserError as error:
            logger.info("leaving %s: %s", info.name, error.message)

    async def _abort(self, context: Context, error: Exception) -> NoReturn:
        if isinstance(error, grpc.aio.AbortError):
            raise error
        problem = problem_of(error)
        metadata: Any = ((PROBLEM_KEY, problem.SerializeToString()),)
        code = grpc.StatusCode.FAILED_PRECONDITION if isinstance(error, UserError) else grpc.StatusCode.INTERNAL
        await context.abort(code, problem.message, trailing_metadata=metadata)
