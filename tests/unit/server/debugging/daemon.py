"""A daemon in this process: the real gRPC service on a real socket, which only tells of intercepts and runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc.aio
from telelens_daemons.daemon.problems import PROBLEM_KEY
from telelens_daemons.places import Places
from telelens_schemas.wire import daemon_pb2 as pb
from telelens_schemas.wire.daemon_pb2_grpc import UserDaemonServicer, add_UserDaemonServicer_to_server

TOLD_VERSION = "told"


class ToldDaemon(UserDaemonServicer):
    """Writes down what is asked, and behaves as the daemon does towards callers who go away."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._server: Any = None
        self.log: list[str] = []
        self.requests: list[Any] = []
        self.statuses = 0
        self.session = ""
        self.sessions = 0
        self.holders: list[str] = []
        self.made_to_stay = False
        self.intercepts: dict[str, pb.InterceptInfo] = {}
        self.taken: set[str] = set()
        """Names that somebody else has."""
        self.pauses = asyncio.Event()
        """Until it is set, no intercept becomes active."""
        self.pauses.set()
        self.undone = asyncio.Event()
        """Until it is set, no intercept that nobody holds any more is gone."""
        self.undone.set()
        self.beside = ""
        """How names end where somebody else has what was asked for, and the daemon finds another by itself."""
        self.changes: asyncio.Queue[pb.InterceptInfo | None] = asyncio.Queue()
        self.message = ""
        """What is wrong with intercepts."""
        self.refuses: pb.Problem | None = None

    async def start(self) -> None:
        """Serve, also where one that died has left its socket."""
        self.places.make()
        self.places.socket.unlink(missing_ok=True)
        self._server = grpc.aio.server()
        add_UserDaemonServicer_to_server(self, self._server)  # type: ignore[no-untyped-call]
        self._server.add_insecure_port(f"unix:{self.places.socket}")
        await self._server.start()

    async def die(self) -> None:
        """All calls break off."""
        await self._server.stop(0)

    async def Status(self, request: pb.StatusRequest, context: Any) -> pb.StatusReply:  # noqa: N802
        self.statuses += 1
        connection = pb.ConnectionInfo(
            session_uid=self.session, namespace="shop", owner="ada@example.org", holders=self.holders
        )
        return pb.StatusReply(version=TOLD_VERSION, connection=connection, intercepts=self.intercepts.values())

    async def Connect(self, request: pb.ConnectRequest, context: Any) -> AsyncIterator[pb.ConnectEvent]:  # noqa: N802
        self.log.append("connect")
        self.requests.append(request)
        if self.refuses is not None:
            await self._abort(context, self.refuses)
        already = bool(self.session)
        if not already:
            self.sessions += 1
            self.session = f"session-{self.sessions}"
        self.holders.append(request.holder)
        try:
            yield pb.ConnectEvent(
                connected=pb.ConnectionInfo(
                    session_uid=self.session, owner="ada@example.org", already_connected=already
                )
            )
            await asyncio.Event().wait()
        finally:
            if self.holders == [request.holder] and not self.made_to_stay:
                self.session = ""
                self.log.append("disconnect")
            self.holders.remove(request.holder)

    async def Quit(self, request: pb.QuitRequest, context: Any) -> pb.QuitReply:  # noqa: N802
        self.log.append("quit")
        self.session = ""
        return pb.QuitReply(was_connected=True)

    async def Intercept(  # noqa: N802
        self, request: pb.InterceptRequest, context: Any
    ) -> AsyncIterator[pb.InterceptEvent]:
        self.log.append(f"intercept {request.name}")
        self.requests.append(request)
        if request.name in self.taken:
            await self._abort(context, pb.Problem(code="exists", message="taken", hint="ask"))
        info = pb.InterceptInfo(
            name=f"{request.name}{self.beside}",
            uid=f"uid-{request.name}",
            namespace="shop",
            workload=request.workload,
            workload_kind="Deployment",
            container="app",
            phase="ACTIVE",
            message=self.message,
            environment={"GREETING": "hello", "PATH": "/nowhere"},
            curl="curl http://echo.shop/",
        )
        self.intercepts[request.name] = info
        try:
            yield pb.InterceptEvent(progress="Using Deployment echo")
            await self.pauses.wait()
            yield pb.InterceptEvent(active=info)
            while (changed := await self.changes.get()) is not None:
                yield pb.InterceptEvent(changed=changed)
        finally:
            await self.undone.wait()
            if self.intercepts.pop(request.name, None):
                self.log.append(f"undo {request.name}")

    async def Run(self, request: pb.RunRequest, context: Any) -> AsyncIterator[pb.RunEvent]:  # noqa: N802
        self.log.append("run")
        self.requests.append(request)
        if re.search("broken", request.text):
            await self._abort(context, pb.Problem(code="specification", message="broken", hint="mend it"))
        self.intercepts["run"] = pb.InterceptInfo(name="run", uid="run", workload="echo", curl="curl x")
        try:
            yield pb.RunEvent(active=self.intercepts["run"])
            yield pb.RunEvent(
                handler_started=pb.HandlerStarted(handler="h", pid=2**31 - 2, debug_host="127.0.0.1", debug_port=5)
            )
            yield pb.RunEvent(handler_output=pb.HandlerOutput(handler="h", data=b"said\n"))
            yield pb.RunEvent(ready=pb.RunReady())
            await asyncio.Event().wait()
        finally:
            self.intercepts.pop("run")
            self.log.append("undo run")

    @staticmethod
    async def _abort(context: Any, problem: pb.Problem) -> None:
        metadata = ((PROBLEM_KEY, problem.SerializeToString()),)
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, problem.message, trailing_metadata=metadata)


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[ToldDaemon]:
    """The daemon where a user's is whose XDG folders are all ``folder``."""
    daemon = ToldDaemon(Places.of({"XDG_RUNTIME_DIR": str(folder), "XDG_STATE_HOME": str(folder)}))
    await daemon.start()
    try:
        yield daemon
    finally:
        await daemon.die()
