"""The adapter as an editor starts it: what it started is gone with it, however it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

EDITOR = """\
import subprocess, sys, time
adapter = subprocess.Popen([sys.executable, "-P", "-m", "telelens_daemons.handlers.debug.adapter"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def say(number, command, **arguments):
    import json
    body = json.dumps({"seq": number, "type": "request", "command": command, "arguments": arguments}).encode()
    adapter.stdin.write(b"Content-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
    adapter.stdin.flush()
say(1, "initialize", adapterID="test")
say(2, "launch", program=sys.argv[1], python=sys.executable, console="internalConsole")
import threading
threading.Thread(target=lambda: [None for _ in iter(lambda: adapter.stdout.read(1), b"")], daemon=True).start()
print(adapter.pid, flush=True)
sys.stdin.readline()
say(3, "configurationDone")
time.sleep(100)
"""


STUBBORN = """\
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("{pid_file}", "w").write(str(os.getpid()))
time.sleep(100)
"""


def until(holds: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 20
    while not (seen := holds()):
        assert time.monotonic() < deadline, "still not so after 20 s"
        time.sleep(0.05)
    return seen


@pytest.mark.parametrize("who", ["editor", "adapter"])
def test_nothing_survives(tmp_path: Path, who: str) -> None:
    program = tmp_path / "program.py"
    pid_file = tmp_path / "pid"
    program.write_text(STUBBORN.format(pid_file=pid_file))
    editor = subprocess.Popen(
        [sys.executable, "-c", EDITOR, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert editor.stdin is not None
    assert editor.stdout is not None
    adapter = int(editor.stdout.readline())
    started = until(lambda: len(psutil.Process(adapter).children(recursive=True)) >= 2)
    assert started
    time.sleep(1)  # until the adapter listens to what comes next
    editor.stdin.write("go\n")
    editor.stdin.flush()
    until(lambda: pid_file.exists() and pid_file.read_text())
    debuggee = int(pid_file.read_text())
    if who == "editor":
        editor.send_signal(signal.SIGKILL)
    else:
        (real,) = (one for one in psutil.Process(adapter).children() if "debugpy.adapter" in " ".join(one.cmdline()))
        real.kill()
    until(lambda: not psutil.pid_exists(debuggee) or psutil.Process(debuggee).status() == psutil.STATUS_ZOMBIE)
    until(lambda: not psutil.pid_exists(adapter) or psutil.Process(adapter).status() == psutil.STATUS_ZOMBIE)
    editor.kill()
    editor.wait()
    editor.stdin.close()
    editor.stdout.close()
