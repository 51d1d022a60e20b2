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
    """Files for several workers, each taking the next one whole: fixtures of a file are made once; nobody waits long.

    First the tests that want the machine for themselves and, beside them, those that need no cluster; then what takes
    minutes, so that no worker is left with it at the end.
    """
    minutes = {item.path for item in items if item.get_closest_marker("slow")}

    def turn(item: pytest.Item) -> int:
        if item.path == ALONE or UNIT in item.path.parents:
            return 0
        return 1 if item.path in minutes else 2 if EDITOR in item.path.parents else 3

    items.sort(key=turn)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """State what faults and loads cost."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    lines = [(report, what, figure) for report in reports if report.when == "call" for what, figure in noted(report)]
    if lines:
        terminalreporter.section("what it cost")
    for report, what, figure in lines:
        terminalreporter.write_line(f"{report.location[2]}: {what}: {figure}")
