"""The daemon's process: started once however many ask, private, and gone without a trace."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from telelens_daemons.daemon.lock import locked
from telelens_daemons.daemon.origin import Origin
from telelens_daemons.places import Places

TELELENS = [sys.executable, "-m", "telelens_daemons.cli.main"]


@pytest.fixture
def state() -> Iterator[Path]:
    """A folder with a name short enough for sockets."""
    with TemporaryDirectory(prefix="tl-") as folder:
        yield Path(folder)


@pytest.fixture
def environment(tmp_path: Path, state: Path) -> Iterator[dict[str, str]]:
    values = {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "XDG_STATE_HOME": str(state)}
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


def lock_holder(lock: Path) -> int:
    """The process that has the file open (the daemon does as long as it lives)."""
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with contextlib.suppress(OSError):
            if any(descriptor.resolve() == lock for descriptor in folder.iterdir()):
                return int(folder.parent.name)
    raise AssertionError(f"nobody has {lock} open")


def test_without_a_daemon_nothing_is_started(environment: dict[str, str]) -> None:
    assert status(environment) == {"running": False}
    assert telelens(environment, "quit").stdout == "Not connected\n"
    assert status(environment) == {"running": False}


def test_a_folder_that_cannot_be_made_is_named() -> None:
    failed = telelens({**os.environ, "XDG_STATE_HOME": "/proc/none"}, "connect")
    assert failed.returncode == 1
    assert failed.stderr.startswith("error: the folder /proc/none")
    assert "XDG_STATE_HOME" in failed.stderr


def test_the_daemon_is_found_whatever_the_login_has_set(environment: dict[str, str], tmp_path: Path) -> None:
    telelens(environment, "list")
    for others in (
        {**environment, "XDG_RUNTIME_DIR": str(tmp_path / "another-login")},
        {name: value for name, value in environment.items() if name != "XDG_RUNTIME_DIR"},
    ):
        assert status(others)["running"]
        telelens(others, "list")
    assert Places.of(environment).log.read_text().count("serves on") == 1


def test_a_daemon_that_does_not_answer_here_is_not_doubled(environment: dict[str, str]) -> None:
    telelens(environment, "list")
    places = Places.of(environment)
    # As seen from another machine that shares the folder, or after somebody cleared it.
    places.socket.unlink()
    second = telelens(environment, "connect")
    assert second.returncode == 1
    holder = lock_holder(places.daemon_lock)
    assert second.stderr.startswith(
        f"error: a daemon of yours (process {holder}) holds {places.daemon_lock} and does not answer\n"
    )
    os.kill(holder, signal.SIGTERM)
    with locked(places.daemon_lock, seconds=20):
        pass


def test_a_daemon_left_over_by_an_update_is_exchanged(environment: dict[str, str]) -> None:
    telelens(environment, "list")
    old, places = status(environment), Places.of(environment)
    assert status(environment)["pid"] == old["pid"]
    origin = Origin.read(places)
    assert origin is not None
    assert (origin.process, origin.version) == (old["pid"], old["version"])
    dataclasses.replace(origin, package="/elsewhere/telelens_daemons/__init__.py").write(places)
    assert status(environment)["pid"] == old["pid"], "the same version, wherever it is installed"
    dataclasses.replace(origin, package="/elsewhere/telelens_daemons/__init__.py", version="0.0.1").write(places)
    new = status(environment)
    assert new["running"]
    assert new["pid"] != old["pid"]
    assert lock_holder(places.daemon_lock) == new["pid"]
    assert status(environment)["pid"] == new["pid"]


def test_one_whose_files_were_replaced_is_exchanged(environment: dict[str, str]) -> None:
    telelens(environment, "list")
    old, places = status(environment), Places.of(environment)
    origin = Origin.read(places)
    assert origin is not None
    dataclasses.replace(origin, installed=origin.installed - 1).write(places)
    assert status(environment)["pid"] != old["pid"]


def test_a_daemon_on_another_machine_is_named(environment: dict[str, str]) -> None:
    telelens(environment, "list")
    places = Places.of(environment)
    origin = Origin.read(places)
    assert origin is not None
    dataclasses.replace(origin, machine="laptop").write(places)
    places.socket.unlink()
    try:
        refused = telelens(environment, "connect").stderr
        assert refused.startswith(f"error: a daemon of yours runs on laptop, which shares the folder {places.state}\n")
        assert "XDG_STATE_HOME" in refused
    finally:
        os.kill(origin.process, signal.SIGTERM)
        with locked(places.daemon_lock, seconds=20):
            pass


def test_a_folder_that_takes_no_sockets_is_named(environment: dict[str, str], state: Path) -> None:
    places = Places.of(environment)
    places.make()
    (places.socket / "in-the-way").mkdir(parents=True)
    refused = telelens(environment, "connect").stderr
    assert refused.startswith(f"error: no socket can be made at {places.socket}\n")
    assert "XDG_STATE_HOME" in refused
    shutil.rmtree(places.socket)


def test_a_path_too_long_for_a_socket_is_not_used(tmp_path: Path, state: Path) -> None:
    long = tmp_path / ("x" * 100)
    environment = {"XDG_STATE_HOME": str(long), "HOME": str(tmp_path)}
    places = Places.of({**environment, "XDG_RUNTIME_DIR": str(state)})
    assert places.socket == state / "telelens" / "daemon.sock"
    assert places.daemon_lock.is_relative_to(long), "it outlives a login"
    refused = telelens({**os.environ, **environment, "XDG_RUNTIME_DIR": ""}, "connect")
    assert refused.stderr.startswith(f"error: {long}/telelens/run/daemon.sock is too long for a socket's path\n")


def test_starts_at_the_same_time_make_one_daemon(environment: dict[str, str], state: Path) -> None:
    asking = [
        subprocess.Popen([*TELELENS, "list"], env=environment, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[1] for process in asking]
    assert all("not connected" in text and "telelens connect" in text for text in said)
    log = (state / "telelens/logs/daemon.log").read_text()
    assert log.count("serves on") == 1
    run = state / "telelens" / "run"
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert stat.S_IMODE((run / "daemon.sock").stat().st_mode) == 0o600


def test_it_ends_when_told_and_leaves_no_socket(environment: dict[str, str], state: Path) -> None:
    telelens(environment, "list")
    assert status(environment)["running"]
    ended = telelens(environment, "quit", "--stop-daemons")
    assert "User daemon stopped" in ended.stdout
    assert status(environment) == {"running": False}
    assert not Places.of(environment).socket.exists()


def test_errors_are_one_line_and_a_hint(environment: dict[str, str]) -> None:
    ended = telelens(environment, "connect")
    assert ended.returncode == 1
    first, second = ended.stderr.splitlines()
    assert first.startswith("error: no kubeconfig: ")
    assert second == "  set KUBECONFIG or give --kubeconfig"
    assert telelens(environment, "intercept", "echo", "-p", "x:y:z").returncode == 2
    assert telelens(environment, "nonsense").returncode == 2
