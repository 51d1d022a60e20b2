"""The guard of what the extension has made for itself: a program that lasts no longer than who asked for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

GUARD = Path(__file__).parents[3] / "vscode-extension" / "guard.py"
FILLS = "import pathlib, sys, time; pathlib.Path(sys.argv[1], 'part').touch(); print(flush=True); time.sleep(100)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "making"
    made.mkdir()
    return made


@pytest.fixture
def guarded(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A guard whose program fills the folder and goes on for long."""
    command = [sys.executable, "-I", str(GUARD), str(folder), sys.executable, "-c", FILLS, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def program(guarded: subprocess.Popen[bytes]) -> psutil.Process:
    """The guarded one, at work."""
    assert guarded.stdout is not None
    guarded.stdout.readline()
    (found,) = psutil.Process(guarded.pid).children()
    return found


def test_who_asked_is_gone(guarded: subprocess.Popen[bytes], program: psutil.Process, folder: Path) -> None:
    assert guarded.stdin is not None
    guarded.stdin.close()
    assert guarded.wait(20) == 1
    assert not program.is_running()
    assert not folder.exists()


def test_who_asked_thinks_again(guarded: subprocess.Popen[bytes], program: psutil.Process, folder: Path) -> None:
    guarded.terminate()
    assert guarded.wait(20) == 1
    assert not program.is_running()
    assert folder.exists(), "it is the asker's to take away"


@pytest.mark.parametrize("status", [0, 3])
def test_a_program_that_ends_is_told_of(folder: Path, status: int) -> None:
    command = [sys.executable, "-I", str(GUARD), str(folder), sys.executable, "-c", f"raise SystemExit({status})"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.wait(20) == status
    assert folder.exists()
