"""The extension's requests, said in LSP over real streams to a server that talks to a daemon over real gRPC."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from telelens_daemons.daemon.lock import locked

from tests.unit.server.debugging.daemon import TOLD_VERSION, ToldDaemon, serving

TELELENS = [sys.executable, "-m", "telelens_daemons.cli.main"]

SERVER = """\
import sys
from pygls.lsp.server import LanguageServer
from telelens_server.debugging import register
server = LanguageServer("telelens", "test")
register(server)
server.start_io()
"""


class Editor:
    """The other end of the server's stdin and stdout."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.told: list[tuple[str, Any]] = []
        """Notifications: method and parameters."""
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def request(self, method: str, **params: Any) -> Any:
        return await self.begin(method, **params)[1]

    def begin(self, method: str, **params: Any) -> tuple[int, asyncio.Future[Any]]:
        number = len(self._answers) + 1
        self._answers[number] = asyncio.get_running_loop().create_future()
        self.notify(method, number, **params)
        return number, self._answers[number]

    def notify(self, method: str, number: int | None = None, **params: Any) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not holds():
                self._news.clear()
                await self._news.wait()

    def told_of(self, method: str) -> list[Any]:
        return [params for name, params in self.told if name == method]

    async def close(self) -> int:
        """The window closes: the pipe ends."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        async with asyncio.timeout(60):
            code = await self.process.wait()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        return code

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while header := await self.process.stdout.readline():
            if not header.startswith(b"Content-Length"):
                continue
            length = int(header.split(b":")[1])
            while await self.process.stdout.readline() != b"\r\n":
                pass
            message = json.loads(await self.process.stdout.readexactly(length))
            if "method" in message:
                self.told.append((message["method"], message["params"]))
            elif "error" in message:
                self._answers[message["id"]].set_exception(RequestError(message["error"]))
            else:
                self._answers[message["id"]].set_result(message["result"])
            self._news.set()


class RequestError(Exception):
    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.code = error["code"]
        self.data = error.get("data")


@pytest.fixture
async def desk() -> AsyncIterator[tuple[Editor, ToldDaemon]]:
    with tempfile.TemporaryDirectory(prefix="tl-") as folder:
        async with serving(Path(folder)) as daemon:
            environment = {"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": folder, "XDG_STATE_HOME": folder}
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                SERVER,
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            editor = Editor(process)
            await editor.request("initialize", processId=None, rootUri=None, capabilities={})
            editor.notify("initialized")
            yield editor, daemon
            if process.returncode is None:
                assert await editor.close() == 0


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 (it is not told)
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("beside", ["", "-2"])
async def test_release_is_answered_when_nothing_is_left(desk: tuple[Editor, ToldDaemon], beside: str) -> None:
    editor, daemon = desk
    daemon.beside = beside
    answer = await editor.request("telelens/intercept", workload="echo", ports=[{"local": 8080}], mechanism="http")
    daemon.undone.clear()
    releasing = asyncio.create_task(editor.request("telelens/release", id=answer["id"]))
    asked = daemon.statuses
    await until(lambda: releasing.done() or daemon.statuses > asked + 2)
    assert not releasing.done()
    daemon.undone.set()
    await releasing
    assert not daemon.intercepts


async def test_intercept_is_answered_with_what_debugging_needs_and_released(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    daemon.message = "half of them go elsewhere"
    answer = await editor.request(
        "telelens/intercept",
        workload="echo",
        kind="Deployment",
        namespace="shop",
        ports=[{"local": 8080, "service": "http"}],
        mechanism="http",
        headers=[{"name": "x-user", "value": "ada"}],
        automaticHeader=True,
        workDoneToken="t",
    )
    asked = daemon.requests[-1]
    assert (asked.workload, asked.workload_kind, asked.namespace) == ("echo", "Deployment", "shop")
    assert (asked.mechanism, asked.automatic_header, asked.hold) == ("http", True, True)
    assert [(one.name, one.value) for one in asked.headers] == [("x-user", "ada")]
    assert [(one.local_host, one.local_port, one.service_port) for one in asked.ports] == [("127.0.0.1", 8080, "http")]
    assert answer["name"] == "echo-ada"
    assert answer["curl"] == "curl http://echo.shop/"
    assert answer["message"] == "half of them go elsewhere"
    assert answer["curlWorks"] == "From inside the cluster:"
    assert answer["environment"]["GREETING"] == "hello"
    assert "PATH" not in answer["environment"]
    assert answer["environment"]["TELEPRESENCE_INTERCEPT_ID"] == "session-1:echo-ada"
    kinds = [(one["value"]["kind"], one["value"].get("message")) for one in editor.told_of("$/progress")]
    assert kinds[0][0] == "begin"
    assert ("report", "Using Deployment echo") in kinds
    assert kinds[-1][0] == "end"

    await editor.request("telelens/release", id=answer["id"])
    assert daemon.log == ["connect", "intercept echo-ada", "undo echo-ada", "disconnect"]
    await editor.request("telelens/release", id=answer["id"])


async def test_connection_is_asked_for_as_it_is_wanted(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    flags = [{"name": "as", "value": "someone"}]
    wanted = {"context": "there", "namespace": "shop", "kubeconfig": "/k", "kubeFlags": flags}
    await editor.request("telelens/intercept", workload="echo", connection=wanted)
    asked = daemon.requests[0]
    assert (asked.context, asked.namespace, asked.kubeconfig, asked.flags.as_user) == ("there", "shop", "/k", "someone")
    assert not asked.any


async def test_cancelling_in_the_middle_undoes(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    daemon.pauses.clear()
    number, answer = editor.begin("telelens/intercept", workload="echo")
    await until(lambda: daemon.intercepts)
    editor.notify("$/cancelRequest", id=number)
    with pytest.raises(RequestError) as cancelled:
        await answer
    assert cancelled.value.code == -32800
    assert daemon.log == ["connect", "intercept echo-ada", "undo echo-ada", "disconnect"]


@pytest.mark.parametrize("active", [True, False])
async def test_what_is_held_ends_with_the_editor(desk: tuple[Editor, ToldDaemon], active: bool) -> None:
    editor, daemon = desk
    if not active:
        daemon.pauses.clear()
    _, answer = editor.begin("telelens/intercept", workload="echo")
    await until(lambda: daemon.intercepts)
    if active:
        await answer
    await editor.close()
    await until(lambda: not daemon.intercepts and not daemon.session)


async def test_what_is_held_ends_with_the_server_that_is_killed(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    await editor.request("telelens/intercept", workload="echo")
    editor.process.kill()
    await editor.close()
    await until(lambda: not daemon.intercepts and not daemon.session)


async def test_connection_that_is_there_stays(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    daemon.session, daemon.made_to_stay = "before", True
    answer = await editor.request("telelens/intercept", workload="echo")
    assert daemon.requests[0].any, "whichever it is"
    await editor.request("telelens/release", id=answer["id"])
    assert daemon.log == ["connect", "intercept echo-ada", "undo echo-ada"]
    assert daemon.holders == []


async def test_connection_ends_with_the_last_of_several(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    first = await editor.request("telelens/intercept", workload="echo")
    second = await editor.request("telelens/intercept", workload="shop")
    await editor.request("telelens/release", id=first["id"])
    assert "disconnect" not in daemon.log
    await editor.request("telelens/release", id=second["id"])
    assert daemon.log[-1] == "disconnect"


async def test_second_editor_of_a_person_gets_a_name_of_its_own(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    daemon.taken = {"echo-ada", "echo-ada-2"}
    answer = await editor.request("telelens/intercept", workload="echo")
    assert answer["name"] == "echo-ada-3"


async def test_given_name_that_is_taken_is_an_error(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    daemon.taken = {"mine"}
    with pytest.raises(RequestError) as refused:
        await editor.request("telelens/intercept", workload="echo", name="mine")
    assert refused.value.data == {"code": "exists", "message": "taken", "hint": "ask"}
    assert daemon.session == ""


async def test_refusal_to_connect_comes_as_it_is(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    from telelens_schemas.wire.daemon_pb2 import Problem

    daemon.refuses = Problem(code="unreachable", message="no cluster there", hint="start it")
    with pytest.raises(RequestError) as refused:
        await editor.request("telelens/intercept", workload="echo")
    assert refused.value.code == -32803
    assert refused.value.data == {"code": "unreachable", "message": "no cluster there", "hint": "start it"}


async def test_what_can_be_done_is_said_in_an_editors_words(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    from telelens_schemas.wire.daemon_pb2 import Problem

    hint = "or say where it is: --manager-namespace"
    daemon.refuses = Problem(code="no-manager", message="there is no traffic manager", hint=hint)
    with pytest.raises(RequestError) as refused:
        await editor.request("telelens/intercept", workload="echo")
    assert refused.value.data["hint"] == "or say where it is: the setting telelens.managerNamespace"


async def test_end_from_outside_is_told(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    answer = await editor.request("telelens/intercept", workload="echo")
    daemon.changes.put_nowait(daemon.intercepts["echo-ada"])
    daemon.changes.put_nowait(None)
    await editor.until(lambda: len(editor.told_of("telelens/interceptChanged")) == 2)
    changed, ended = editor.told_of("telelens/interceptChanged")
    assert changed == {"id": answer["id"], "phase": "ACTIVE", "message": "", "ended": False}
    assert ended["ended"] is True
    assert ended["message"].startswith(
        "echo is no longer intercepted: that was ended from outside. Requests of echo-ada "
    )
    await until(lambda: daemon.log[-1] == "disconnect")


async def test_daemon_that_follows_one_that_died_is_reached_at_once(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    await editor.request("telelens/intercept", workload="echo")
    await daemon.die()
    await editor.until(lambda: editor.told_of("telelens/interceptChanged"))
    await daemon.start()
    assert (await editor.request("telelens/intercept", workload="echo"))["name"] == "echo-ada"


@pytest.fixture
def left_session(desk: tuple[Editor, ToldDaemon]) -> Iterator[Path]:
    """What a daemon that is killed leaves; the one that is started to take it away, a real one, is ended."""
    _, daemon = desk
    places = daemon.places
    left = places.session / "session.json"
    left.write_text("{}")
    yield left
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(places.run.parent), "XDG_STATE_HOME": str(places.state.parent)}
    subprocess.run([*TELELENS, "quit", "-s"], env=environment, check=True, capture_output=True)


async def test_daemon_that_was_killed_is_followed_by_another_at_once(
    desk: tuple[Editor, ToldDaemon], left_session: Path
) -> None:
    """Two intercepts, which both see it: one daemon comes."""
    editor, daemon = desk
    await editor.request("telelens/intercept", workload="echo")
    await editor.request("telelens/intercept", workload="shop")
    await daemon.die()
    await editor.until(lambda: len(editor.told_of("telelens/interceptChanged")) == 2)
    assert (await editor.request("telelens/status"))["daemon"] not in ("", TOLD_VERSION)
    assert daemon.places.log.read_text().count("serves on") == 1
    told = sorted(one["message"] for one in editor.told_of("telelens/interceptChanged"))
    assert told[0].startswith("echo is no longer intercepted: the user daemon died. ")
    assert "Requests of echo-ada in namespace shop go to the cluster again. Another daemon was started" in told[0]
    assert str(daemon.places.log) in told[0]
    assert told[1].startswith("shop is no longer intercepted: ")


async def test_run_whose_daemon_was_killed_has_another_started(
    desk: tuple[Editor, ToldDaemon], left_session: Path
) -> None:
    editor, daemon = desk
    _, answer = editor.begin("telelens/run", id="r", file="a.ispec.yaml", text="x", workingDirectory="/w")
    await editor.until(lambda: editor.told_of("telelens/runEvent"))
    await daemon.die()
    with pytest.raises(RequestError) as broken:
        await answer
    assert broken.value.data["message"] == "the user daemon died"
    assert (await editor.request("telelens/status"))["daemon"] not in ("", TOLD_VERSION)


async def test_daemon_that_is_stopped_stays_so(desk: tuple[Editor, ToldDaemon], left_session: Path) -> None:
    """`telelens quit -s`: it no longer serves, and ends its session before it ends."""
    editor, daemon = desk
    await editor.request("telelens/intercept", workload="echo")
    with locked(daemon.places.daemon_lock, seconds=0):
        await daemon.die()
        await asyncio.sleep(0.2)
        await asyncio.to_thread(left_session.unlink)
    await editor.until(lambda: editor.told_of("telelens/interceptChanged"))
    (ended,) = editor.told_of("telelens/interceptChanged")
    assert ended["message"].startswith("echo is no longer intercepted: the user daemon was stopped. ")
    assert (await editor.request("telelens/status"))["daemon"] == ""


async def test_run_tells_its_events_and_cancelling_undoes_it(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, daemon = desk
    number, answer = editor.begin("telelens/run", id="r", file="a.ispec.yaml", text="x", workingDirectory="/w")
    await editor.until(lambda: len(editor.told_of("telelens/runEvent")) == 4)
    told = editor.told_of("telelens/runEvent")
    assert [(one["id"], one["kind"]) for one in told] == [("r", k) for k in ("active", "started", "output", "ready")]
    assert (told[0]["workload"], told[0]["curl"]) == ("echo", "curl x")
    assert told[0]["text"] == "From inside the cluster: curl x"
    assert (told[1]["debugHost"], told[1]["debugPort"]) == ("127.0.0.1", 5)
    assert (daemon.requests[-1].file, daemon.requests[-1].working_directory) == ("a.ispec.yaml", "/w")
    editor.notify("$/cancelRequest", id=number)
    with pytest.raises(RequestError):
        await answer
    assert daemon.log == ["run", "undo run"]


async def test_run_that_is_refused_says_why(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, _ = desk
    with pytest.raises(RequestError) as refused:
        await editor.request("telelens/run", id="r", file="a", text="broken", workingDirectory="/")
    assert refused.value.data["hint"] == "mend it"


async def test_status_starts_no_daemon(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, _ = desk
    assert (await editor.request("telelens/status"))["connection"] is None
    await editor.request("telelens/intercept", workload="echo")
    status = await editor.request("telelens/status")
    assert status["connection"]["owner"] == "ada@example.org"
    assert [one["name"] for one in status["intercepts"]] == ["echo-ada"]


async def test_parameters_that_are_none_are_refused(desk: tuple[Editor, ToldDaemon]) -> None:
    editor, _ = desk
    with pytest.raises(RequestError) as refused:
        await editor.request("telelens/intercept", kind="Deployment")
    assert refused.value.code == -32602
