"""Much at once and much in a row: what is promised of a tunnel and of a breakpoint."""

from __future__ import annotations

import pytest
from fixtures.agent import Agent
from fixtures.breakpoints import PROBES, STRICT, stop_at_a_breakpoint
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


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES.keys())
def test_a_breakpoint_does_not_fail_the_strictest_probe(namespace: Namespace, desk: Desk, probe: Manifest) -> None:
    stop_at_a_breakpoint(namespace, desk, probe, seconds=20)


def test_probes_ask_the_application_while_its_program_at_the_desk_is_down(namespace: Namespace, desk: Desk) -> None:
    probe = {**PROBES["http"], **STRICT}
    application = namespace.application(probes={"readinessProbe": probe, "livenessProbe": probe})
    restarts = application.restarts()
    desk.intercept("echo", port=desk.free_port())

    throughout(application.ready, seconds=5, every=0.5)

    assert application.restarts() == restarts
