"""`telelens demo`: what the README promises first."""

from __future__ import annotations

import pytest
from fixtures.desk import Desk
from fixtures.manager import Manager
from fixtures.notes import Note
from fixtures.waiting import eventually

NAMESPACE = "telelens-demo"
SHOWN = (
    "before",
    "a request without the header",
    "a request with the header",
    "with a breakpoint",
    "after",
    "undone",
)


def _is_gone(desk: Desk) -> bool:
    namespace = desk.cluster.kubectl.get("namespace", NAMESPACE)
    return namespace is None or namespace["status"]["phase"] == "Terminating"


@pytest.fixture
def administrator_without_demo(administrator: Desk) -> Desk:
    if not _is_gone(administrator):
        pytest.skip(f"somebody's demo runs in namespace {NAMESPACE} of this cluster")
    eventually(lambda: administrator.cluster.kubectl.get("namespace", NAMESPACE) is None)
    return administrator


@pytest.mark.timeout(400)
def test_each_step_shows_what_it_must_and_all_is_undone(administrator_without_demo: Desk, manager: Manager) -> None:
    desk = administrator_without_demo

    shown = desk.telelens("demo", "--format", "json", timeout=180).succeeded()

    steps = shown.json()
    shown_in_order = [one["step"] for one in steps if one["step"] in SHOWN]
    assert shown_in_order == list(SHOWN), shown
    assert all(one["succeeded"] for one in steps), shown
    assert _is_gone(desk)
    assert manager.installed(), "a manager that was there stays"
    assert desk.sessions() == []


@pytest.mark.timeout(400)
def test_it_can_be_kept_and_the_next_one_is_quick(
    administrator_without_demo: Desk, manager: Manager, note: Note
) -> None:
    desk = administrator_without_demo

    kept = desk.telelens("demo", "--keep", timeout=180).succeeded()
    assert "telelens intercept run" in kept.stdout, "says what to try next"
    assert not _is_gone(desk)
    again = desk.telelens("demo", timeout=180).succeeded()

    note("the second demonstration", f"{again.seconds:.1f} s")
    assert _is_gone(desk)


@pytest.mark.timeout(300)
def test_ctrl_c_undoes_it(administrator_without_demo: Desk, manager: Manager) -> None:
    desk = administrator_without_demo
    running = desk.start_telelens("demo")
    running.line("ready", within=120)

    running.interrupt()

    assert running.wait() != 0
    assert _is_gone(desk)
    assert desk.sessions() == []
