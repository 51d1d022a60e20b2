"""Runs one specification for as long as somebody reads its events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import chain

from telelens_schemas.wire.daemon_pb2 import (
    ConnectRequest,
    InterceptInfo,
    InterceptRequest,
    RunEvent,
    RunReady,
    RunRequest,
)

from telelens_daemons.connection.service import ConnectionService
from telelens_daemons.errors import UserError
from telelens_daemons.intercepts.service import InterceptService
from telelens_daemons.run.errors import InterceptEndedError
from telelens_daemons.run.events import EventStream
from telelens_daemons.run.local_ports import check_free
from telelens_daemons.run.plan import LOCALHOST, Plan, make_plan
from telelens_daemons.run.running_handler import RunningHandler
from telelens_daemons.run.wording import in_specification

logger = logging.getLogger(__name__)


class RunService:
    """Undoes what it did when it fails, when it is cancelled, and when a handler ends.

    Undone in this order: intercepts, so that traffic goes to the pods again before anybody who serves it is ended;
    handlers; the connection, if the run made it.
    """

    def __init__(self, connections: ConnectionService, intercepts: InterceptService) -> None:
        self._connections = connections
        self._intercepts = intercepts

    async def run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Yield what happens. Ends by itself only when the connection is ended (``quit``); raises UserError."""
        events = EventStream()
        plan = make_plan(request)
        running = asyncio.create_task(self._run(plan, request, events), name=f"run {plan.name}")
        running.add_done_callback(lambda _: events.close())
        try:
            async for event in events:
                yield event
            await running
        finally:
            events.close()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def _run(self, plan: Plan, request: RunRequest, events: EventStream) -> None:
        for note in plan.notes:
            events.progress(note)
        for planned in plan.handlers:
            for port in planned.ports:
                check_free(LOCALHOST, port, planned.handler.name)
        async with self._connected(plan, events):
            async with AsyncExitStack() as handlers, AsyncExitStack() as intercepts:
                active = [
                    await intercepts.enter_async_context(self._intercepted(wanted, events))
                    for wanted in plan.intercepts
                ]
                # By the name in the specification: where another's intercept has it, the intercept has one beside it.
                by_name = {wanted.name: info for wanted, info in zip(plan.intercepts, active, strict=True)}
                started = [
                    await handlers.enter_async_context(
                        RunningHandler(planned, by_name[planned.intercepts[0]], self._session_uid(), request, events)
                    )
                    for planned in plan.handlers
                ]
                watches = [asyncio.create_task(self._watch(info, events), name=f"watch {info.name}") for info in active]
                watches += [asyncio.create_task(one.ended(), name=f"handler {one.name}") for one in started]
                try:
                    ready = asyncio.create_task(self._ready(started), name="handlers listen")
                    watches.append(ready)
                    await asyncio.wait(watches, return_when=asyncio.FIRST_COMPLETED)
                    if ready.done() and not ready.exception():
                        watches.remove(ready)
                        found = (self._intercepts.differing_versions(info.uid) for info in active)
                        for line in chain.from_iterable(await asyncio.gather(*found)):
                            events.progress(line)
                        events.tell(RunEvent(ready=RunReady(intercepts=active)))
                        if watches:
                            await asyncio.wait(watches, return_when=asyncio.FIRST_COMPLETED)
                    for watch in watches:
                        if watch.done():
                            watch.result()
                finally:
                    for watch in watches:
                        watch.cancel()
                    await asyncio.gather(*watches, return_exceptions=True)

    @staticmethod
    async def _ready(handlers: list[RunningHandler]) -> None:
        for handler in handlers:
            await handler.listens()

    def _session_uid(self) -> str:
        info = self._connections.info()
        return info.session_uid if info is not None else ""

    @asynccontextmanager
    async def _connected(self, plan: Plan, events: EventStream) -> AsyncIterator[None]:
        """A connection that is found is kept, one that is made ends with the run, unless others use it by then."""
        wanted = ConnectRequest()
        wanted.CopyFrom(plan.connect)
        wanted.holder = wanted.holder or f"run {plan.name}"
        wanted.any = plan.takes_any_connection
        connected = False
        try:
            async with self._connections.held(wanted, progress=events.progress) as info:
                connected = True
                if not info.already_connected:
                    events.progress(f"connected to {info.context or info.server}, namespace {info.namespace}")
                yield
        finally:
            if connected and self._connections.current is None:
                events.progress("disconnected")

    @asynccontextmanager
    async def _intercepted(self, request: InterceptRequest, events: EventStream) -> AsyncIterator[InterceptInfo]:
        try:
            info = await self._intercepts.create(request, progress=events.progress)
        except UserError as error:
            error.hint = in_specification(error.hint)
            raise
        told = InterceptInfo()
        told.CopyFrom(info)
        told.ClearField("environment")  # it is the handler's business alone
        events.tell(RunEvent(active=told))
        if info.environment_denied_reason:
            events.progress(f"{info.name}: the environment is not imported: {info.environment_denied_reason}")
        try:
            yield info
        finally:
            try:
                await self._intercepts.leave(info.name, namespace=info.namespace)
                events.progress(f"left {info.workload_kind} {info.workload} ({info.name})")
            except UserError as error:
                logger.info("leaving %s after a run: %s", info.name, error.message)

    async def _watch(self, info: InterceptInfo, events: EventStream) -> None:
        """Tell of its phases; end when the user disconnects; raise InterceptEndedError when it is taken away."""
        phase = info.phase
        async for changed in self._intercepts.changes(info.uid):
            if changed.phase != phase:
                phase = changed.phase
                events.progress(f"{info.name}: {phase}{': ' if changed.message else ''}{changed.message}")
        if self._connections.current is None:
            events.progress("the connection was ended")
            return
        raise InterceptEndedError(
            f'the intercept "{info.name}" of {info.workload_kind} {info.workload} was ended from outside',
            hint="somebody left, revoked or deleted it; run the specification again to have it back",
        )
