"""One specification that runs for the editor."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from telelens_daemons.cli.callers_environment import callers_environment
from telelens_daemons.cli.callers_umask import callers_umask
from telelens_daemons.intercepts.preview import preview_line
from telelens_daemons.run.errors import SpecificationRefusedError
from telelens_daemons.run.for_caller import read_for_caller
from telelens_daemons.run.undone import UNDONE_PAUSE, UNDONE_SECONDS, is_undone, new_holder
from telelens_schemas.matching.curl import INSIDE
from telelens_schemas.wire import daemon_pb2 as pb

from telelens_server.debugging.daemon import Daemon, connect_request
from telelens_server.requests import RunEvent, RunParams


async def run_specification(params: RunParams, daemon: Daemon, tell: Callable[[RunEvent], None]) -> None:
    """Returns when the run is over by itself; cancelling it undoes everything first. Raises UserError."""
    text = await asyncio.to_thread(_expanded, params) if "{{" in params.text else params.text
    async with daemon.stub() as stub:
        intercepts: set[str] = set()
        pids: set[int] = set()
        request = pb.RunRequest(
            file=params.file,
            text=text,
            environment=callers_environment(os.environ),
            umask=callers_umask(),
            working_directory=params.working_directory,
            debug_handler=params.debug_handler,
            connect=connect_request(params.connection),
        )
        request.connect.holder = new_holder()
        call = stub.Run(request)
        try:
            async for event in call:
                if event.HasField("active"):
                    intercepts.add(event.active.uid)
                elif event.HasField("handler_started"):
                    pids.add(event.handler_started.pid)
                for one in events(params.id, event):
                    tell(one)
        except asyncio.CancelledError:
            undoing = _undone(stub, call, intercepts, pids, request.connect.holder)
            await asyncio.shield(asyncio.ensure_future(undoing))
            raise


def _expanded(params: RunParams) -> str:
    """Whoever runs it trusts the workspace: the extension asks first. Raises SpecificationRefusedError."""
    found = read_for_caller(params.text, params.file, may_use_network=True)
    if found.errors:
        raise SpecificationRefusedError(params.file, found.errors)
    return found.text


async def _undone(stub: Any, call: Any, intercepts: set[str], pids: set[int], holder: str) -> None:
    call.cancel()
    with suppress(Exception):
        async with asyncio.timeout(UNDONE_SECONDS):
            while not is_undone(  # noqa: ASYNC110 (another process's state)
                await stub.Status(pb.StatusRequest()), intercepts=intercepts, pids=pids, holder=holder
            ):
                await asyncio.sleep(UNDONE_PAUSE)


def events(id: str, event: pb.RunEvent) -> Iterator[RunEvent]:
    """What the extension is told of it."""
    match event.WhichOneof("event"):
        case "progress":
            yield RunEvent(id=id, kind="progress", text=event.progress)
        case "active":
            active = event.active
            yield RunEvent(id=id, kind="active", text=_reached(active), workload=active.workload, curl=active.curl)
            if line := preview_line(active):
                yield RunEvent(id=id, kind="progress", text=line)
        case "handler_started":
            started = event.handler_started
            yield RunEvent(
                id=id,
                kind="started",
                handler=started.handler,
                debug_host=started.debug_host,
                debug_port=started.debug_port,
            )
        case "handler_output":
            output = event.handler_output
            text = output.data.decode(errors="replace")
            yield RunEvent(id=id, kind="output", handler=output.handler, stderr=output.is_stderr, text=text)
        case "handler_ended":
            ended = event.handler_ended
            yield RunEvent(id=id, kind="ended", handler=ended.handler, text=ended.reason)
        case "ready":
            yield RunEvent(id=id, kind="ready")


def _reached(active: pb.InterceptInfo) -> str:
    if active.curl:
        return f"{INSIDE} {active.curl}"
    return f"intercepted {active.workload_kind} {active.workload}"
