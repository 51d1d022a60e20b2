"""One intercept that is held for the editor, from its request to its end."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from telelens_daemons.errors import UserError
from telelens_daemons.handlers.environment import handler_environment
from telelens_daemons.intercepts.preview import preview_message
from telelens_schemas.matching.curl import INSIDE
from telelens_schemas.wire.daemon_pb2 import (
    ConnectionInfo,
    HeaderMatch,
    InterceptInfo,
    InterceptRequest,
    PathMatch,
    PortMapping,
    StatusRequest,
)

from telelens_server.debugging.connections import used
from telelens_server.debugging.daemon import Daemon
from telelens_server.requests import Intercepted, InterceptedPort, InterceptParams

logger = logging.getLogger(__name__)

UNDONE_SECONDS = 15.0
UNDONE_PAUSE = 0.05
MOST_NAMES = 9
LONGEST_NAME = 63  # of a Kubernetes object that shall also be a label

Changed = Callable[[InterceptInfo], None]
Ended = Callable[[Exception | None], None]
"""Told what went wrong; None: nothing, somebody else ended it."""


class Interception:
    """Runs as one task. `active` is done when traffic arrives; the task when everything is undone, after `release`."""

    def __init__(
        self,
        params: InterceptParams,
        daemon: Daemon,
        *,
        progress: Callable[[str], None],
        changed: Changed,
        ended: Ended,
    ) -> None:
        self._params = params
        self._daemon = daemon
        self._progress = progress
        self._changed = changed
        self._ended = ended
        self.active: asyncio.Future[Intercepted] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run(), name=f"intercept {params.workload}")

    async def release(self) -> None:
        """End it and wait until nothing is left. Twice is once."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            async with self._daemon.stub() as stub:
                async with used(stub, self._params.connection, progress=self._progress) as connection:
                    await self._hold(stub, connection)
        except Exception as error:
            if self.active.done():
                logger.info("the intercept of %s ended: %s", self._params.workload, error)
                self._ended(error)
            else:
                self.active.set_exception(error)
        finally:
            if not self.active.done():
                self.active.cancel()

    async def _hold(self, stub: Any, connection: ConnectionInfo) -> None:
        for name in names(self._params, connection.owner):
            try:
                await self._hold_as(stub, connection, request(self._params, name))
                return
            except _Exists as taken:
                last = taken.error
        raise last

    async def _hold_as(self, stub: Any, connection: ConnectionInfo, asked: InterceptRequest) -> None:
        import grpc.aio

        from telelens_server.debugging.daemon import user_error

        call = stub.Intercept(asked)
        try:
            async for event in call:
                if event.HasField("active"):
                    self.active.set_result(intercepted(event.active, connection.session_uid))
                elif event.HasField("changed"):
                    self._changed(event.changed)
                elif event.progress:
                    self._progress(event.progress)
            # The daemon ends the stream when the intercept is gone.
            self._ended(None)
        except grpc.aio.AioRpcError as error:
            problem = user_error(error)
            if problem.code == "exists" and not self._params.name:
                raise _Exists(problem) from error
            raise  # to the stub, which knows what else comes of it
        except asyncio.CancelledError:
            # The daemon saw its call cancelled and undoes the intercept; the call cannot tell when, its state does.
            await asyncio.shield(asyncio.ensure_future(self._gone(stub, asked.name)))
            raise

    async def _gone(self, stub: Any, asked: str) -> None:
        """Where somebody else's intercept has the name that was asked for, it is called otherwise once it is made."""
        with suppress(Exception):
            made = self.active.result() if self.active.done() else None
            async with asyncio.timeout(UNDONE_SECONDS):
                while any(  # noqa: ASYNC110 (another process's state)
                    one.uid == made.id if made else one.name == asked
                    for one in (await stub.Status(StatusRequest())).intercepts
                ):
                    await asyncio.sleep(UNDONE_PAUSE)


class _Exists(Exception):
    def __init__(self, error: UserError) -> None:
        super().__init__(error.message)
        self.error = error


def names(params: InterceptParams, owner: str) -> list[str]:
    """Which names to try: the given one, else the workload's with the owner's, since everybody's is in one
    namespace; numbered for a second editor of the same person's."""
    if params.name:
        return [params.name]
    person = re.sub(r"[^a-z0-9]+", "-", owner.rpartition(":")[2].partition("@")[0].lower()).strip("-")
    base = f"{params.workload}-{person}"[: LONGEST_NAME - 2].rstrip("-.")
    return [base, *(f"{base}-{number}" for number in range(2, MOST_NAMES + 1))]


def request(params: InterceptParams, name: str) -> InterceptRequest:
    """For the daemon, held as long as the call lasts."""
    return InterceptRequest(
        name=name,
        workload=params.workload,
        workload_kind=params.kind,
        namespace=params.namespace,
        service=params.service,
        container=params.container,
        ports=[
            PortMapping(local_host=port.host, local_port=port.local, service_port=port.service) for port in params.ports
        ],
        mechanism=params.mechanism,
        headers=[HeaderMatch(name=one.name, value=one.value) for one in params.headers],
        path=PathMatch(kind=params.path.kind, value=params.path.value) if params.path else None,
        automatic_header=params.automatic_header,
        preview=preview_message(params.preview),
        hold=True,
    )


def intercepted(info: InterceptInfo, session_uid: str) -> Intercepted:
    """What the extension needs of it."""
    environment = handler_environment(
        {},
        info.environment,
        {},
        container_name=info.container,
        intercept_id=f"{session_uid}:{info.name}",
    )
    return Intercepted(
        id=info.uid,
        name=info.name,
        namespace=info.namespace,
        workload=info.workload,
        workload_kind=info.workload_kind,
        service=info.service,
        mechanism=info.mechanism,
        intercepting=info.intercepting,
        message=info.message,
        ports=tuple(
            InterceptedPort(
                service_port=port.service_port_identifier,
                container_port=port.container_port,
                local_host=port.local_host,
                local_port=port.local_port,
            )
            for port in info.ports
        ),
        curl=info.curl,
        curl_works=INSIDE if info.curl else "",
        preview_url=info.preview_url,
        preview_denied_reason=info.preview_denied_reason,
        environment=environment,
        environment_denied_reason=info.environment_denied_reason,
    )
