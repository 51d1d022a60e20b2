"""From an agent that is there to ACTIVE, and what happens then."""

from __future__ import annotations

from dataclasses import replace

import pytest
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.observed import AgentState, Outcome
from telelens_cluster.manager.pods import Neighbour
from telelens_schemas.resources import Phase
from telelens_schemas.wire.tunnel_pb2 import AgentStatus
from unit.cluster.manager.scene import POLICY, Scene


@pytest.fixture
def scene() -> Scene:
    made = Scene(replicas=2)
    made.intercept()
    for name, ip in (("a", "10.2.0.2"), ("b", "10.2.0.3")):
        made.connect(made.injected_pod(name, ip=ip))
    return made


UID = "uid-one"


def test_agents_are_told_what_they_must_do(scene: Scene) -> None:
    configuration = scene.decide().configuration
    (told,) = configuration.intercepts
    assert (told.uid, told.session_uid, told.session_certificate) == (UID, "su-alice", b"der")
    assert [port.container_port for port in told.ports] == [8080]
    assert told.environment_allowed
    assert list(configuration.canary_sources) == ["10.0.0.9", "fd00::9"]
    assert configuration.canary_answer == POLICY.canary_answer(WorkloadKey("shop", "Deployment", "echo"))


def test_a_certificate_is_published_once_the_agent_lets_the_owner_in(scene: Scene) -> None:
    decision = scene.decide()
    assert decision.statuses[UID].pods == ()
    scene.obey(decision, 1, tunnels=False)
    assert [pod.certificate for pod in scene.decide().statuses[UID].pods] == ["PEM", "PEM"]


def test_active_needs_tunnel_and_canary(scene: Scene) -> None:
    assert scene.settle(tunnels=False).statuses[UID].phase is Phase.WAITING
    assert "tunnel of alice" in scene.status(UID).message
    assert scene.settle().statuses[UID].phase is Phase.ACTIVE


def test_canaries_go_to_each_pod_and_through_the_service(scene: Scene) -> None:
    scene.settle()
    assert {(route.address, route.port) for route in scene.canaries} == {
        ("10.2.0.2", 8080),
        ("10.2.0.3", 8080),
        ("10.1.1.1", 80),
    }


def test_no_agent_answers_for_another_workload() -> None:
    keys = [WorkloadKey("shop", kind, name) for kind in ("Deployment", "StatefulSet") for name in ("engine", "blue")]
    keys.append(WorkloadKey("town", "Deployment", "engine"))
    assert len({POLICY.canary_answer(key) for key in keys}) == len(keys)
    assert POLICY.canary_answer(keys[0]) != replace(POLICY, canary_secret=b"egg").canary_answer(keys[0])


class TestAServiceThatLeadsToOthersToo:
    @pytest.fixture
    def shared(self, scene: Scene) -> Scene:
        blue = Neighbour("Deployment engine-blue", {"app": "echo", "colour": "blue"})
        scene.neighbours = [blue, blue, Neighbour("Deployment other", {"app": "other"})]
        return scene

    def test_its_pods_suffice_and_the_message_says_what_comes(self, shared: Scene) -> None:
        status = shared.settle().statuses[UID]
        assert status.phase is Phase.ACTIVE
        assert status.message == "Service echo also leads to Deployment engine-blue: 2 of 4 pods are intercepted"
        assert status.hint
        assert {route.address for route in shared.canaries} == {"10.2.0.2", "10.2.0.3"}

    def test_each_pod_is_still_tried(self, shared: Scene) -> None:
        shared.settle(outcome=Outcome.STRANGER)
        assert shared.status(UID).phase is Phase.WAITING

    def test_the_message_follows_what_is_there(self, shared: Scene) -> None:
        shared.settle()
        shared.neighbours[:1] = [Neighbour("StatefulSet green", {"app": "echo"})]
        assert "Deployment engine-blue and StatefulSet green: 2 of 4" in shared.settle().statuses[UID].message
        shared.neighbours.clear()
        status = shared.settle().statuses[UID]
        assert (status.phase, status.message, status.hint) == (Phase.ACTIVE, "", "")
        shared.neighbours.append(Neighbour("Pod late", {"app": "echo"}))
        status = shared.settle().statuses[UID]
        assert status.phase is Phase.ACTIVE
        assert "Pod late: 2 of 3" in status.message


def test_a_headless_service_has_no_address_of_its_own(scene: Scene) -> None:
    scene.cluster_ip = "None"
    assert scene.settle().statuses[UID].phase is Phase.ACTIVE
    assert len(scene.canaries) == 2


@pytest.mark.parametrize("outcome", [Outcome.STRANGER, Outcome.REFUSED])
def test_a_canary_that_meets_somebody_else_keeps_it_waiting(scene: Scene, outcome: Outcome) -> None:
    scene.settle(outcome=outcome)
    assert scene.status(UID).phase is Phase.WAITING
    assert outcome.value in scene.status(UID).message


def test_it_is_sent_again_after_a_pause(scene: Scene) -> None:
    scene.settle(outcome=Outcome.STRANGER)
    decision = scene.decide()
    assert decision.canaries == ()
    assert decision.wake_in
    scene.now += decision.wake_in
    assert scene.decide().canaries


def test_a_policy_that_shuts_out_the_manager_is_said_not_hidden(scene: Scene) -> None:
    scene.settle(outcome=Outcome.SILENT)
    assert scene.status(UID).phase is Phase.ACTIVE
    assert "not verified" in scene.status(UID).message


def test_every_ready_pod_must_deliver_first(scene: Scene) -> None:
    scene.pods[1] = replace(scene.pods[1], agent_running=True)
    del scene.agents["pod-b"]
    scene.settle()
    assert scene.status(UID).phase is Phase.WAITING
    assert "agent of pod b" in scene.status(UID).message


def test_a_pod_that_comes_later_does_not_end_active(scene: Scene) -> None:
    scene.settle()
    scene.injected_pod("c", ip="10.2.0.4")
    assert scene.settle().statuses[UID].phase is Phase.ACTIVE


def test_a_lost_tunnel_is_waited_for(scene: Scene) -> None:
    scene.settle()
    scene.settle(tunnels=False)
    assert scene.status(UID).phase is Phase.WAITING
    assert scene.settle().statuses[UID].phase is Phase.ACTIVE


def test_a_restarted_manager_leaves_what_stands(scene: Scene) -> None:
    before = scene.settle().statuses[UID]
    scene.agents.clear()
    scene.canaries.clear()
    scene.memory = type(scene.memory)()
    assert scene.decide().statuses[UID] == before
    scene.agents["pod-a"] = AgentState(certificate="PEM", status=None)
    assert scene.decide().statuses[UID] == before


def test_silence_of_the_owner(scene: Scene) -> None:
    scene.settle()
    scene.sessions["session-alice"] = replace(scene.sessions["session-alice"], away=True)
    decision = scene.settle()
    assert decision.statuses[UID].phase is Phase.AWAY
    assert decision.configuration.intercepts[0].away, "the place is kept, the traffic is not"
    scene.sessions["session-alice"] = replace(scene.sessions["session-alice"], away=False)
    scene.obey(scene.decide(), 99, tunnels=True)
    assert scene.decide().statuses[UID].phase is Phase.ACTIVE, "at once, without new canaries"


def test_an_agent_that_does_not_connect() -> None:
    scene = Scene()
    scene.intercept()
    scene.injected_pod()
    first = scene.decide()
    assert first.statuses[UID].phase is Phase.WAITING
    assert first.wake_in == POLICY.agent_timeout
    scene.now += POLICY.agent_timeout
    status = scene.decide().statuses[UID]
    assert status.phase is Phase.NO_AGENT
    assert "NetworkPolicy" in status.message
    assert "9902" in status.hint
    scene.write(scene.decide())
    scene.connect(scene.pods[0])
    assert scene.settle().statuses[UID].phase is Phase.ACTIVE


def test_a_missing_table_is_an_error(scene: Scene) -> None:
    scene.agents["pod-a"] = AgentState(
        certificate="PEM", status=AgentStatus(table_present=False, table_message="no nft")
    )
    scene.settle()
    assert scene.status(UID).phase is Phase.AGENT_ERROR
    assert "no nft" in scene.status(UID).message


def test_no_pod_is_ready(scene: Scene) -> None:
    scene.pods = [replace(pod, ready=False, trouble="container app: CrashLoopBackOff") for pod in scene.pods]
    scene.settle()
    assert scene.status(UID).phase is Phase.WAITING
    assert "CrashLoopBackOff" in scene.status(UID).message


class TestLingering:
    def test_the_redirect_outlives_the_intercept(self, scene: Scene) -> None:
        scene.settle()
        scene.intercepts.clear()
        decision = scene.decide()
        assert not decision.configuration.intercepts
        assert [port.container_port for port in decision.configuration.lingering] == [8080]
        assert decision.wake_in == POLICY.linger
        scene.now += POLICY.linger
        assert not scene.decide().configuration.lingering

    def test_a_new_intercept_takes_the_port_over(self, scene: Scene) -> None:
        scene.settle()
        scene.intercepts.clear()
        scene.decide()
        scene.intercept("two")
        assert not scene.decide().configuration.lingering

    def test_a_restarted_manager_learns_it_from_the_agents(self, scene: Scene) -> None:
        scene.intercepts.clear()
        scene.connect(scene.pods[0], redirected_tcp_ports=[8080])
        assert [port.container_port for port in scene.decide().configuration.lingering] == [8080]

    def test_an_agent_that_still_redirects_what_it_was_told_to_prolongs_nothing(self, scene: Scene) -> None:
        scene.settle()
        scene.intercepts.clear()
        scene.now += 1
        end = scene.decide().memory.lingering[8080]
        scene.now += 5
        assert scene.settle().memory.lingering[8080] == end
