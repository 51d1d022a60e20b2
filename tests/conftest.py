"""What holds for every test, wherever it is started from."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from fixtures.notes import noted
from hypothesis import HealthCheck, settings

pytest_plugins = ["fixtures.stage", "fixtures.pod"]

UNIT = Path(__file__).parent / "unit"
EDITOR = Path(__file__).parent / "editor"
ALONE = Path(__file__).parent / "cluster" / "test_localkube.py"


# Whether a change is good is no matter of dice: the same examples every time. `make explore` rolls them. No example
# has a deadline on the wall's clock, which goes on while others have the processor.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", PATIENT, derandomize=True)
settings.register_profile("exploring", PATIENT, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_configure() -> None:
    """Take Ctrl-C as a terminal would: a shell starts what runs in its background with SIGINT ignored, and programs
    that tests start, and interrupt, would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files for several workers, each taking the next one whole: fixtures of a file are made once; nobody waits long.

    First the tests that want the machine for themselves and, beside them, those that need no cluster; then what takes
    minutes, so that no worker is left with it at the end: by turns a file that mostly waits, and one of the editor,
    which keeps processors busy.
    """
    minutes = {item.path for item in items if item.get_closest_marker("slow")}
    waiting, busy = (
        list(dict.fromkeys(item.path for item in items if found(item.path)))
        for found in (minutes.__contains__, lambda path: EDITOR in path.parents)
    )
    by_turns = {path: place for files in (waiting, busy) for place, path in enumerate(files)}

    def turn(item: pytest.Item) -> tuple[int, int, bool]:
        if item.path == ALONE or UNIT in item.path.parents:
            return 0, 0, False
        return (1, by_turns[item.path], item.path in minutes) if item.path in by_turns else (2, 0, False)

    items.sort(key=turn)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """State what faults and loads cost."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    lines = [(report, what, figure) for report in reports if report.when == "call" for what, figure in noted(report)]
    if lines:
        terminalreporter.section("what it cost")
    for report, what, figure in lines:
        terminalreporter.write_line(f"{report.location[2]}: {what}: {figure}")
