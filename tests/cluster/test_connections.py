"""Connections opened before an intercept, and what becomes of those that it took."""

from __future__ import annotations

import time

import pytest
from fixtures.caller import CallFailed, Load
from fixtures.desk import Desk
from fixtures.namespace import Namespace
from fixtures.waiting import eventually

BY_HEADER = ["--http-header", "x-dev=ours"]
OURS = {"x-dev": "ours"}
"""With what every request is asked: a connection that is older than the intercept escapes it all the same."""


def _old_connections(desk: Desk) -> int:
    (one,) = desk.status()["intercepts"]
    return sum(pod.get("oldConnections", 0) for pod in one.get("pods", ()))


@pytest.mark.parametrize("more", [["--drain", "none"], BY_HEADER], ids=["none", "by-header"])
def test_drain_none_leaves_old_connections_alone_and_counts_them(
    namespace: Namespace, desk: Desk, more: list[str]
) -> None:
    application = namespace.application()
    before = [application.service.open() for _ in range(3)]
    pod = before[0].who()

    desk.intercept("echo", *more, port=desk.local_server().port)
    time.sleep(1.5)  # the silence after which another mode would cut them

    assert {held.ask(headers=OURS).who for held in before} == {pod}
    assert application.service.ask(headers=OURS).who == desk.name
    eventually(lambda: _old_connections(desk) == 3)
    for held in before:
        held.close()
    eventually(lambda: _old_connections(desk) == 0)


@pytest.mark.parametrize(
    "more",
    [["--drain", "idle"], [], ["--drain", "idle", *BY_HEADER]],
    ids=["idle", "default", "by-header"],
)
def test_drain_idle_cuts_who_speaks_after_a_second_of_silence(
    namespace: Namespace, desk: Desk, more: list[str]
) -> None:
    application = namespace.application()
    before = application.service.open()
    assert before.who() in application.pod_names()

    desk.intercept("echo", *more, port=desk.local_server().port)
    time.sleep(1.5)  # the silence

    with pytest.raises(CallFailed, match=r"Connection|Incomplete"):
        before.ask(headers=OURS, patience=30)
    assert application.service.ask(headers=OURS).who == desk.name


def test_drain_idle_spares_an_answer_that_is_under_way(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    pod = application.answered_by()
    asked = application.service.begin("/slow?seconds=4", patience=20)

    desk.intercept("echo", "--drain", "idle", port=desk.local_server().port)

    assert asked.result(20)["headers"]["x-who"] == pod


def settled_at(desk: Desk, load: Load) -> bool:
    """Whether nobody but the desk has answered for a second."""
    report = load.report()
    since, who = report.turns[-1]
    return who == desk.name and report.seconds - since > 1


@pytest.mark.parametrize("more", [[], BY_HEADER], ids=["tcp", "by-header"])
def test_drain_all_cuts_also_those_in_use(namespace: Namespace, desk: Desk, more: list[str]) -> None:
    application = namespace.application()
    kept = application.service.load(keep=True, workers=4, pause=0.05, headers=OURS)
    eventually(lambda: kept.report().total > 20)

    desk.intercept("echo", "--drain", "all", *more, port=desk.local_server().port)
    # Answers that were on their way may still come in; then none does.
    eventually(lambda: settled_at(desk, kept))

    counted = kept.stop()
    assert len(counted.failures) <= 4, f"each of four connections is cut at most once: {counted}"


def test_what_an_intercept_took_is_cut_when_it_ends(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)
    taken = application.service.open()
    assert taken.who() == desk.name

    desk.leave("echo")

    def ended() -> bool:
        try:
            return taken.ask(patience=5).who != desk.name
        except CallFailed:
            return True

    eventually(ended)


def test_a_caller_learns_at_once_when_nobody_listens_at_the_desk(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.free_port())
    place = application.service  # asks the cluster for its address

    began = time.monotonic()
    with pytest.raises(CallFailed, match=r"Connection|Incomplete"):
        place.ask()

    assert time.monotonic() - began < 8


@pytest.mark.parametrize("path", ["/who", "/slow?seconds=2"], ids=["at-once", "slow"])
def test_who_closes_his_side_still_gets_the_answer(namespace: Namespace, desk: Desk, path: str) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)

    answer = application.service.ask_half_closed(path)

    assert answer.startswith("HTTP/1.1 200 OK"), answer
    assert f'"who": "{desk.name}"' in answer
