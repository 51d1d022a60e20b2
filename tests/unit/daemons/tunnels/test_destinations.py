"""Where an intercept's connections go: as long as it lasts, and a moment longer."""

from __future__ import annotations

from telelens_daemons.tunnels.destinations import PARTING_SECONDS, Destination, Destinations
from unit.clock import Clock

HERE = Destination("127.0.0.1", 8080)


def made() -> tuple[Destinations, Clock]:
    clock = Clock()
    destinations = Destinations(clock=clock)
    destinations.set("a", {80: HERE})
    return destinations, clock


def test_what_agents_still_send_is_delivered_for_a_moment() -> None:
    destinations, clock = made()
    destinations.remove("a")
    assert destinations.find("a", 80) == HERE
    clock.now += PARTING_SECONDS
    assert destinations.find("a", 80) is None


def test_of_an_intercept_that_has_ended_no_problem_is_kept() -> None:
    destinations, _ = made()
    destinations.failed("a", "nothing is listening")
    assert destinations.problem("a")
    destinations.remove("a")
    destinations.failed("a", "nothing is listening")
    assert not destinations.problem("a")


def test_that_connections_fail_and_are_delivered_again_is_told_once() -> None:
    told: list[str] = []
    destinations = Destinations(changed=lambda: told.append(destinations.problem("a")))
    destinations.set("a", {80: HERE})
    destinations.succeeded("a", HERE)
    for problem in ("nothing is listening", "nothing is listening", "no answer"):
        destinations.failed("a", problem)
    destinations.failed("b", "nothing is listening")
    for _ in range(2):
        destinations.succeeded("a", HERE)
    assert told == ["nothing is listening", "no answer", ""]


def test_one_that_is_made_anew_goes_where_it_says() -> None:
    destinations, _ = made()
    destinations.remove("a")
    there = Destination("127.0.0.1", 9090)
    destinations.set("a", {80: there})
    assert destinations.find("a", 80) == there
    assert destinations.find("b", 80) is None


def test_what_has_parted_long_ago_is_forgotten() -> None:
    destinations, clock = made()
    for number in range(100):
        destinations.set(str(number), {80: HERE})
        destinations.remove(str(number))
        clock.now += 1
    assert len(destinations._parting) <= PARTING_SECONDS + 1
