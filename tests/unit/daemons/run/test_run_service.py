"""A run against a connection and intercepts that are only told of: order, environment, and undoing."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import cast

import psutil
import pytest
from telelens_daemons.connection.service import ConnectionService
from telelens_daemons.errors import UserError
from telelens_daemons.intercepts.service import InterceptService
from telelens_daemons.run.errors import HandlerEndedError, InterceptEndedError, LocalPortTakenError
from telelens_daemons.run.service import RunService
from telelens_schemas.wire.daemon_pb2 import (
    ConnectionInfo,
    ConnectRequest,
    InterceptInfo,
    InterceptRequest,
    QuitReply,
    RunEvent,
    RunRequest,
)

SERVER = """\
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    pass
print(os.environ["GREETING"], os.environ["TELEPRESENCE_INTERCEPT_ID"], os.environ["TELEPRESENCE_CONTAINER"])
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


class Cluster:
    """Stands for both services and writes down what is asked of them."""

    def __init__(self, *, connected: bool = False) -> None:
        self.log: list[str] = []
        self.requests: list[InterceptRequest] = []
        self.connect_request = ConnectRequest()
        self.current: object | None = self if connected else None
        self.gone = asyncio.Event()
        self.refuses: str = ""
        self.hint = "never"
        self.differing: list[str] = []
        self.beside = ""
        """How names end where others have those that are asked for."""

    @asynccontextmanager
    async def held(self, request: ConnectRequest, *, progress: Callable[[str], None]) -> AsyncIterator[ConnectionInfo]:
        self.connect_request = request
        already, self.current = self.current is not None, self
        self.log.append("join" if already else "connect")
        try:
            yield ConnectionInfo(context="here", namespace="shop", already_connected=already)
        finally:
            if not already:
                await self.quit()

    async def quit(self) -> QuitReply:
        self.current = None
        self.log.append("quit")
        self.gone.set()
        return QuitReply(was_connected=True)

    def info(self) -> ConnectionInfo | None:
        return ConnectionInfo(session_uid="uid") if self.current else None

    async def create(self, request: InterceptRequest, *, progress: Callable[[str], None]) -> InterceptInfo:
        if request.name == self.refuses:
            raise UserError("no", hint=self.hint)
        self.requests.append(request)
        self.log.append(f"intercept {request.name}")
        return InterceptInfo(
            name=f"{request.name}{self.beside}",
            uid=request.name,
            namespace="shop",
            workload=request.workload,
            workload_kind="Deployment",
            container="app",
            phase="ACTIVE",
            environment={"GREETING": "hello", "PATH": "/nowhere", "PORT": "1"},
        )

    async def differing_versions(self, uid: str) -> list[str]:
        return self.differing

    async def leave(self, name: str, *, namespace: str = "") -> InterceptInfo:
        self.log.append(f"leave {name}")
        return InterceptInfo(name=name)

    async def changes(self, uid: str) -> AsyncIterator[InterceptInfo]:
        yield InterceptInfo(name=uid, phase="AWAY", message="silent")
        await self.gone.wait()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
        return free


def request(run: str, port: int, folder: Path, *, debug: str = "", connection: str = "") -> RunRequest:
    text = f"""\
{connection}
handlers:
  - name: local
    script:
      run: {run!r}
      shell: bash
    environment:
      - name: PORT
        value: "{port}"
workloads:
  - name: echo
    intercepts:
      - handler: local
        port: http
        localPort: {port}
  - name: other
    intercepts:
      - name: second
        localPort: 1
      - name: third
        enabled: false
        localPort: 2
"""
    return RunRequest(
        file="echo.ispec.yaml",
        text=text,
        environment={**os.environ, "PYTHON": sys.executable},
        working_directory=str(folder),
        debug_handler=debug,
    )


class Reading:
    """The events of a run so far."""

    def __init__(self, cluster: Cluster, run: RunRequest) -> None:
        service = RunService(cast(ConnectionService, cluster), cast(InterceptService, cluster))
        self.events: list[RunEvent] = []
        self._changed = asyncio.Event()
        self.task = asyncio.create_task(self._read(service, run), name="reading")

    async def _read(self, service: RunService, run: RunRequest) -> None:
        async with aclosing(service.run(run)) as events:
            async for event in events:
                self.events.append(event)
                self._changed.set()

    async def until(self, field: str) -> RunEvent:
        async with asyncio.timeout(20):
            while True:
                for event in self.events:
                    if event.HasField(field):
                        return event
                assert not self.task.done(), self.task.result()
                self._changed.clear()
                changed = asyncio.create_task(self._changed.wait(), name="changed")
                await asyncio.wait({changed, self.task}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()

    async def cancel(self) -> None:
        self.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.task

    @property
    def kinds(self) -> list[str]:
        kinds = (event.WhichOneof("event") or "" for event in self.events)
        return [kind for kind in kinds if kind not in ("progress", "handler_output")]

    @property
    def output(self) -> str:
        return b"".join(event.handler_output.data for event in self.events).decode()


def server(folder: Path) -> str:
    (folder / "server.py").write_text(SERVER)
    return 'exec "$PYTHON" server.py'


async def test_handlers_of_another_version_of_http_are_told_once_they_listen(tmp_path: Path, port: int) -> None:
    cluster = Cluster()
    cluster.differing = ["speaks HTTP/1.1"]
    reading = Reading(cluster, request(server(tmp_path), port, tmp_path))
    await reading.until("ready")
    kinds = [event.WhichOneof("event") for event in reading.events]
    told = [number for number, event in enumerate(reading.events) if event.progress == "speaks HTTP/1.1"]
    assert len(told) == 2, "of each intercept"
    assert kinds.index("handler_started") < told[0] < told[1] < kinds.index("ready")
    await reading.cancel()


async def test_everything_is_made_said_and_undone(tmp_path: Path, port: int) -> None:
    cluster = Cluster()
    reading = Reading(cluster, request(server(tmp_path), port, tmp_path))
    await reading.until("ready")
    started = (await reading.until("handler_started")).handler_started
    assert reading.kinds == ["active", "active", "handler_started", "ready"]
    assert "hello uid:echo app" in reading.output
    assert not (await reading.until("active")).active.environment
    asked = cluster.requests[0]
    assert (asked.workload, asked.ports[0].service_port, asked.ports[0].local_port) == ("echo", "http", port)
    (await asyncio.to_thread(socket.create_connection, ("127.0.0.1", port))).close()
    await reading.cancel()
    assert cluster.log == ["connect", "intercept echo", "intercept second", "leave second", "leave echo", "quit"]
    assert not psutil.pid_exists(started.pid)


async def test_a_handler_serves_its_intercept_though_another_has_the_name(tmp_path: Path, port: int) -> None:
    cluster = Cluster()
    cluster.beside = "-ada"
    reading = Reading(cluster, request(server(tmp_path), port, tmp_path))
    await reading.until("ready")
    assert "hello uid:echo-ada app" in reading.output
    await reading.cancel()
    assert "leave echo-ada" in cluster.log


async def test_a_connection_that_was_there_stays(tmp_path: Path, port: int) -> None:
    cluster = Cluster(connected=True)
    reading = Reading(cluster, request(server(tmp_path), port, tmp_path))
    await reading.until("ready")
    await reading.cancel()
    assert cluster.connect_request.any, "whichever it is"
    assert (cluster.log[0], cluster.log[-1]) == ("join", "leave echo")


async def test_the_specifications_connection_wins(tmp_path: Path, port: int) -> None:
    cluster = Cluster()
    connection = "connection:\n  namespace: mine\n  kubeFlags:\n    as: someone"
    run = request(server(tmp_path), port, tmp_path, connection=connection)
    run.connect.namespace, run.connect.context = "yours", "there"
    reading = Reading(cluster, run)
    await reading.until("ready")
    await reading.cancel()
    wanted = cluster.connect_request
    assert (wanted.namespace, wanted.context, wanted.flags.as_user) == ("mine", "there", "someone")


async def test_a_handler_that_exits_ends_the_run(tmp_path: Path, port: int) -> None:
    cluster = Cluster()
    reading = Reading(cluster, request("echo out of order >&2; exit 3", port, tmp_path))
    with pytest.raises(HandlerEndedError, match='handler "local" exited with status 3'):
        await reading.task
    assert reading.kinds[-1] == "handler_ended"
    assert reading.output == "out of order\n"
    assert cluster.log[-3:] == ["leave second", "leave echo", "quit"]


async def test_what_fails_half_way_is_undone(tmp_path: Path, port: int) -> None:
    cluster = Cluster()
    cluster.refuses = "second"
    reading = Reading(cluster, request(server(tmp_path), port, tmp_path))
    with pytest.raises(UserError, match="no"):
        await reading.task
    assert cluster.log == ["connect", "intercept echo", "leave echo", "quit"]


async def test_a_taken_port_is_found_before_anything_is_done(tmp_path: Path, port: int) -> None:
    cluster = Cluster()
    with socket.create_server(("127.0.0.1", port)):
        reading = Reading(cluster, request("true", port, tmp_path))
        with pytest.raises(LocalPortTakenError, match=rf"{port} .*pid {os.getpid()}"):
            await reading.task
    assert cluster.log == []


async def test_an_intercept_that_is_taken_away_ends_the_run(tmp_path: Path, port: int) -> None:
    cluster = Cluster()
    reading = Reading(cluster, request(server(tmp_path), port, tmp_path))
    await reading.until("ready")
    cluster.gone.set()
    with pytest.raises(InterceptEndedError):
        await reading.task


async def test_quit_ends_the_run_in_peace(tmp_path: Path, port: int) -> None:
    cluster = Cluster()
    reading = Reading(cluster, request(server(tmp_path), port, tmp_path))
    await reading.until("ready")
    await cluster.quit()
    await reading.task


async def test_errors_of_the_specification_refuse_it(tmp_path: Path) -> None:
    cluster = Cluster()
    reading = Reading(cluster, RunRequest(file="a.yaml", text="workloads:\n  - nam: echo\n"))
    with pytest.raises(UserError, match=r"^a\.yaml:2:5: error: ") as refused:
        await reading.task
    assert refused.value.code == "specification-refused"
    assert cluster.log == []


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("choose one by its name or number: --port LOCAL:PORT", 'the keys "port" and "localPort"'),
        ("choose one with --container", 'with the key "container"'),
        ("--container web", 'write the key "container": "web"'),
        ("choose one with --service", 'with the key "service"'),
        ("name the workload: telelens intercept web --service echo", ': "web", with the key "service": "echo"'),
        ("say which: --workload-kind", ": telelens intercept can, a specification cannot"),
        ("or say where it is: --manager-namespace", "--manager-namespace"),
    ],
)
async def test_what_can_be_done_is_said_in_a_specification_s_words(
    tmp_path: Path, port: int, hint: str, told: str
) -> None:
    cluster = Cluster()
    cluster.refuses, cluster.hint = "echo", hint
    reading = Reading(cluster, request(server(tmp_path), port, tmp_path))
    with pytest.raises(UserError) as refused:
        await reading.task
    assert refused.value.hint.endswith(told)


async def test_a_handler_can_be_debugged_on_demand(tmp_path: Path, port: int) -> None:
    from telelens_daemons.demo.dap import DebugClient

    reading = Reading(Cluster(), request(server(tmp_path), port, tmp_path, debug="*"))
    started = (await reading.until("handler_started")).handler_started
    async with await DebugClient.attached(started.debug_host, started.debug_port) as client:
        await client.configuration_done()
        await reading.until("ready")
    await reading.cancel()


async def test_an_unknown_handler_to_debug_is_named(tmp_path: Path, port: int) -> None:
    reading = Reading(Cluster(), request("true", port, tmp_path, debug="locla"))
    with pytest.raises(UserError, match='no handler "locla"') as failure:
        await reading.task
    assert failure.value.hint == 'did you mean "local"?'
