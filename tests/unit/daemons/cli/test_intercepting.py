"""What `intercept NAME` refuses before it asks the daemon, and what it undoes when it fails after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from telelens_daemons.cli.daemon_client import DaemonClient
from telelens_daemons.cli.main import make_app
from telelens_schemas.wire.daemon_pb2 import (
    InterceptedPod,
    InterceptEvent,
    InterceptInfo,
    InterceptRequest,
    LeaveRequest,
)
from typer.testing import CliRunner, Result

ACTIVE = InterceptInfo(name="echo", namespace="shop", phase="ACTIVE", environment={"KEY": "a\nb", "WORD": "x"})


class FakeDaemon:
    """Stands for the client and for its stub."""

    def __init__(self) -> None:
        self.stub = self
        self.asked: list[InterceptRequest] = []
        self.left: list[str] = []
        self.active = ACTIVE

    def __enter__(self) -> FakeDaemon:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @contextmanager
    def errors(self) -> Iterator[None]:
        yield

    def Intercept(self, request: InterceptRequest) -> FakeEvents:  # noqa: N802
        self.asked.append(request)
        return FakeEvents([InterceptEvent(active=self.active)])

    def Leave(self, request: LeaveRequest) -> None:  # noqa: N802
        self.left.append(f"{request.namespace}/{request.name}")


class FakeEvents:
    def __init__(self, events: list[InterceptEvent]) -> None:
        self._events = iter(events)

    def __iter__(self) -> Iterator[InterceptEvent]:
        return self._events

    def cancel(self) -> None:
        pass


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> FakeDaemon:
    made = FakeDaemon()
    monkeypatch.setattr(DaemonClient, "open", lambda **_: made)
    return made


def intercept(*words: str | Path, program: tuple[str, ...] | None = None) -> Result:
    return CliRunner().invoke(make_app(), ["intercept", "create", "echo", *map(str, words)], obj=program)


@pytest.mark.parametrize(
    ("words", "program", "code", "said"),
    [
        ((), (), 2, "no program after --"),
        ((), ("nosuchprogram", "-x"), 2, "cannot run nosuchprogram: it is not on PATH"),
        ((), ("./nosuchprogram",), 2, "no such file"),
        (("--env-file", "/nowhere/e.env"), None, 1, "cannot write /nowhere/e.env"),
        (("--env-json", "/nowhere/e.json"), None, 1, "cannot write /nowhere/e.json"),
        (("--env-syntax", "bash"), None, 2, "sh:export"),
    ],
)
def test_what_is_wrong_from_the_beginning_takes_no_traffic(
    daemon: FakeDaemon, words: tuple[str, ...], program: tuple[str, ...] | None, code: int, said: str
) -> None:
    result = intercept(*words, program=program)
    assert result.exit_code == code
    assert said in result.stderr
    assert daemon.asked == []


@pytest.mark.parametrize("flag", ["--workload", "--service", "--namespace"])
def test_names_that_are_none_are_refused(daemon: FakeDaemon, flag: str) -> None:
    result = intercept(flag, "a/../b")
    assert (result.exit_code, daemon.asked) == (2, [])
    assert flag in result.stderr


@pytest.mark.parametrize("option", ["--http-path-prefix", "--http-path-equal", "--http-path-regex", "--mechanism"])
def test_an_option_left_empty_never_widens(daemon: FakeDaemon, option: str) -> None:
    result = intercept(option, "")
    assert (result.exit_code, daemon.asked) == (2, [])
    assert f"{option} is empty" in result.stderr


def test_a_kind_may_stand_before_the_name(daemon: FakeDaemon) -> None:
    intercept("--workload", "sts/db", "--namespace", "shop")
    (asked,) = daemon.asked
    assert (asked.name, asked.workload, asked.workload_kind, asked.namespace) == ("echo", "db", "StatefulSet", "shop")


def test_what_docker_cannot_hold_is_left_out_and_said_in_one_line(daemon: FakeDaemon, tmp_path: Path) -> None:
    result = intercept("--env-file", tmp_path / "e.env")
    assert result.exit_code == 0
    (line,) = result.stderr.splitlines()
    assert "lacks KEY: docker files cannot hold" in line
    assert "--env-syntax" in line
    assert "--env-json" in line
    assert (tmp_path / "e.env").read_text() == "WORD=x\n"
    assert daemon.left == []


@pytest.mark.parametrize("flag", ["--env-file", "--env-json"])
def test_a_file_stays_as_it_is_where_the_environment_is_not_imported(
    daemon: FakeDaemon, tmp_path: Path, flag: str
) -> None:
    daemon.active = InterceptInfo(name="echo", phase="ACTIVE", environment_denied_reason="ada may not create pods/exec")
    file = tmp_path / "e.env"
    file.write_text("KEEP=me\n")
    result = intercept(flag, file)
    assert result.exit_code == 0, "the intercept works without"
    assert file.read_text() == "KEEP=me\n"
    assert f"{file} is not written: the environment is not imported" in result.stderr


def test_a_file_that_fails_undoes_the_intercept_and_the_json_is_there(daemon: FakeDaemon, tmp_path: Path) -> None:
    files = ("--env-file", tmp_path / "e.env", "--env-syntax", "docker", "--env-json", tmp_path / "e.json")
    result = intercept(*files)
    assert result.exit_code == 1
    assert "docker files cannot hold KEY" in result.stderr
    assert daemon.left == ["shop/echo"]
    assert (tmp_path / "e.json").exists()


def test_connections_that_stay_with_the_application_are_counted_and_what_cuts_them_is_said(daemon: FakeDaemon) -> None:
    assert "Old connections" not in intercept().stdout
    pods = [InterceptedPod(name=f"echo-{number}", old_connections=number) for number in range(3)]
    daemon.active = InterceptInfo(name="echo", namespace="shop", phase="ACTIVE", pods=pods)
    (line,) = (line for line in intercept().stdout.splitlines() if "Old connections" in line)
    assert line.endswith(": 3 still go to the application (--drain=all cuts them)")
