"""A handler's processes: their output, their end, and that nothing of them is left."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest
from telelens_daemons.cli.callers_umask import callers_umask
from telelens_daemons.errors import UserError
from telelens_daemons.handlers.process import SupervisedProcess
from telelens_daemons.handlers.shell import shell_command


class Recorder:
    def __init__(self) -> None:
        self.out = b""
        self.err = b""
        self.pieces: list[bytes] = []
        self.changed = asyncio.Event()

    async def __call__(self, is_stderr: bool, data: bytes) -> None:
        self.pieces.append(data)
        if is_stderr:
            self.err += data
        else:
            self.out += data
        self.changed.set()

    async def wait_for(self, text: bytes) -> None:
        async with asyncio.timeout(10):
            while text not in self.out:
                self.changed.clear()
                await self.changed.wait()


def handler(script: str, recorder: Recorder, *, grace: float = 5.0, **variables: str) -> SupervisedProcess:
    environment = {**os.environ, **variables}
    return SupervisedProcess(
        shell_command(script, shell="bash", environment=environment),
        environment=environment,
        working_directory=Path.cwd(),
        output=recorder,
        grace=grace,
    )


def is_running(pid: int) -> bool:
    """Whether it does anything: who has lost its parent may stay a zombie for a while."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while is_running(pid):  # noqa: ASYNC110 (nothing tells of a stranger's end)
            await asyncio.sleep(0.02)


async def test_output_and_exit_status() -> None:
    recorder = Recorder()
    script = "echo one\nprintf '%s' \"$GREETING\"; echo bad >&2\nexit 7"
    async with handler(script, recorder, GREETING="two\n$lines") as process:
        assert await process.ended() == 7
    assert recorder.out == b"one\ntwo\n$lines"
    assert recorder.err == b"bad\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the policy")
async def test_how_the_daemon_waits_for_a_processor_is_not_the_programs() -> None:
    recorder = Recorder()
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    try:
        run = f'exec {sys.executable} -c "import os; print(os.sched_getscheduler(0))"'
        async with handler(run, recorder) as process:
            assert await process.ended() == 0
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    assert int(recorder.out) == os.SCHED_OTHER


async def test_long_output_without_a_newline_comes_through() -> None:
    recorder = Recorder()
    async with handler("head -c 300000 /dev/zero", recorder) as process:
        assert await process.ended() == 0
    assert recorder.out == bytes(300000)


async def test_a_question_is_passed_on_while_the_program_waits() -> None:
    recorder = Recorder()
    async with handler("printf 'one\nwhich? '; sleep 60", recorder):
        await recorder.wait_for(b"one\nwhich? ")


async def test_dots_are_passed_on_however_steadily_they_come() -> None:
    recorder = Recorder()
    async with handler("while :; do printf .; sleep 0.02; done", recorder):
        await recorder.wait_for(b"...")


async def test_a_character_is_not_cut_by_a_pause() -> None:
    recorder = Recorder()
    async with handler(r"printf 'gr\303'; sleep 0.5; printf '\274n '; sleep 60", recorder):
        await recorder.wait_for("grün ".encode())
    assert all(piece.decode() for piece in recorder.pieces)


async def test_a_character_is_not_cut_where_a_line_is() -> None:
    recorder = Recorder()
    line = "a" + "ü" * 80_000
    async with handler(f"{sys.executable} -c \"print('a' + 'ü' * 80_000)\"", recorder):
        await recorder.wait_for(f"{line}\n".encode())
    assert len(recorder.pieces) > 1
    assert all(piece.decode() for piece in recorder.pieces)


async def test_stop_ends_the_whole_tree() -> None:
    recorder = Recorder()
    async with handler("sleep 60 & setsid sleep 61 & echo $! $$; wait", recorder) as process:
        await recorder.wait_for(b"\n")
        pids = [int(pid) for pid in recorder.out.split()]
        began = time.monotonic()
        assert await process.stop() == 128 + signal.SIGTERM
        assert await process.stop() == 128 + signal.SIGTERM
    assert time.monotonic() - began < 20
    assert not any(psutil.pid_exists(pid) for pid in pids)


async def test_daemonized_grandchildren_end_with_the_handler() -> None:
    recorder = Recorder()
    async with handler("(setsid sleep 60 & echo $!) ; exit 0", recorder) as process:
        assert await process.ended() == 0
    assert not psutil.pid_exists(int(recorder.out))


async def test_who_ignores_sigterm_is_killed_after_the_grace_period() -> None:
    recorder = Recorder()
    async with handler("trap '' TERM; echo ready; while true; do sleep 1; done", recorder, grace=0.3) as process:
        await recorder.wait_for(b"ready")
        began = time.monotonic()
        assert await process.stop() == 128 + signal.SIGKILL
    assert 0.3 <= time.monotonic() - began < 20


async def test_cancellation_stops_it() -> None:
    recorder = Recorder()

    async def run() -> None:
        async with handler("echo $$; sleep 60", recorder) as process:
            await process.ended()

    task = asyncio.create_task(run(), name="run")
    await recorder.wait_for(b"\n")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not psutil.pid_exists(int(recorder.out))


async def test_a_killed_supervisor_takes_the_program_along() -> None:
    recorder = Recorder()
    async with handler("echo $$; exec sleep 60", recorder) as process:
        await recorder.wait_for(b"\n")
        os.kill(process.pid, signal.SIGKILL)
        await gone(int(recorder.out))


DAEMON = """
import asyncio, sys
from pathlib import Path
from telelens_daemons.handlers.process import SupervisedProcess

async def output(is_stderr, data):
    print(data.decode(), end="", flush=True)

async def main():
    command = ["/bin/sh", "-c", "(setsid sleep 60 & echo $!); echo $$; sleep 61"]
    async with SupervisedProcess(command, environment={"PATH": "/usr/bin:/bin"},
                                 working_directory=Path("/"), output=output) as process:
        print(process.pid, flush=True)
        await process.ended()

asyncio.run(main())
"""


async def test_a_daemon_killed_with_9_leaves_nothing_behind() -> None:
    daemon = await asyncio.create_subprocess_exec(sys.executable, "-c", DAEMON, stdout=asyncio.subprocess.PIPE)
    assert daemon.stdout is not None
    pids = [int(await asyncio.wait_for(daemon.stdout.readline(), 10)) for _ in range(3)]
    daemon.kill()
    await daemon.wait()
    for pid in pids:
        await gone(pid)


def test_the_users_own_shell_is_the_default() -> None:
    environment = {"SHELL": "/bin/sh", "PATH": "/nonexistent"}
    assert shell_command("true", shell=None, environment=environment) == ["/bin/sh", "-c", "true"]


def test_a_missing_shell_is_named() -> None:
    with pytest.raises(UserError, match="there is no shell 'zsh' here") as failure:
        shell_command("true", shell="zsh", environment={"PATH": "/nonexistent"})
    assert "bash" in failure.value.hint


async def test_files_are_made_with_the_callers_rights() -> None:
    """The daemon's own would let nobody else read them."""
    recorder = Recorder()
    environment = dict(os.environ)
    asked = SupervisedProcess(
        shell_command("umask", shell="bash", environment=environment),
        environment=environment,
        working_directory=Path.cwd(),
        output=recorder,
        umask=0o027,
    )
    async with asked as running:
        await running.ended()
    assert recorder.out == b"0027\n"
    before = os.umask(0o027)
    try:
        assert callers_umask() == 0o027
    finally:
        os.umask(before)
