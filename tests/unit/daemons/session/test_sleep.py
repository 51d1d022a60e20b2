"""Standing still is noticed; being a little late is not."""

from __future__ import annotations

import pytest
from telelens_daemons.session import sleep


def test_it_tells_sleep_from_lateness(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(sleep, "clock", lambda: now[0])
    detector = sleep.SleepDetector()
    now[0] += 2.5
    assert detector.slept(1.0) == 0
    now[0] += 61
    assert detector.slept(1.0) == 60
    assert detector.slept(1.0) == 0
