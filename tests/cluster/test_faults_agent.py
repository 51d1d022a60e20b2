"""An agent that dies hurts nobody: killed as a process, as a container, again and again. Failures are counted.

One replica each time, and requests through the Service all the while, each on a connection of its own.
"""

from __future__ import annotations

from functools import partial

from fixtures.agent import Agent
from fixtures.caller import Counted
from fixtures.cluster import Cluster
from fixtures.desk import Desk
from fixtures.namespace import Namespace
from fixtures.notes import Note
from fixtures.waiting import eventually, throughout


def _failed_within(counted: Counted, seconds: float) -> None:
    """All failures began within so many seconds of each other: the time it took to step aside."""
    began = [failure["at"] for failure in counted.failures]
    assert not began or max(began) - min(began) <= seconds, f"requests failed for longer than {seconds:g} s: {counted}"


def test_an_idle_agent_that_is_killed_costs_no_request(namespace: Namespace, note: Note) -> None:
    application = namespace.application()
    agent = Agent(namespace, application.pod())
    load = application.service.load()

    agent.kill()
    eventually(agent.running)

    counted = load.stop()
    note("requests", counted.summary)
    assert not counted.failures, str(counted)
    assert application.restarts() == 0


def test_an_agent_that_is_killed_comes_back_in_place(namespace: Namespace, desk: Desk, note: Note) -> None:
    application = namespace.application()
    agent = Agent(namespace, application.pod())
    desk.intercept("echo", port=desk.local_server().port)
    load = application.service.load()
    eventually(lambda: load.report().answered.get(desk.name, 0) > 20)

    agent.kill()
    eventually(agent.running)
    application.until_answered_by(desk.name)
    failed = len(load.report().failures)
    throughout(lambda: len(load.report().failures) == failed, seconds=2)

    counted = load.stop()
    note("requests", counted.summary)
    # The kernel leads to it for 3 s at most; the rest is for requests that began before, on a busy machine.
    _failed_within(counted, 8)
    assert application.restarts() == 0, "the container did not restart, so the pod stayed in its Service"
    assert application.ready()


def test_an_agent_that_dies_again_and_again_steps_aside(namespace: Namespace, desk: Desk, note: Note) -> None:
    application = namespace.application()
    pods = application.pod_names()
    agent = Agent(namespace, application.pod())
    desk.intercept("echo", port=desk.local_server().port)
    load = application.service.load()

    killed = agent.kill_for(12)

    counted = load.report()
    assert killed >= 3, f"it was started again {killed} times"
    assert counted.turns[-1][1] in pods, f"the application answers: {counted}"
    _failed_within(counted, 12)
    assert application.ready(), "the pod stayed in its Service"
    assert application.restarts() == 0
    application.until_answered_by(desk.name)
    counted = load.stop()
    note("requests", counted.summary)
    assert counted.total - len(counted.failures) > counted.total / 2, str(counted)


def test_a_container_that_is_killed_restarts_and_delivers_again(
    cluster: Cluster, namespace: Namespace, desk: Desk, note: Note
) -> None:
    """A container that restarts makes its pod unready for a moment: Kubernetes' doing, counted here."""
    cluster.inside()
    application = namespace.application()
    agent = Agent(namespace, application.pod())
    intercept = desk.intercept("echo", port=desk.local_server().port)
    load = application.service.load()
    eventually(lambda: load.report().answered.get(desk.name, 0) > 20)

    agent.kill_container(cluster)
    eventually(lambda: agent.status()["restartCount"] == 1 and agent.status()["ready"])
    application.until_answered_by(desk.name)
    back = load.report().seconds
    throughout(lambda: application.answered_by() == desk.name, seconds=1)

    counted = load.stop()
    note("requests", counted.summary)
    assert all(one["at"] <= back for one in counted.failures), f"none after it was back: {counted}"
    (one,) = desk.status()["intercepts"]
    assert (one["uid"], one["phase"]) == (intercept["uid"], "ACTIVE")
    assert application.restarts("application") == 0


def test_a_container_that_crashes_in_a_loop_leaves_the_application_alone(
    cluster: Cluster, namespace: Namespace, desk: Desk, note: Note
) -> None:
    cluster.inside()
    application = namespace.application()
    agent = Agent(namespace, application.pod())
    desk.intercept("echo", port=desk.local_server().port)
    for _ in range(2):
        before = agent.status()["restartCount"]
        agent.kill_container(cluster)
        eventually(partial(_has_restarted, agent, before))

    # Whatever the kubelet does about that container, the application's own is untouched.
    assert application.restarts("application") == 0
    eventually(lambda: agent.status()["ready"], every=0.5)
    application.until_answered_by(desk.name)
    note("restarts", application.restarts("telelens-agent"))


def _has_restarted(agent: Agent, before: int) -> bool:
    """The kubelet waits longer each time, before it starts the container again."""
    status = agent.status()
    return bool(status["restartCount"] > before and status["ready"])
