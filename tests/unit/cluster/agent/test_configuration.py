from __future__ import annotations

from dataclasses import replace

from telelens_cluster.agent.configuration import Configuration, Intercept, change, from_message, normalised_host
from telelens_cluster.agent.switches import ACTIVE_TCP, DRAIN_ALL, DRAIN_IDLE
from telelens_schemas.wire.tunnel_pb2 import (
    ALL,
    IDLE,
    TCP,
    UDP,
    AgentConfiguration,
    InterceptConfiguration,
    RedirectedPort,
)


def intercept(uid: str, session_uid: str = "s", *ports: int) -> Intercept:
    return Intercept(uid=uid, session_uid=session_uid, tcp_ports=frozenset(ports))


def test_from_message() -> None:
    message = AgentConfiguration(
        generation=4,
        intercepts=[
            InterceptConfiguration(
                uid="i",
                session_uid="s",
                session_certificate=b"pin",
                container="app",
                ports=[
                    RedirectedPort(container_port=80, protocol=TCP),
                    RedirectedPort(container_port=53, protocol=UDP),
                ],
                drain=IDLE,
            ),
            InterceptConfiguration(uid="away", session_uid="t", session_certificate=b"pin2", drain=ALL, away=True),
        ],
        lingering=[RedirectedPort(container_port=90)],
        canary_sources=["FD00:0::1", "10.0.0.1"],
        canary_answer=b"tweet",
    )
    configuration = from_message(message)
    assert configuration.generation == 4
    assert configuration.pins == {"s": b"pin", "t": b"pin2"}
    assert configuration.canary_sources == {"fd00::1", "10.0.0.1"}
    assert configuration.intercepts[0] == Intercept("i", "s", "app", frozenset({80}), DRAIN_IDLE)
    assert configuration.switched(lambda one: not one.away) == {ACTIVE_TCP: {80, 90}, DRAIN_IDLE: {80}}


def test_an_owner_who_cannot_be_reached_keeps_the_redirect_but_drains_nothing() -> None:
    one = Intercept("i", "s", tcp_ports=frozenset({80}), drain=DRAIN_ALL)
    assert Configuration(intercepts=(one,)).switched(lambda intercept: False) == {ACTIVE_TCP: {80}}


def test_the_older_intercept_gets_the_port() -> None:
    configuration = Configuration(intercepts=(intercept("old", "s", 80), intercept("new", "t", 80, 81)))
    found = [configuration.intercept_of(port) for port in (80, 81, 82)]
    assert [one.uid if one else None for one in found] == ["old", "new", None]


def test_nothing_ends_when_nothing_changes() -> None:
    configuration = Configuration(intercepts=(intercept("i"),), pins={"s": b"pin"})
    assert change(configuration, configuration).ended == ()
    assert change(configuration, configuration).revoked == frozenset()


def test_what_a_new_configuration_ends() -> None:
    before = Configuration(intercepts=(intercept("a"), intercept("b", "t")), pins={"s": b"pin", "t": b"pin2"})
    after = Configuration(intercepts=(intercept("b", "t"), intercept("c", "u")), pins={"t": b"pin2", "u": b"pin3"})
    ends = change(before, after)
    assert [one.uid for one in ends.ended] == ["a"]
    assert ends.revoked == {"s"}


def test_whose_owner_became_away() -> None:
    there, away = intercept("i", "s", 80), replace(intercept("i", "s", 80), away=True)
    assert change(Configuration(intercepts=(there,)), Configuration(intercepts=(away,))).away == (away,)
    assert change(Configuration(intercepts=(away,)), Configuration(intercepts=(away,))).away == ()
    assert change(Configuration(intercepts=(away,)), Configuration(intercepts=(there,))).away == ()
    assert change(Configuration(), Configuration(intercepts=(away,))).away == ()


def test_a_session_that_took_over_a_name_or_a_pin_is_another_session() -> None:
    before = Configuration(intercepts=(intercept("a", "s"),), pins={"s": b"pin"})
    after = Configuration(intercepts=(intercept("a", "t"),), pins={"t": b"pin"})
    ends = change(before, after)
    assert [one.session_uid for one in ends.ended] == ["s"]
    assert ends.revoked == {"s"}


def test_a_certificate_that_two_sessions_carry_is_each_ones_own() -> None:
    entries = [InterceptConfiguration(uid=uid, session_uid=uid, session_certificate=b"pin") for uid in ("ann", "eve")]
    assert from_message(AgentConfiguration(intercepts=entries)).pins == {"ann": b"pin", "eve": b"pin"}


def test_a_session_whose_certificate_changed_is_revoked() -> None:
    before, after = Configuration(pins={"s": b"pin"}), Configuration(pins={"s": b"other"})
    assert change(before, after).revoked == {"s"}


def test_hosts_are_compared_in_one_form() -> None:
    assert normalised_host("FD00:0:0::0001") == "fd00::1"
    assert normalised_host("manager") == "manager"
