"""Strangers fill neither the log nor a line of it."""

from __future__ import annotations

import pytest
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.refusals import Refusals, quoted


def test_what_somebody_else_wrote_is_escaped_and_cut() -> None:
    assert quoted("a\nERROR b\x1b[31m") == r"'a\nERROR b\x1b[31m'"
    assert len(quoted("x" * 5000)) == 202


def test_one_line_a_minute_for_each_reason_and_every_one_counted(caplog: pytest.LogCaptureFixture) -> None:
    metrics, now = Metrics(), 100.0
    refusals = Refusals(metrics, clock=lambda: now)
    for _ in range(50):
        refusals.note("unproven", "10.0.0.1", "no\ntoken")
    refusals.note("crowd", "10.0.0.1", "too many")
    assert [one.getMessage() for one in caplog.records] == [
        r"refused 10.0.0.1 (unproven): 'no\ntoken'",
        "refused 10.0.0.1 (crowd): 'too many'",
    ]
    assert 'telelens_manager_refusals_total{reason="unproven"} 50' in metrics.text()
    now += 60
    refusals.note("unproven", "10.0.0.1", "again")
    assert "49 more" in caplog.records[-1].getMessage()
