"""What is read off a pod."""

from __future__ import annotations

from typing import Any

import pytest
from telelens_cluster.manager.pods import Neighbour, PodState, is_living


def pod(*, agent: dict[str, Any] | None = None, app: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    containers = [{"name": "app"}, {"name": "telelens-agent"}]
    statuses = [{"name": "app", "state": app or {"running": {}}}, {"name": "telelens-agent", "state": agent or {}}]
    return {
        "metadata": {"uid": "u", "name": "p", **metadata},
        "spec": {"containers": containers},
        "status": {
            "podIP": "10.0.0.1",
            "containerStatuses": statuses,
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def test_a_healthy_one() -> None:
    state = PodState.from_object(pod(agent={"running": {}}, annotations={"telelens.dev/rolled-at": "t"}))
    assert state == PodState(
        uid="u", name="p", ip="10.0.0.1", ready=True, has_agent=True, agent_running=True, rolled_at="t"
    )


@pytest.mark.parametrize(
    "reason", ["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "CreateContainerError"]
)
def test_our_container_that_cannot_start(reason: str) -> None:
    state = PodState.from_object(pod(agent={"waiting": {"reason": reason, "message": "m\n" * 300}}))
    assert state.agent_trouble.startswith(f"container telelens-agent: {reason}: m m")
    assert len(state.agent_trouble) < 300
    assert not state.agent_running


def test_our_init_container_that_cannot_start() -> None:
    given = pod()
    waiting = {"waiting": {"reason": "ErrImagePull"}}
    given["status"]["initContainerStatuses"] = [{"name": "telelens-init", "state": waiting}]
    assert PodState.from_object(given).agent_trouble == "container telelens-init: ErrImagePull"


def test_the_application_s_trouble_is_not_ours() -> None:
    state = PodState.from_object(pod(app={"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}))
    assert not state.agent_trouble
    assert state.trouble == "container app: CrashLoopBackOff: back-off"


def test_starting_is_no_trouble() -> None:
    assert not PodState.from_object(pod(agent={"waiting": {"reason": "PodInitializing"}})).agent_trouble


@pytest.mark.parametrize("label", ["pod-template-hash", "controller-revision-hash"])
def test_of_which_template_it_is(label: str) -> None:
    assert PodState.from_object(pod(labels={"app": "echo", label: "5f"})).revision == "5f"


def test_one_that_ends_and_one_that_ended() -> None:
    ended = pod()
    ended["status"]["phase"] = "Succeeded"
    assert not PodState.from_object(ended).living
    assert not PodState.from_object(pod(deletionTimestamp="t")).living


def test_one_without_a_node() -> None:
    given = pod()
    given["status"]["conditions"] = [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}
    ]
    assert PodState.from_object(given).trouble == "Unschedulable: 0/1 nodes"


def test_whose_a_neighbour_is() -> None:
    def owned(kind: str, name: str, **labels: str) -> str:
        reference = {"kind": kind, "name": name, "controller": True}
        return Neighbour.from_object(pod(ownerReferences=[reference], labels=labels)).owner

    assert owned("ReplicaSet", "engine-blue-abc", **{"pod-template-hash": "abc"}) == "Deployment engine-blue"
    assert owned("StatefulSet", "store") == "StatefulSet store"
    assert owned("DaemonSet", "node") == "DaemonSet node"
    assert Neighbour.from_object(pod()) == Neighbour("Pod p", {})


def test_who_lives() -> None:
    assert is_living(pod())
    assert not is_living(pod(deletionTimestamp="t"))
    assert not is_living({"metadata": {}, "status": {"phase": "Succeeded"}})
