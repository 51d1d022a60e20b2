"""Who waits for the lock gets it when it is given back, in whichever thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from pathlib import Path

import pytest
from telelens_daemons.daemon.lock import LockedError, locked


def take(path: Path, seconds: int) -> str:
    with locked(path, seconds=seconds):
        return "taken"


def test_lock_is_waited_for_in_any_thread(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with ThreadPoolExecutor() as threads:
        with locked(path, seconds=0):
            waiting = threads.submit(take, path, 60)
            with pytest.raises(StillWaiting):
                waiting.result(0.2)
        assert waiting.result(60) == "taken"


@pytest.mark.parametrize("seconds", [0, 1])
def test_waiting_ends(tmp_path: Path, seconds: int) -> None:
    path = tmp_path / "lock"
    with locked(path, seconds=0), pytest.raises(LockedError):
        take(path, seconds)
