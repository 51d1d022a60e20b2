"""How agents get into pods."""

from __future__ import annotations

from dataclasses import replace

import pytest
from telelens_cluster.manager.injection_plan import Rehearse, Roll, RollBack, rehearsal_refused
from telelens_cluster.manager.observed import Rehearsal
from telelens_schemas.resources import Phase
from unit.cluster.manager.scene import INJECT, POLICY, ROLLED, Scene


def rolled(mark: str = "then") -> dict[str, str]:
    return {INJECT: "enabled", ROLLED: mark}


def test_nothing_is_rolled_before_the_rehearsal() -> None:
    scene = Scene()
    uid = scene.intercept()
    scene.bare_pod()
    decision = scene.decide()
    assert decision.action == Rehearse(frozenset({uid}))
    assert decision.statuses[uid].phase is Phase.WAITING


def test_the_port_is_resolved_before_the_first_pod_starts_for_the_intercept() -> None:
    scene = Scene()
    uid = scene.intercept()
    scene.bare_pod()
    (port,) = scene.decide().statuses[uid].ports
    assert (port.container_port, port.service_port_name) == (8080, "web")


def test_admitted_is_rolled() -> None:
    scene = Scene()
    uid = scene.intercept()
    scene.bare_pod()
    scene.memory = replace(scene.memory, rehearsal=Rehearsal(frozenset({uid})))
    assert scene.decide().action == Roll(enable=True)


def test_refused_is_said_and_nothing_happens() -> None:
    scene = Scene()
    uid = scene.intercept()
    scene.bare_pod()
    refusal = rehearsal_refused(frozenset({uid}), 'violates PodSecurity "baseline": must not include "NET_ADMIN"')
    scene.memory = replace(scene.memory, rehearsal=refusal)
    decision = scene.decide()
    assert decision.action is None
    assert decision.statuses[uid].phase is Phase.AGENT_ERROR
    assert "PodSecurity" in decision.statuses[uid].message
    assert "privileged" in decision.statuses[uid].hint
    scene.write(decision)
    assert scene.decide().statuses[uid].phase is Phase.AGENT_ERROR, "it stays"
    assert scene.decide().action is None


def test_a_later_intercept_is_rehearsed_anew() -> None:
    scene = Scene()
    first = scene.intercept()
    scene.bare_pod()
    scene.memory = replace(scene.memory, rehearsal=Rehearsal(frozenset({first}), refusal="no"))
    scene.write(scene.decide())
    scene.intercepts.clear()
    second = scene.intercept("two")
    assert scene.decide().action == Rehearse(frozenset({second}))


def test_a_rollout_is_watched() -> None:
    scene = Scene(template_annotations=rolled())
    uid = scene.intercept()
    scene.bare_pod()
    scene.injected_pod(rolled_at="then", ready=False, trouble="Unschedulable: no node")
    decision = scene.decide()
    assert decision.action is None
    assert decision.statuses[uid].message == (
        "rolling Deployment echo: 1 of 2 pods have the agent; pod new: Unschedulable: no node"
    )


def test_a_new_pod_without_an_agent_is_retried_once() -> None:
    scene = Scene(template_annotations=rolled())
    uid = scene.intercept()
    scene.bare_pod("missed", marked=True, rolled_at="then")
    assert scene.decide().action == Roll(enable=False, again=True)
    scene.memory = replace(scene.memory, rolled=("again",))
    assert scene.decide().action is None, "the new template has not been seen yet"
    scene.template_annotations = rolled("again")
    scene.pods.clear()
    scene.bare_pod("missed-2", marked=True, rolled_at="again")
    decision = scene.decide()
    assert decision.statuses[uid].phase is Phase.AGENT_ERROR
    assert "injector" in decision.statuses[uid].hint
    assert decision.action == RollBack(())


def test_an_image_that_cannot_be_pulled_is_rolled_back() -> None:
    scene = Scene(template_annotations=rolled())
    uid = scene.intercept()
    scene.bare_pod()
    broken = scene.injected_pod(
        agent_running=False, ready=False, agent_trouble="container telelens-init: ErrImagePull: not found"
    )
    decision = scene.decide()
    assert decision.statuses[uid].phase is Phase.AGENT_ERROR
    assert "ErrImagePull" in decision.statuses[uid].message
    assert "agent:1" in decision.statuses[uid].hint
    assert decision.action == RollBack((broken,))


def test_a_pod_whose_agent_cannot_start_ends_nothing_while_others_of_its_template_serve() -> None:
    """A node that cannot reach the registry for a moment, say; not for longer, as pods that go would not come again."""
    scene = Scene(template_annotations=rolled(), replicas=2)
    uid = scene.intercept()
    scene.connect(scene.injected_pod("good", revision="a"))
    scene.settle()
    assert scene.status(uid).phase is Phase.ACTIVE
    trouble = "container telelens-init: ErrImagePull: i/o timeout"
    broken = scene.injected_pod("broken", agent_running=False, ready=False, agent_trouble=trouble, revision="a")
    decision = scene.settle()
    assert decision.action is None
    assert scene.status(uid).phase is Phase.ACTIVE
    assert trouble in scene.status(uid).message
    assert decision.wake_in == POLICY.agent_patience
    scene.now += POLICY.agent_patience
    decision = scene.decide()
    assert decision.action == RollBack((broken,))
    assert decision.statuses[uid].phase is Phase.AGENT_ERROR


def test_a_new_template_whose_agent_cannot_start_is_rolled_back_though_the_former_serves() -> None:
    scene = Scene(template_annotations=rolled(), replicas=2)
    scene.intercept()
    scene.connect(scene.injected_pod("good", revision="a"))
    broken = scene.injected_pod("new", agent_running=False, ready=False, agent_trouble="ErrImagePull", revision="b")
    assert scene.decide().action == RollBack((broken,))


def test_who_ends_all_pods_before_new_ones_are_made_is_not_rolled() -> None:
    scene = Scene(spec={"strategy": {"type": "Recreate"}})
    uid = scene.intercept()
    scene.bare_pod()
    scene.memory = replace(scene.memory, rehearsal=Rehearsal(frozenset({uid})))
    decision = scene.decide()
    assert decision.action is None
    assert decision.statuses[uid].phase is Phase.AGENT_ERROR
    assert "Recreate" in decision.statuses[uid].message
    assert f"{INJECT}: enabled" in decision.statuses[uid].hint


def test_who_ends_all_pods_first_is_not_rolled_again_when_one_came_without_an_agent() -> None:
    scene = Scene(spec={"strategy": {"type": "Recreate"}}, template_annotations={INJECT: "enabled"})
    uid = scene.intercept()
    scene.bare_pod(marked=True)
    decision = scene.decide()
    assert decision.action is None
    assert decision.statuses[uid].phase is Phase.AGENT_ERROR
    assert "kubectl rollout restart" in decision.statuses[uid].hint


def test_after_the_rollback_nothing_begins_again() -> None:
    scene = Scene()
    uid = scene.intercept()
    scene.rewrite(uid, phase=Phase.AGENT_ERROR, message="because")
    scene.bare_pod()
    decision = scene.decide()
    assert decision.action is None
    assert decision.statuses[uid].phase is Phase.AGENT_ERROR
    assert decision.statuses[uid].message == "because"


def test_a_template_that_its_owner_marked_is_not_rolled_back() -> None:
    scene = Scene(template_annotations={INJECT: "enabled"})
    scene.intercept()
    scene.injected_pod(agent_running=False, ready=False, agent_trouble="container telelens-agent: ErrImagePull")
    assert scene.decide().action is None


def test_scaled_to_nothing_waits() -> None:
    scene = Scene(replicas=0)
    uid = scene.intercept()
    status = scene.decide().statuses[uid]
    assert status.phase is Phase.WAITING
    assert "scaled to 0" in status.message


@pytest.mark.parametrize(
    ("spec", "kind", "phase", "word"),
    [
        ({"paused": True}, "Deployment", Phase.AGENT_ERROR, "paused"),
        ({"updateStrategy": {"rollingUpdate": {"partition": 1}}}, "StatefulSet", Phase.AGENT_ERROR, "partition"),
        ({"updateStrategy": {"type": "OnDelete"}}, "StatefulSet", Phase.WAITING, "OnDelete"),
    ],
)
def test_what_would_keep_pods_from_being_replaced_is_named(
    spec: dict[str, object], kind: str, phase: Phase, word: str
) -> None:
    scene = Scene(kind=kind, spec=spec)
    uid = scene.intercept()
    scene.bare_pod()
    scene.memory = replace(scene.memory, rehearsal=Rehearsal(frozenset({uid})))
    status = scene.decide().statuses[uid]
    assert status.phase is phase
    assert word in status.message


def test_between_two_pods_of_a_stateful_set_the_roll_is_not_over() -> None:
    scene = Scene(
        kind="StatefulSet",
        replicas=2,
        template_annotations=rolled(),
        workload_status={"currentRevision": "a", "updateRevision": "b"},
    )
    uid = scene.intercept()
    scene.connect(scene.injected_pod(rolled_at="then"))
    scene.settle()
    assert scene.status(uid).phase is Phase.WAITING
    assert "1 of 2" in scene.status(uid).message


@pytest.mark.parametrize(
    ("kind", "replicas", "said"), [("StatefulSet", 1, 2), ("StatefulSet", 2, 0), ("Deployment", 1, 0)]
)
def test_that_nobody_answers_while_the_only_pod_is_replaced_is_said(kind: str, replicas: int, said: int) -> None:
    scene = Scene(kind=kind, replicas=replicas)
    uid = scene.intercept()
    scene.bare_pod()
    scene.memory = replace(scene.memory, rehearsal=Rehearsal(frozenset({uid})))
    begun = scene.decide()
    assert begun.action == Roll(enable=True)
    rolling = Scene(kind=kind, replicas=replicas, template_annotations=rolled())
    other = rolling.intercept()
    rolling.bare_pod()
    messages = [begun.statuses[uid].message, rolling.decide().statuses[other].message]
    assert sum("away meanwhile" in message for message in messages) == said, messages


def test_without_intercepts_pods_are_left_alone() -> None:
    scene = Scene()
    scene.bare_pod()
    assert scene.decide().action is None
