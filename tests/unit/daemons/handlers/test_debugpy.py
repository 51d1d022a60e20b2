"""Real programs under the real debugpy, seen by a real debug client."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
import venv
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from telelens_daemons.demo.dap import DebugClient, Subprocess
from telelens_daemons.handlers.debug.debugpy import DebugPortTaken, DebugSettings, debugpy_environment
from telelens_daemons.handlers.process import SupervisedProcess

PROGRAM = """\
import os, sys, time
def answer(question):
    reply = question * 2
    return reply
print("started", flush=True)
while not os.path.exists(sys.argv[1]):
    answer(21)
    time.sleep(0.02)
print("ended", flush=True)
"""
BREAKPOINT = 4


@dataclass
class Debugged:
    """A running handler, what it has written, and where its debugger listens."""

    process: SupervisedProcess
    port: int
    output: list[str]
    spoke: asyncio.Event

    async def says(self, text: str) -> None:
        while text not in self.text:
            self.spoke.clear()
            await self.spoke.wait()

    async def attach(self, path: Path, line: int) -> DebugClient:
        client = await DebugClient.attached("127.0.0.1", self.port)
        await break_at(client, path, line)
        return client

    async def ended(self) -> int:
        async with asyncio.timeout(20):
            return await self.process.ended()

    @property
    def text(self) -> str:
        return "".join(self.output)


async def break_at(client: DebugClient, path: Path, line: int) -> None:
    assert [placed.line for placed in await client.set_breakpoints(path, [line])] == [line]
    await client.configuration_done()


async def attach_child(child: Subprocess, path: Path, line: int) -> DebugClient:
    client = await DebugClient.attached(child.host, child.port, arguments=child.arguments)
    await break_at(client, path, line)
    return client


async def where_it_stops(client: DebugClient) -> tuple[str, int, dict[str, str]]:
    async with asyncio.timeout(20):
        stopped = await client.stopped()
        assert stopped.reason == "breakpoint"
        frame = (await client.stack(stopped.thread))[0]
        variables = await client.local_variables(frame)
    return Path(frame.path).name, frame.line, variables


@asynccontextmanager
async def debugged(
    script: str, folder: Path, *, settings: DebugSettings | None = None, **variables: str
) -> AsyncIterator[Debugged]:
    output: list[str] = []
    spoke = asyncio.Event()

    async def record(_: bool, data: bytes) -> None:
        output.append(data.decode())
        spoke.set()

    environment = {**os.environ, "PYTHON": sys.executable, **variables}
    with debugpy_environment(settings or DebugSettings(), environment) as endpoint:
        async with SupervisedProcess(
            ["/bin/sh", "-c", script],
            environment={**environment, **endpoint.variables},
            working_directory=folder,
            output=record,
        ) as process:
            yield Debugged(process, endpoint.port, output, spoke)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


@pytest.mark.parametrize("command", ['"$PYTHON" program.py end', '"$PYTHON" -m program end'])
async def test_a_program_stops_shows_its_variables_and_goes_on(command: str, program: Path) -> None:
    async with debugged(command, program.parent) as handler:
        async with await handler.attach(program, BREAKPOINT) as client:
            name, line, variables = await where_it_stops(client)
            assert (name, line) == ("program.py", BREAKPOINT)
            assert (variables["question"], variables["reply"]) == ("21", "42")
            await client.set_breakpoints(program, [])
            await client.go_on(1)
            (program.parent / "end").touch()
            assert await handler.ended() == 0
            await client.terminated.wait()
    assert handler.text == "started\nended\n"


async def test_without_a_client_it_runs_as_ever(program: Path) -> None:
    (program.parent / "end").touch()
    async with debugged('"$PYTHON" program.py end', program.parent) as handler:
        assert await handler.ended() == 0
    assert handler.text == "started\nended\n"


async def test_nothing_starts_before_the_client_that_it_waits_for(program: Path) -> None:
    settings = DebugSettings(wait_for_client=True)
    async with debugged('"$PYTHON" program.py end', program.parent, settings=settings) as handler:
        async with await DebugClient.attached("127.0.0.1", handler.port) as client:
            assert handler.text == ""
            await break_at(client, program, BREAKPOINT)
            assert (await where_it_stops(client))[1] == BREAKPOINT
            assert handler.text == "started\n"


RELOADERS = {
    "subprocess": "import subprocess, sys\nsubprocess.run([sys.executable, 'program.py', 'end'])\n",
    "multiprocessing": (
        "import multiprocessing, runpy, sys\n"
        "def serve():\n"
        "    sys.argv = ['program.py', 'end']\n"
        "    runpy.run_path('program.py', run_name='__main__')\n"
        "if __name__ == '__main__':\n"
        "    child = multiprocessing.get_context('spawn').Process(target=serve)\n"
        "    child.start()\n"
        "    child.join()\n"
    ),
    "shell": "import os, sys\nos.system(sys.executable + ' program.py end; true')\n",
    "fork": (
        "import os, runpy, sys\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    sys.argv = ['program.py', 'end']\n"
        "    runpy.run_path('program.py', run_name='__main__')\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
    ),
    "multiprocessing-fork": (
        "import multiprocessing, runpy, sys\n"
        "def serve():\n"
        "    sys.argv = ['program.py', 'end']\n"
        "    runpy.run_path('program.py', run_name='__main__')\n"
        "if __name__ == '__main__':\n"
        "    child = multiprocessing.get_context('fork').Process(target=serve)\n"
        "    child.start()\n"
        "    child.join()\n"
    ),
}


@pytest.mark.parametrize("reloader", RELOADERS)
async def test_the_child_of_a_reloader_is_debugged_too(reloader: str, program: Path) -> None:
    (program.parent / "reloader.py").write_text(RELOADERS[reloader])
    async with AsyncExitStack() as stack:
        handler = await stack.enter_async_context(debugged('"$PYTHON" reloader.py', program.parent))
        parent = await stack.enter_async_context(await handler.attach(program, BREAKPOINT))
        stops: set[asyncio.Task[tuple[str, int, dict[str, str]]]] = set()
        arrival = asyncio.create_task(parent.subprocess(), name="arrival")
        async with asyncio.timeout(30):
            while not any(stop.done() for stop in stops):  # multiprocessing's resource tracker comes along
                await asyncio.wait({arrival, *stops}, return_when=asyncio.FIRST_COMPLETED)
                if arrival.done():
                    attached = attach_child(arrival.result(), program, BREAKPOINT)
                    client = await stack.enter_async_context(await attached)
                    stops.add(asyncio.create_task(where_it_stops(client), name="stop"))
                    arrival = asyncio.create_task(parent.subprocess(), name="arrival")
        stop = next(stop for stop in stops if stop.done())
        for waiting in {arrival, *stops} - {stop}:
            waiting.cancel()
        name, line, variables = stop.result()
        assert (name, line, variables["reply"]) == ("program.py", BREAKPOINT, "42")


async def test_a_client_that_comes_late_finds_the_worker(program: Path) -> None:
    (program.parent / "reloader.py").write_text(RELOADERS["subprocess"])
    async with debugged('"$PYTHON" reloader.py', program.parent) as handler:
        async with asyncio.timeout(20):
            await handler.says("started")
            async with await handler.attach(program, BREAKPOINT) as parent:
                child = await parent.subprocess()
                async with await attach_child(child, program, BREAKPOINT) as client:
                    assert (await where_it_stops(client))[1] == BREAKPOINT


async def test_two_programs_one_after_the_other(program: Path) -> None:
    script = '"$PYTHON" program.py first && exec "$PYTHON" program.py second'
    async with debugged(script, program.parent) as handler:
        for end in ("first", "second"):
            async with await handler.attach(program, BREAKPOINT) as client:
                assert (await where_it_stops(client))[1] == BREAKPOINT
                (program.parent / end).touch()
                await client.set_breakpoints(program, [])
                await client.go_on(1)
                await asyncio.wait_for(client.ended(), 20)
        assert await handler.ended() == 0
    assert handler.text == "started\nended\n" * 2


async def test_two_programs_side_by_side(program: Path) -> None:
    script = '"$PYTHON" program.py end & sleep 1; "$PYTHON" program.py end; wait'
    async with debugged(script, program.parent) as handler:
        async with await handler.attach(program, 1) as client:
            child = await asyncio.wait_for(client.subprocess(), 20)
            async with await attach_child(child, program, BREAKPOINT) as second:
                assert (await where_it_stops(second))[1] == BREAKPOINT


async def test_the_programs_own_sitecustomize_runs_as_if_alone(program: Path) -> None:
    theirs = program.parent / "theirs"
    theirs.mkdir()
    (theirs / "sitecustomize.py").write_text("import sys\nsys.mark = __name__ + ' of ' + __file__\n")
    (program.parent / "own.py").write_text(
        "import sys, sitecustomize\nprint(sys.mark, sitecustomize.__file__)\n"
        "print([p for p in sys.path if 'telelens' in p and 'injected' in p])\n"
    )
    async with debugged('"$PYTHON" own.py', program.parent, PYTHONPATH=str(theirs)) as handler:
        assert await handler.ended() == 0
    file = theirs / "sitecustomize.py"
    assert handler.text == f"sitecustomize of {file} {file}\n[]\n"


async def test_a_broken_sitecustomize_of_the_program_is_reported_as_ever(program: Path) -> None:
    (program.parent / "sitecustomize.py").write_text("raise RuntimeError('theirs')\n")
    (program.parent / "end").touch()
    command = '"$PYTHON" program.py end'
    async with debugged(command, program.parent, PYTHONPATH=str(program.parent)) as handler:
        assert await handler.ended() == 0
    assert "Error in sitecustomize; set PYTHONVERBOSE for traceback:\nRuntimeError: theirs\n" in handler.text
    assert "started\nended\n" in handler.text


async def test_a_python_without_debugpy_uses_ours_and_sees_nothing_else_of_us(program: Path) -> None:
    bare = program.parent / "bare"
    await asyncio.to_thread(venv.create, bare)
    (program.parent / "reloader.py").write_text(
        "import importlib.util, sys\n"
        "assert importlib.util.find_spec('typer') is None and 'typer' not in sys.modules\n"
        "assert not [p for p in sys.path if 'telelens' in p], sys.path\n" + RELOADERS["subprocess"]
    )
    async with debugged('"$PYTHON" reloader.py', program.parent, PYTHON=str(bare / "bin/python")) as handler:
        async with await handler.attach(program, BREAKPOINT) as parent:
            child = await asyncio.wait_for(parent.subprocess(), 20)
            async with await attach_child(child, program, BREAKPOINT) as client:
                assert (await where_it_stops(client))[2]["question"] == "21"


async def test_a_debugger_that_fails_is_one_line_and_no_more(program: Path) -> None:
    (program.parent / "end").touch()
    script = 'export TELELENS_DEBUGPY=nonsense; "$PYTHON" program.py end'
    async with debugged(script, program.parent) as handler:
        assert await handler.ended() == 0
    lines = sorted(handler.text.splitlines())
    assert lines[:2] == ["ended", "started"]
    assert [line.partition(":")[0] for line in lines[2:]] == ["telelens"]


async def test_stopping_the_handler_ends_the_debugger(program: Path) -> None:
    async with debugged('"$PYTHON" program.py end', program.parent) as handler:
        async with await handler.attach(program, BREAKPOINT) as client:
            await where_it_stops(client)
            began = time.monotonic()
            await handler.process.stop()
            assert time.monotonic() - began < 20
            await asyncio.wait_for(client.terminated.wait(), 5)
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", handler.port)


def test_a_taken_port_is_named() -> None:
    with debugpy_environment(DebugSettings(), {}) as endpoint:
        with socket.create_server(("127.0.0.1", endpoint.port)):
            with pytest.raises(DebugPortTaken, match=str(endpoint.port)):
                with debugpy_environment(DebugSettings(port=endpoint.port), {}):
                    pass
