"""Silence, on a clock that is a number."""

from __future__ import annotations

from typing import Any

import pytest
from telelens_cluster.manager.sessions import SessionClock
from unit.clock import Clock


def session(heartbeat: str = "t1", uid: str = "u") -> dict[str, Any]:
    return {"metadata": {"name": "s", "uid": uid}, "status": {"heartbeat": heartbeat}}


@pytest.fixture
def time() -> Clock:
    return Clock()


@pytest.fixture
def clock(time: Clock) -> SessionClock:
    return SessionClock(clock=time, away_after=15, gone_after=600)


def test_silence_makes_late_then_away_then_gone(clock: SessionClock, time: Clock) -> None:
    clock.seen(session())
    time.now += 14
    assert clock.late() == []
    time.now += 1
    assert clock.late() == [("s", "u")]
    assert not clock.away("u"), "only when the API server was heard"
    clock.is_away("u")
    assert clock.late() == [], "said once"
    assert clock.away("u")
    assert clock.silent() == [("s", "u")]
    time.now += 584
    assert not clock.gone("u")
    time.now += 1
    assert clock.gone("u")


def test_only_a_changed_heartbeat_is_a_sign_of_life(clock: SessionClock, time: Clock) -> None:
    clock.seen(session("t1"))
    time.now += 15
    clock.seen(session("t1"))
    assert clock.late() == [("s", "u")]


def test_the_workstation_s_own_clock_does_not_matter(clock: SessionClock, time: Clock) -> None:
    clock.seen(session("2031-01-01T00:00:00Z"))
    time.now += 14
    clock.seen(session("1999-01-01T00:00:00Z"))
    time.now += 14
    assert clock.late() == []


def test_back_is_noticed(clock: SessionClock, time: Clock) -> None:
    clock.seen(session("t1"))
    time.now += 20
    clock.is_away("u")
    assert not clock.seen(session("t1"))
    assert clock.away("u")
    assert clock.seen(session("t2"))
    assert not clock.away("u")


def test_a_gap_in_our_own_watch_is_nobody_s_silence(clock: SessionClock, time: Clock) -> None:
    clock.seen(session())
    time.now += 14
    clock.begin_anew()
    time.now += 14
    assert clock.late() == []
    time.now += 1
    assert clock.late() == [("s", "u")]
    clock.is_away("u")
    time.now += 599
    clock.begin_anew()
    time.now += 599
    assert clock.away("u")
    assert not clock.gone("u")


def test_a_deleted_session_is_forgotten(clock: SessionClock, time: Clock) -> None:
    clock.seen(session())
    clock.forget("u")
    time.now += 1000
    assert clock.late() == []
    assert not clock.gone("u")
