"""How an agent gets into pods: without losing a request, and without changing what the application sees."""

from __future__ import annotations

from typing import Any

import pytest
from fixtures.agent import CONTAINER
from fixtures.desk import Desk
from fixtures.namespace import Application, Namespace
from fixtures.notes import Note
from fixtures.waiting import eventually


def _has_agent(pod: dict[str, Any]) -> bool:
    return any(container["name"] == CONTAINER for container in pod["spec"]["containers"])


@pytest.mark.parametrize("replicas", [1, 2])
def test_no_request_is_lost_while_the_agent_comes(namespace: Namespace, desk: Desk, replicas: int, note: Note) -> None:
    application = namespace.application(replicas=replicas, injected=False)
    server = desk.local_server()
    load = application.service.load(keep=False)
    eventually(lambda: load.report().total > 20)

    desk.intercept("echo", port=server.port)
    eventually(lambda: load.report().turns[-1][1] == desk.name)

    counted = load.stop()
    note("requests", counted.summary)
    assert not counted.failures, str(counted)
    assert all(_has_agent(pod) for pod in application.pods())


def test_the_agent_stays_and_the_next_intercept_needs_no_rollout(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application(injected=False)
    server = desk.local_server()
    desk.intercept("echo", port=server.port)
    desk.leave("echo")
    pod = application.pod()["metadata"]["uid"]

    result = desk.try_intercept("echo", port=server.port).succeeded()

    assert application.pod()["metadata"]["uid"] == pod
    assert result.seconds < 20
    assert application.answered_by() == desk.name


def test_the_application_sees_what_it_saw_before(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application(injected=False, environment=[{"name": "A", "value": "b"}])
    plain = application.pod()["spec"]["containers"][0]
    seen = application.service.ask("/environment").json()
    desk.intercept("echo", port=desk.local_server().port)
    desk.leave("echo")
    application.until_answered_by(*application.pod_names())

    container = next(one for one in application.pod()["spec"]["containers"] if one["name"] == "application")

    probes = {"readinessProbe", "livenessProbe", "startupProbe", "lifecycle"}
    mounts = ("volumeMounts",)
    assert {key: value for key, value in container.items() if key not in {*probes, *mounts}} == {
        key: value for key, value in plain.items() if key not in {*probes, *mounts}
    }
    now = application.service.ask("/environment").json()
    assert {**now, "HOSTNAME": ""} == {**seen, "HOSTNAME": ""}


def test_an_agent_asks_for_nothing_that_it_does_not_need(namespace: Namespace, desk: Desk) -> None:
    """No right in the cluster, no privilege in the pod, nothing writable."""
    application = namespace.application()
    (agent,) = [one for one in application.pod()["spec"]["containers"] if one["name"] == CONTAINER]

    security = agent["securityContext"]
    assert security["runAsNonRoot"] or security["runAsUser"] != 0
    assert security["readOnlyRootFilesystem"]
    assert not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert "livenessProbe" not in agent
    assert "readinessProbe" not in agent
    mounted = {mount["mountPath"] for mount in agent["volumeMounts"]}
    assert "/var/run/secrets/kubernetes.io/serviceaccount" not in mounted or not _may_anything(namespace)


def _may_anything(namespace: Namespace) -> bool:
    account = f"system:serviceaccount:{namespace.name}:default"
    asked = namespace.kubectl.completed("auth", "can-i", "get", "pods", "--as", account, "--namespace", namespace.name)
    return asked.stdout.strip() == "yes"


def test_a_workload_that_forbids_it_is_left_alone(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application(injected=False, annotations={"telelens.dev/inject-traffic-agent": "disabled"})
    pods = application.pod_names()

    desk.try_intercept("echo", port=desk.free_port()).failed().about_one_line("echo", "inject-traffic-agent")

    assert application.pod_names() == pods


@pytest.mark.parametrize(
    ("pod", "said"),
    [
        ({"hostNetwork": True}, "hostNetwork"),
        ({"initContainers": [{"name": "linkerd-proxy", "image": "x"}]}, "mesh"),
    ],
    ids=["host-network", "mesh"],
)
def test_what_cannot_work_is_refused_with_the_reason(
    namespace: Namespace, desk: Desk, pod: dict[str, Any], said: str
) -> None:
    """At zero replicas: what stands in the template is enough to know."""
    namespace.application("odd", injected=False, replicas=0, pod=pod, wait=False)

    desk.try_intercept("odd", port=desk.free_port()).failed().about_one_line("odd", said)

    assert desk.intercepts() == []


def test_a_stateful_set_gets_it_pod_by_pod(namespace: Namespace, desk: Desk, note: Note) -> None:
    application: Application = namespace.application(kind="StatefulSet", replicas=2, injected=False)
    server = desk.local_server()
    load = application.service.load()

    desk.intercept("echo", port=server.port)

    assert application.everyone() == {desk.name}
    counted = load.stop()
    note("requests", counted.summary)
    assert not counted.failures, str(counted)
    assert all(_has_agent(pod) for pod in application.pods())
