"""Which intercepts have a place."""

from __future__ import annotations

from dataclasses import replace

from telelens_schemas.resources import InterceptPort, Phase, Protocol
from unit.cluster.manager.scene import POLICY, Scene


def test_the_older_one_keeps_its_place() -> None:
    scene = Scene()
    second = scene.intercept("second", owner="bob", created="2026-01-01T00:03:00Z")
    first = scene.intercept("first", owner="alice", created="2026-01-01T00:00:00Z")
    scene.connect(scene.injected_pod())
    scene.settle()
    assert scene.status(first).phase is Phase.ACTIVE
    assert scene.status(second).phase is Phase.CONFLICT
    assert scene.status(second).message == (
        "port 8080/TCP of Deployment echo is already intercepted by alice (intercept first, for 5 minutes)"
    )
    assert [one.uid for one in scene.decide().configuration.intercepts] == [first]


def test_the_place_is_free_when_the_older_one_goes() -> None:
    scene = Scene()
    scene.intercept("first")
    second = scene.intercept("second", owner="bob", created="2026-01-01T00:03:00Z")
    scene.connect(scene.injected_pod())
    scene.settle()
    del scene.intercepts[0]
    assert scene.settle().statuses[second].phase is Phase.ACTIVE


def test_a_missing_workload() -> None:
    scene = Scene(exists=False)
    uid = scene.intercept()
    status = scene.decide().statuses[uid]
    assert status.phase is Phase.ERROR
    assert "no Deployment echo in namespace shop" in status.message


def test_a_port_that_is_not_there() -> None:
    scene = Scene()
    uid = scene.intercept()
    one = scene.intercepts[0]
    ports = (InterceptPort(local_port=1, service_port="webb"),)
    scene.intercepts[0] = replace(one, spec=replace(one.spec, ports=ports))
    status = scene.decide().statuses[uid]
    assert status.phase is Phase.ERROR
    assert status.hint == 'did you mean "web"?'


def test_udp_is_refused_for_now() -> None:
    scene = Scene()
    uid = scene.intercept()
    one = scene.intercepts[0]
    ports = (InterceptPort(local_port=1, protocol=Protocol.UDP),)
    scene.intercepts[0] = replace(one, spec=replace(one.spec, ports=ports))
    assert scene.decide().statuses[uid].phase is Phase.ERROR


def test_a_host_network_pod_is_refused() -> None:
    scene = Scene()
    uid = scene.intercept()
    scene.spec = {"template": {"metadata": {"labels": {"app": "echo"}}, "spec": {"hostNetwork": True}}}
    status = scene.decide().statuses[uid]
    assert status.phase is Phase.ERROR
    assert "hostNetwork" in status.message


def test_somebody_else_s_session_is_refused() -> None:
    scene = Scene()
    uid = scene.intercept()
    scene.sessions["session-alice"] = replace(scene.sessions["session-alice"], owner="mallory")
    status = scene.decide().statuses[uid]
    assert status.phase is Phase.ERROR
    assert "mallory" in status.message


def test_a_session_that_is_gone_takes_its_intercept_along_after_a_while() -> None:
    scene = Scene()
    uid = scene.intercept()
    scene.connect(scene.injected_pod())
    scene.settle()
    scene.sessions.clear()
    decision = scene.decide()
    assert decision.deletions == ()
    assert uid not in decision.statuses, "its session may only not have been seen yet"
    assert not decision.configuration.intercepts, "nobody vouches for it any more"
    assert decision.wake_in == POLICY.orphan_grace
    scene.now += POLICY.orphan_grace
    assert [one.metadata.uid for one in scene.decide().deletions] == [uid]


def test_a_later_session_of_the_same_name_inherits_nothing() -> None:
    scene = Scene()
    scene.intercept()
    scene.sessions["session-alice"] = replace(scene.sessions["session-alice"], uid="another")
    assert not scene.decide().configuration.intercepts
