"""A pod that starts for an intercept waits for its agent, and not for ever."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from telelens_cluster.agent.start import Start
from telelens_schemas.names import START_MARK

HOOK = Path(__file__).parents[4] / "cluster/telelens_cluster/agent/await_start.sh"


def await_start(mark: Path, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sh", str(HOOK), str(mark)], env=environment or None)


def test_the_hook_ends_when_the_start_is_over(tmp_path: Path) -> None:
    start = Start(tmp_path)
    assert not start.is_over
    with await_start(tmp_path / START_MARK) as hook:
        assert hook.poll() is None
        start.over()
        assert hook.wait(30) == 0
    start.over()
    assert Start(tmp_path).is_over, "an agent that comes after a first one has nothing to add"


def test_the_hook_ends_well_also_where_no_agent_comes(tmp_path: Path) -> None:
    hasty = tmp_path / "sleep"
    hasty.write_text(f"#!/bin/sh\necho $1 >> {tmp_path}/slept\n")
    hasty.chmod(0o755)
    with await_start(tmp_path / START_MARK, PATH=str(tmp_path)) as hook:
        assert hook.wait(60) == 0
    assert round(sum(map(float, (tmp_path / "slept").read_text().split())), 3) == 10, "seconds"


def test_a_mark_that_cannot_be_written_is_said_and_no_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Start(tmp_path / "missing").over()
    assert "cannot be written" in capsys.readouterr().err
