"""Ctrl-C at any moment of a command's first instants: one word, no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """\
import os, sys
from telelens_daemons.cli.entry import main

class Tells:
    def find_spec(self, name, *_):
        if name == "telelens_daemons.cli.main":
            os.write(1, b"!")

sys.meta_path.insert(0, Tells())
main()
"""


def start(home: Path, *words: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "XDG_RUNTIME_DIR": str(home), "XDG_STATE_HOME": str(home)},
        # A shell's background ignores it, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None
    assert process.stdout.read(1) == b"!"
    return process


@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.1, 0.2])
def test_an_interrupt_while_it_starts_is_one_word(tmp_path: Path, seconds: float) -> None:
    process = start(tmp_path, "intercept", "create", "--help")
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    # At the interpreter's own end there are no handlers any more and the signal itself ends it; or it was quicker.
    assert (process.returncode, said) in ((130, b"interrupted\n"), (-signal.SIGINT, b""), (0, b""))


def test_the_first_import_is_interrupted(tmp_path: Path) -> None:
    process = start(tmp_path, "status")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, b"interrupted\n")
