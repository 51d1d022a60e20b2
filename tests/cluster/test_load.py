"""Much at once, much in a row, and long: what is promised of a tunnel and of a breakpoint."""

from __future__ import annotations

import pytest
from fixtures.agent import Agent
from fixtures.desk import Desk
from fixtures.manifests import Manifest
from fixtures.namespace import Namespace
from fixtures.notes import Note
from fixtures.waiting import eventually, throughout

MIB = 2**20


def test_large_bodies_in_parallel_are_byte_exact_both_ways(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)

    answers = application.service.echo(size=20 * MIB, parallel=13)

    assert answers == [{"who": desk.name, "size": 20 * MIB, "same": True}] * 13


def test_a_slow_stream_does_not_stall_another(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)
    slow = application.service.begin("/slow?seconds=8", patience=20)
    bodies = application.service.echo(size=2 * MIB, parallel=4)

    assert all(answer["same"] for answer in bodies)
    throughout(lambda: application.answered_by() == desk.name, seconds=2)
    assert slow.result(20)["headers"]["x-who"] == desk.name


@pytest.mark.timeout(400)
def test_30000_connections_leave_descriptors_and_memory_flat(namespace: Namespace, desk: Desk, note: Note) -> None:
    application = namespace.application()
    agent = Agent(namespace, application.pod())
    desk.intercept("echo", port=desk.local_server().port)
    daemon = desk.must_daemon()
    # The first thousands warm up: pools, arenas, code that is imported late.
    warm = application.service.churn(3_000)
    assert warm["answered"] == {desk.name: 3_000}, warm
    agent_before, daemon_before = agent.use(), (daemon.resident_mib(), daemon.descriptors())

    churned = application.service.churn(27_000)

    assert churned["answered"] == {desk.name: 27_000}, churned
    assert not churned["failed"], churned

    def descriptors_are_flat() -> bool:
        return agent.use().descriptors <= agent_before.descriptors + 2 and daemon.descriptors() <= daemon_before[1] + 2

    eventually(descriptors_are_flat)
    agent_after, daemon_after = agent.use(), (daemon.resident_mib(), daemon.descriptors())
    note("agent", f"{agent_before} {agent_after}")
    note("daemon", f"{daemon_before} {daemon_after}")
    note("connections per second", 27_000 / churned["seconds"])
    assert agent_after.resident_mib - agent_before.resident_mib < 5
    assert daemon_after[0] - daemon_before[0] < 8


PROBES: dict[str, Manifest] = {
    "http": {"httpGet": {"path": "/ready", "port": "http"}},
    "tcp": {"tcpSocket": {"port": 8080}},
}
STRICT = {"periodSeconds": 1, "failureThreshold": 1, "timeoutSeconds": 8}
"""One failure counts. A probe that met the desk would be refused at once there, or wait longer than this; a busy node,
on which even a healthy application may take a second, is no failure. One that is still starting may be restarted."""


def _stopped_at_a_breakpoint(namespace: Namespace, desk: Desk, probe: Manifest, seconds: float) -> None:
    """Nothing at the desk answers for that long, and the pod stays ready and is not restarted."""
    probes = {"readinessProbe": {**probe, **STRICT}, "livenessProbe": {**probe, **STRICT}}
    application = namespace.application(probes=probes)
    pod, restarts = application.pod()["metadata"]["uid"], application.restarts()
    server = desk.local_server()
    desk.intercept("echo", port=server.port)
    request = application.service.begin(f"/slow?seconds={seconds}", patience=seconds + 30)

    throughout(application.ready, seconds=seconds - 1, every=0.5)

    assert request.result(60)["headers"]["x-who"] == desk.name
    assert application.restarts() == restarts
    assert application.pod()["metadata"]["uid"] == pod


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES.keys())
def test_a_breakpoint_does_not_fail_the_strictest_probe(namespace: Namespace, desk: Desk, probe: Manifest) -> None:
    _stopped_at_a_breakpoint(namespace, desk, probe, 20)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_breakpoint_of_three_minutes(namespace: Namespace, desk: Desk) -> None:
    _stopped_at_a_breakpoint(namespace, desk, PROBES["http"], 180)


def test_probes_ask_the_application_while_its_program_at_the_desk_is_down(namespace: Namespace, desk: Desk) -> None:
    probe = {**PROBES["http"], **STRICT}
    application = namespace.application(probes={"readinessProbe": probe, "livenessProbe": probe})
    restarts = application.restarts()
    desk.intercept("echo", port=desk.free_port())

    throughout(application.ready, seconds=5, every=0.5)

    assert application.restarts() == restarts
