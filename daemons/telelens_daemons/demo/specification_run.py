"""A specification run by the daemon, as a context: the same call that `telelens intercept run` makes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Self

import grpc
from telelens_schemas.wire.daemon_pb2 import HandlerStarted, InterceptInfo, RunRequest, StatusRequest
from telelens_schemas.wire.daemon_pb2_grpc import UserDaemonStub

from telelens_daemons.cli.daemon_client import OPTIONS, user_error
from telelens_daemons.demo.errors import DemoError
from telelens_daemons.places import Places
from telelens_daemons.run.undone import UNDONE_PAUSE, UNDONE_SECONDS, is_undone, new_holder


class SpecificationRun:
    """Ready when entered, undone when left."""

    def __init__(self, places: Places, request: RunRequest) -> None:
        self._places = places
        self._request = request
        self._request.connect.holder = new_holder()
        self._ready = asyncio.Event()
        self.progress: list[str] = []
        self.output = b""
        self.intercepts: list[InterceptInfo] = []
        self.handlers: list[HandlerStarted] = []

    async def __aenter__(self) -> Self:
        self._channel = grpc.aio.insecure_channel(f"unix:{self._places.socket}", options=OPTIONS)
        self._stub: Any = UserDaemonStub(self._channel)  # type: ignore[no-untyped-call]
        try:
            self._reading = asyncio.create_task(self._read(), name="events of the run")
            ready = asyncio.create_task(self._ready.wait(), name="run is ready")
            try:
                await asyncio.wait({ready, self._reading}, return_when=asyncio.FIRST_COMPLETED)
                self.check()
            except BaseException:
                await self.undo()
                raise
            finally:
                ready.cancel()
        except grpc.RpcError as error:
            await self._channel.close()
            raise user_error(error) from error
        except BaseException:
            await self._channel.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self.undo()
        finally:
            await self._channel.close()

    @property
    def headers(self) -> dict[str, str]:
        """Of a request that is meant for us; the sample's patterns are plain words."""
        return {one.name: one.value for one in self.intercepts[0].headers}

    def check(self) -> None:
        """Raises what ended the run, if something did."""
        if self._reading.done():
            self._reading.result()
            raise DemoError("the run has ended by itself")

    async def undo(self) -> None:
        """Cancel, and wait until the daemon has nothing left of it. Twice is once."""
        self._reading.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self._reading
        async with asyncio.timeout(UNDONE_SECONDS):
            while not await self._is_undone():  # noqa: ASYNC110 (the daemon does not tell of it)
                await asyncio.sleep(UNDONE_PAUSE)

    async def _is_undone(self) -> bool:
        return is_undone(
            await self._stub.Status(StatusRequest()),
            intercepts={info.uid for info in self.intercepts},
            pids={handler.pid for handler in self.handlers},
            holder=self._request.connect.holder,
        )

    async def _read(self) -> None:
        try:
            async for event in self._stub.Run(self._request):
                match event.WhichOneof("event"):
                    case "progress":
                        self.progress.append(event.progress)
                    case "active":
                        self.intercepts.append(event.active)
                    case "handler_started":
                        self.handlers.append(event.handler_started)
                    case "handler_output":
                        self.output += event.handler_output.data
                    case "ready":
                        self._ready.set()
        except grpc.RpcError as error:
            raise user_error(error) from error
