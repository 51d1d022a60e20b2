"""A TCP intercept: whoever calls the Service reaches the desk, through every replica, until it is left."""

from __future__ import annotations

import pytest
from fixtures import manifests
from fixtures.caller import CallFailed
from fixtures.desk import Desk
from fixtures.namespace import Application, Namespace
from fixtures.waiting import eventually


@pytest.mark.parametrize("injected", [False, True], ids=["agent-comes", "agent-there"])
@pytest.mark.parametrize("replicas", [1, 3])
def test_every_replica_delivers_from_the_moment_of_active(
    namespace: Namespace, desk: Desk, replicas: int, injected: bool
) -> None:
    application = namespace.application(replicas=replicas, injected=injected)
    server = desk.local_server()

    made = desk.intercept("echo", port=server.port)

    # Not "eventually": this is what ACTIVE says.
    assert application.everyone() == {desk.name}
    assert made["phase"] == "ACTIVE"
    assert {pod["name"] for pod in made["pods"]} == application.pod_names()

    desk.leave("echo")
    application.until_answered_by(*application.pod_names())


@pytest.mark.parametrize("target", ["http", 8080], ids=["named", "numeric"])
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_a_target_port_may_be_a_name_or_a_number(
    namespace: Namespace, desk: Desk, target: int | str, kind: str
) -> None:
    application = namespace.application(kind=kind, target=target)
    server = desk.local_server()

    made = desk.intercept("echo", port=server.port)

    assert application.answered_by() == desk.name
    assert made["ports"][0]["containerPort"] == 8080
    assert made["workloadKind"] == kind


@pytest.mark.parametrize("asked", ["admin", "81"], ids=["by-name", "by-number"])
def test_only_the_port_that_was_asked_for_is_taken(namespace: Namespace, desk: Desk, asked: str) -> None:
    application = namespace.application(ports={"http": 8080, "admin": 9090})
    namespace.apply(manifests.service("echo", ports={"http": (80, "http"), "admin": (81, "admin")}))
    server = desk.local_server()

    desk.intercept("echo", port=f"{server.port}:{asked}")

    assert application.service.at(81).who() == desk.name
    assert application.service.at(80).who() in application.pod_names()


def test_two_ports_go_to_two_programs(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application(ports={"http": 8080, "admin": 9090})
    namespace.apply(manifests.service("echo", ports={"http": (80, "http"), "admin": (81, "admin")}))
    first, second = desk.local_server("first"), desk.local_server("second")

    desk.intercept("echo", "--port", f"{second.port}:admin", port=f"{first.port}:http")

    assert application.service.at(80).who() == "first"
    assert application.service.at(81).who() == "second"


def test_a_port_without_a_name_on_an_unnamed_container_port(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application(ports={"": 8080}, target=8080)
    namespace.apply(manifests.service("echo", ports={"": (80, 8080)}))
    server = desk.local_server()

    desk.intercept("echo", port=server.port)

    assert application.answered_by() == desk.name


def test_of_two_workloads_behind_a_service_one_is_intercepted(namespace: Namespace, desk: Desk) -> None:
    namespace.application("blue")
    namespace.application("green")
    for name in ("blue", "green"):
        label = '{"spec":{"template":{"metadata":{"labels":{"tier":"front"}}}}}'
        namespace.run("patch", f"deployment/{name}", "--patch", label)
    front = manifests.service("front")
    front["spec"]["selector"] = {"tier": "front"}
    namespace.apply(front)
    for name in ("blue", "green"):
        namespace.wait_ready(f"deployment/{name}")
    server = desk.local_server()

    desk.intercept("blue", "--service", "front", port=server.port)

    place = namespace.place("front")
    (green,) = Application(namespace, "Deployment", "green").pod_names()
    assert {place.who() for _ in range(30)} == {desk.name, green}


def test_an_intercept_may_have_another_name_than_its_workload(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    server = desk.local_server()

    made = desk.intercept("mine", "--workload", "echo", port=server.port)

    assert (made["name"], made["workload"]) == ("mine", "echo")
    assert application.answered_by() == desk.name


def test_a_port_that_is_ones_own_already_is_said_so(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    namespace.application()
    desk.intercept("echo", port=desk.free_port())

    own = desk.try_intercept("again", "--workload", "deploy/echo", port=desk.free_port()).failed()
    others = second_desk.try_intercept("mine", "--workload", "echo", port=second_desk.free_port()).failed()

    assert "already intercepted by you (intercept echo" in own.message
    assert own.hint == "run: telelens leave echo"
    others.about(desk.user.name, "revoke", f"kubectl delete intercept echo -n {namespace.name}")


def test_the_second_intercept_after_a_leave_works_like_the_first(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application(replicas=2)
    server = desk.local_server()
    for _ in range(3):
        desk.intercept("echo", port=server.port)
        assert application.everyone() == {desk.name}
        desk.leave("echo")
        application.until_answered_by(*application.pod_names())


def test_a_connection_opened_after_a_leave_does_not_escape_the_second_intercept(
    namespace: Namespace, desk: Desk
) -> None:
    """The redirect lingers: a caller who pools connections meets the agent, which has him come anew."""
    application = namespace.application()
    server = desk.local_server()
    desk.intercept("echo", port=server.port)
    desk.leave("echo")
    application.until_answered_by(*application.pod_names())
    between = application.service.open()
    assert between.who() in application.pod_names()

    desk.intercept("echo", port=server.port)
    assert application.answered_by() == desk.name
    eventually(lambda: old_connections(desk) == 0)
    with pytest.raises(CallFailed):
        between.who()


def old_connections(desk: Desk) -> int:
    """Of the only intercept, in all its pods."""
    (one,) = desk.status()["intercepts"]
    return sum(pod.get("oldConnections", 0) for pod in one["pods"])


def test_a_replica_that_comes_later_delivers_too(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    server = desk.local_server()
    desk.intercept("echo", port=server.port)

    load = application.service.load()
    application.scale(3)
    namespace.wait_ready("deployment/echo")

    assert len(phase_and_pods(desk)[1]) == 3, "a pod is not ready before its agent has a tunnel"
    assert application.everyone(asked=60) == {desk.name}
    counted = load.stop()
    assert counted.answered.keys() == {desk.name}, f"the application never answers: {counted}"
    assert not counted.failures, str(counted)


def test_no_replica_is_waiting_and_one_is_active_again(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    server = desk.local_server()
    desk.intercept("echo", port=server.port)

    application.scale(0)
    eventually(lambda: phase_and_pods(desk)[0] == "WAITING")
    application.scale(1)
    application.wait_ready()

    eventually(lambda: phase_and_pods(desk)[0] == "ACTIVE")
    assert application.answered_by() == desk.name


def test_a_pod_that_is_replaced_is_followed(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    server = desk.local_server()
    desk.intercept("echo", port=server.port)

    namespace.run("delete", "pod", application.pod()["metadata"]["name"])
    application.wait_ready()

    application.until_answered_by(desk.name)


def test_a_command_runs_with_the_intercept_and_ends_it(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    desk.connect()
    port = desk.free_port()
    server = str(manifests.PROGRAMS / "application.py")

    running = desk.start_telelens(
        "intercept", "echo", "--port", str(port), "--", "python3", "-u", server, "--who", "mine", "--port", str(port)
    )
    running.line("listening on")
    application.until_answered_by("mine")
    running.interrupt()

    running.wait()
    application.until_answered_by(*application.pod_names())
    assert desk.intercepts() == []


def phase_and_pods(desk: Desk) -> tuple[str, list[str]]:
    """Of the only intercept, as `status` says it."""
    (one,) = desk.status()["intercepts"]
    return one["phase"], [pod["name"] for pod in one.get("pods", ())]
