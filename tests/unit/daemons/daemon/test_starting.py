"""The daemon's process: started once however many ask, private, and gone without a trace."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TELELENS = [sys.executable, "-m", "telelens_daemons.cli.main"]


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    values = {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "XDG_STATE_HOME": str(tmp_path / "state")}
    (tmp_path / "run").mkdir()
    made = {**os.environ, **values, "KUBECONFIG": str(tmp_path / "none")}
    yield made
    subprocess.run([*TELELENS, "quit", "-s"], env=made, check=True, capture_output=True)


def telelens(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*TELELENS, *words], env=environment, capture_output=True, text=True, check=False)


def status(environment: dict[str, str]) -> dict[str, object]:
    printed = telelens(environment, "status", "--format", "json").stdout
    found: dict[str, object] = json.loads(printed)["userDaemon"]
    return found


def test_without_a_daemon_nothing_is_started(environment: dict[str, str]) -> None:
    assert status(environment) == {"running": False}
    assert telelens(environment, "quit").stdout == "Not connected\n"
    assert status(environment) == {"running": False}


@pytest.mark.parametrize("variable", ["XDG_RUNTIME_DIR", "XDG_STATE_HOME"])
def test_a_folder_that_cannot_be_made_is_named(variable: str) -> None:
    failed = telelens({**os.environ, "XDG_RUNTIME_DIR": "/tmp", variable: "/proc/none"}, "connect")
    assert failed.returncode == 1
    assert failed.stderr.startswith("error: the folder /proc/none")
    assert variable in failed.stderr


def test_starts_at_the_same_time_make_one_daemon(environment: dict[str, str], tmp_path: Path) -> None:
    asking = [
        subprocess.Popen([*TELELENS, "list"], env=environment, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[1] for process in asking]
    assert all("not connected" in text and "telelens connect" in text for text in said)
    log = (tmp_path / "state/telelens/logs/daemon.log").read_text()
    assert log.count("serves on") == 1
    run = tmp_path / "run" / "telelens"
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert stat.S_IMODE((run / "daemon.sock").stat().st_mode) == 0o600


def test_it_ends_when_told_and_leaves_no_socket(environment: dict[str, str], tmp_path: Path) -> None:
    telelens(environment, "list")
    assert status(environment)["running"]
    ended = telelens(environment, "quit", "--stop-daemons")
    assert "User daemon stopped" in ended.stdout
    assert status(environment) == {"running": False}


def test_errors_are_one_line_and_a_hint(environment: dict[str, str]) -> None:
    ended = telelens(environment, "connect")
    assert ended.returncode == 1
    first, second = ended.stderr.splitlines()
    assert first.startswith("error: no kubeconfig: ")
    assert second == "  set KUBECONFIG or give --kubeconfig"
    assert telelens(environment, "intercept", "echo", "-p", "x:y:z").returncode == 2
    assert telelens(environment, "nonsense").returncode == 2
