"""What holds for every test, wherever it is started from."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from fixtures.notes import noted

pytest_plugins = ["fixtures.stage", "fixtures.pod"]

UNIT = Path(__file__).parent / "unit"
EDITOR = Path(__file__).parent / "editor"
ALONE = Path(__file__).parent / "cluster" / "test_localkube.py"


def pytest_configure() -> None:
    """Take Ctrl-C as a terminal would: a shell starts what runs in its background with SIGINT ignored, and programs
    that tests start, and interrupt, would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two groups for two workers: one after the other on a cluster, and beside it what mostly waits or needs none.

    First what must not, and what need not, have the second worker's cluster.
    """
    items.sort(key=lambda item: UNIT not in item.path.parents and item.path != ALONE)
    for item in items:
        beside = {UNIT, EDITOR} & set(item.path.parents) or item.get_closest_marker("slow")
        item.add_marker(pytest.mark.xdist_group("beside" if beside else "cluster"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """State what faults and loads cost."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    lines = [(report, what, figure) for report in reports if report.when == "call" for what, figure in noted(report)]
    if lines:
        terminalreporter.section("what it cost")
    for report, what, figure in lines:
        terminalreporter.write_line(f"{report.location[2]}: {what}: {figure}")
