"""Intercepts whose requests are judged one by one: who may stand beside whom, what agents are told, what lingers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from telelens_cluster.manager.decision import decide
from telelens_cluster.manager.observed import Memory
from telelens_schemas.resources import HeaderMatch, Match, Mechanism, Phase
from telelens_schemas.wire import tunnel_pb2 as wire

from tests.unit.cluster.manager.scene import POLICY, Scene

ADA = Match(headers=(HeaderMatch(name="x-dev", regex="ada"),))
GRACE = Match(headers=(HeaderMatch(name="x-dev", regex="grace"),))


def add(scene: Scene, name: str, match: Match | None, *, mechanism: Mechanism = Mechanism.HTTP, **more: Any) -> str:
    uid = scene.intercept(name, **more)
    last = scene.intercepts[-1]
    scene.intercepts[-1] = replace(last, spec=replace(last.spec, mechanism=mechanism, match=match))
    return uid


def test_two_filters_stand_beside_each_other() -> None:
    scene = Scene()
    uids = [add(scene, "a", ADA, owner="ada"), add(scene, "g", GRACE, owner="grace", created="2026-01-01T00:01:00Z")]
    scene.connect(scene.injected_pod())
    decision = scene.settle()
    assert [scene.status(uid).phase for uid in uids] == [Phase.ACTIVE, Phase.ACTIVE]
    told = decision.configuration.intercepts
    assert [(one.mechanism, one.match.headers[0].regex) for one in told] == [("http", "ada"), ("http", "grace")]


@pytest.mark.parametrize(("mechanism", "match"), [(Mechanism.HTTP, ADA), (Mechanism.HTTP, None), (Mechanism.TCP, None)])
def test_the_same_requests_are_a_conflict(mechanism: Mechanism, match: Match | None) -> None:
    scene = Scene()
    add(scene, "a", ADA, owner="ada")
    later = add(scene, "b", match, mechanism=mechanism, owner="bob", created="2026-01-01T00:01:00Z")
    status = scene.decide().statuses[later]
    assert status.phase is Phase.CONFLICT
    assert "ada" in status.message
    assert 'header("x-dev") ~= regexp("ada")' in status.message
    assert "--http-header=auto" in status.hint


def test_a_filter_that_takes_everything_is_in_everybodys_way() -> None:
    scene = Scene()
    add(scene, "a", ADA, owner="ada")
    everything = Match(headers=(HeaderMatch(name=":path", regex=".*"),))
    later = add(scene, "b", everything, owner="bob", created="2026-01-01T00:01:00Z")
    assert scene.decide().statuses[later].phase is Phase.CONFLICT


@pytest.mark.parametrize(("name", "regex"), [("x-dev", "ad.*"), ("user-agent", ".*")])
def test_an_older_filter_that_takes_some_requests_first_is_named(name: str, regex: str) -> None:
    scene = Scene()
    wide = Match(headers=(HeaderMatch(name=name, regex=regex),))
    add(scene, "w1", wide, owner="bob")
    uid = add(scene, "a", ADA, owner="ada", created="2026-01-01T00:01:00Z")
    scene.connect(scene.injected_pod())
    scene.settle()
    scene.settle()
    assert (scene.status(uid).phase, scene.status(uid).message) == (
        Phase.ACTIVE,
        "bob's older intercept w1 takes some of these requests first",
    )


def test_nobody_asks_for_the_personal_headers_of_others() -> None:
    scene = Scene()
    uid = add(scene, "a", Match(headers=(HeaderMatch(name="X-Telepresence-Intercept-ID", regex="u:.*"),)))
    assert scene.decide().statuses[uid].phase is Phase.AGENT_ERROR


def test_a_pattern_that_cannot_be_is_an_error_of_its_owner_alone() -> None:
    scene = Scene()
    bad = add(scene, "a", Match(headers=(HeaderMatch(name="x", regex="(a+)+"),)), owner="ada")
    good = add(scene, "g", GRACE, owner="grace", created="2026-01-01T00:01:00Z")
    scene.connect(scene.injected_pod())
    scene.settle()
    assert scene.status(bad).phase is Phase.AGENT_ERROR
    assert "nested" in scene.status(bad).message
    assert scene.status(good).phase is Phase.ACTIVE


def test_what_an_agent_cannot_serve_is_said() -> None:
    scene = Scene()
    uid = add(scene, "a", ADA)
    pod = scene.injected_pod()
    scene.connect(pod)
    scene.settle()
    status = wire.AgentStatus()
    found = scene.agents[pod.uid].status
    assert found is not None
    status.CopyFrom(found)
    status.intercepts[0].error = "HAProxy refuses its configuration\ntry another"
    scene.agents[pod.uid] = replace(scene.agents[pod.uid], status=status)
    assert scene.decide().statuses[uid].phase is Phase.AGENT_ERROR
    said = scene.decide().statuses[uid]
    assert (said.message, said.hint) == (f"agent of pod {pod.name}: HAProxy refuses its configuration", "try another")


def test_the_redirect_lingers_in_its_own_way() -> None:
    scene = Scene()
    add(scene, "a", ADA)
    scene.connect(scene.injected_pod())
    scene.settle()
    scene.intercepts.clear()
    assert [(one.container_port, one.http) for one in scene.decide().configuration.lingering] == [(8080, True)]
    scene.now += POLICY.linger
    assert not scene.decide().configuration.lingering


def test_what_lingers_follows_the_last_mechanism() -> None:
    scene = Scene()
    add(scene, "a", ADA)
    scene.connect(scene.injected_pod())
    scene.settle()
    scene.intercepts.clear()
    scene.intercept("b")
    scene.settle()
    scene.intercepts.clear()
    assert [one.http for one in scene.decide().configuration.lingering] == [False]


def test_a_manager_that_was_away_finds_how_a_port_lingers() -> None:
    scene = Scene(memory=Memory())
    scene.connect(scene.injected_pod(), redirected_tcp_ports=[8080, 8081], http_ports=[8080])
    found = {one.container_port: one.http for one in scene.decide().configuration.lingering}
    assert found == {8080: True, 8081: False}


@pytest.mark.parametrize(
    ("said", "heard", "expected"),
    [
        ({"appProtocol": "http"}, True, False),
        ({"appProtocol": "kubernetes.io/h2c"}, False, True),
        ({"name": "grpc"}, False, True),
        ({}, True, True),
        ({}, False, False),
        ({}, None, None),
    ],
)
def test_what_a_service_says_of_its_port_counts_more_than_what_agents_heard(
    said: dict[str, str], heard: bool | None, expected: bool | None
) -> None:
    scene = Scene()
    uid = add(scene, "a", ADA)
    scene.connect(scene.injected_pod(), http2={} if heard is None else {8080: heard})
    observed = scene.observed()
    observed.services[0]["spec"]["ports"][0].update(said)
    (port,) = decide(observed, POLICY).statuses[uid].ports
    assert port.http2 is expected
