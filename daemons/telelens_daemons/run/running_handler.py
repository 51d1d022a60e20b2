"""One handler of a run: its environment, its process, its events."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from telelens_schemas.wire.daemon_pb2 import (
    HandlerEnded,
    HandlerOutput,
    HandlerStarted,
    InterceptInfo,
    RunEvent,
    RunRequest,
)

from telelens_daemons.errors import UserError
from telelens_daemons.handlers.debug.debugpy import DebugEndpoint, debugpy_environment
from telelens_daemons.handlers.environment import handler_environment
from telelens_daemons.handlers.process import SupervisedProcess
from telelens_daemons.handlers.shell import shell_command
from telelens_daemons.run.errors import HandlerEndedError
from telelens_daemons.run.events import EventStream
from telelens_daemons.run.local_ports import listens
from telelens_daemons.run.plan import LOCALHOST, HandlerPlan

SILENT_SECONDS = 10.0
"""After which it is said that a handler does not listen yet."""


class RunningHandler:
    """Runs from ``__aenter__`` to ``__aexit__``."""

    def __init__(
        self,
        plan: HandlerPlan,
        intercept: InterceptInfo,
        session_uid: str,
        request: RunRequest,
        events: EventStream,
    ) -> None:
        self.name = plan.handler.name
        self._plan = plan
        self._intercept = intercept
        self._session_uid = session_uid
        self._request = request
        self._events = events
        self._undo = AsyncExitStack()
        self._stopping = False

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as undo:
            environment = self._environment()
            endpoint: DebugEndpoint | None = None
            if self._plan.debug is not None:
                endpoint = undo.enter_context(debugpy_environment(self._plan.debug, environment))
                environment.update(endpoint.variables)
            self._process = await undo.enter_async_context(self._supervised(environment))
            self._events.tell(
                RunEvent(
                    handler_started=HandlerStarted(
                        handler=self.name,
                        pid=self._process.pid,
                        debug_host=endpoint.host if endpoint else "",
                        debug_port=endpoint.port if endpoint else 0,
                    )
                )
            )
            self._undo = undo.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping = True
        await self._undo.aclose()
        self._events.progress(f"handler {self.name} ended")

    async def ended(self) -> None:
        """Wait; raises HandlerEndedError when it ends without being asked to."""
        status = await self._process.ended()
        if self._stopping:
            return
        reason = _reason(status)
        self._events.tell(RunEvent(handler_ended=HandlerEnded(handler=self.name, exit_code=status, reason=reason)))
        raise HandlerEndedError(
            f'handler "{self.name}" {reason}',
            hint="its output says why; the intercept ended with it",
        )

    async def listens(self) -> None:
        """Wait until it serves every port that intercepts lead to."""
        for port in self._plan.ports:
            listening = asyncio.create_task(listens(LOCALHOST, port), name=f"listens {port}")
            try:
                await asyncio.wait({listening}, timeout=SILENT_SECONDS)
                if not listening.done():
                    waits = self._plan.debug is not None and self._plan.debug.wait_for_client
                    why = ": it waits for a debug client" if waits else ""
                    self._events.progress(f"handler {self.name} does not listen on {LOCALHOST}:{port} yet{why}")
                await listening
            finally:
                listening.cancel()

    def _environment(self) -> dict[str, str]:
        return handler_environment(
            self._request.environment,
            self._intercept.environment,
            self._plan.handler.variables,
            container_name=self._intercept.container,
            intercept_id=f"{self._session_uid}:{self._intercept.name}",
        )

    def _supervised(self, environment: Mapping[str, str]) -> SupervisedProcess:
        script = self._plan.handler.script
        assert script is not None
        folder = Path(self._request.working_directory or "/")
        if not folder.is_dir():
            raise UserError(f"the folder {folder} is gone", hint="run the specification from one that is there")
        return SupervisedProcess(
            shell_command(script.run, shell=script.shell, environment=self._request.environment),
            environment=environment,
            working_directory=folder,
            output=self._output,
            umask=self._request.umask if self._request.HasField("umask") else None,
        )

    async def _output(self, is_stderr: bool, data: bytes) -> None:
        await self._events.tell_when_read(
            RunEvent(handler_output=HandlerOutput(handler=self.name, is_stderr=is_stderr, data=data))
        )


def _reason(status: int) -> str:
    """Exit statuses above 128 are signals, as shells have it."""
    if status > 128:
        try:
            return f"was ended by {signal.Signals(status - 128).name}"
        except ValueError:
            pass
    return f"exited with status {status}"
