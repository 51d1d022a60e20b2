"""The desk goes away: a closed lid, a lost network, a daemon that is killed. The place is kept."""

from __future__ import annotations

import dataclasses
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fixtures.breakpoints import PROBES, stop_at_a_breakpoint
from fixtures.cluster import Cluster
from fixtures.desk import Desk
from fixtures.manager import Manager
from fixtures.namespace import Application, Namespace
from fixtures.notes import Note
from fixtures.waiting import eventually
from localkube.commands import run
from telelens_daemons.daemon.origin import Origin
from telelens_daemons.places import Places


def phase_in_cluster(namespace: Namespace) -> str:
    """Of the only intercept, as the cluster says it: the desk may be asleep."""
    (one,) = namespace.get("intercepts.telelens.dev")
    return str(one.get("status", {}).get("phase"))


@contextmanager
def asleep(desk: Desk) -> Iterator[None]:
    """A closed lid: nothing of the desk runs, and no connection is closed."""
    daemon = desk.must_daemon()
    daemon.kill(signal.SIGSTOP)
    try:
        yield
    finally:
        daemon.kill(signal.SIGCONT)


@contextmanager
def unplugged(cluster: Cluster) -> Iterator[None]:
    """The workstation's network is gone, without a word to anybody."""
    local = cluster.inside()
    link = ["ip", "-n", local.node_namespace, "link", "set", "desk"]
    run(*link, "down")
    try:
        yield
    finally:
        run(*link, "up")


def _goes_away(namespace: Namespace, application: Application) -> None:
    pods = application.pod_names()
    eventually(lambda: phase_in_cluster(namespace) == "AWAY")
    eventually(lambda: application.answered_by() in pods)


def _comes_back(namespace: Namespace, application: Application, desk: Desk, uid: str) -> None:
    application.until_answered_by(desk.name)
    eventually(lambda: phase_in_cluster(namespace) == "ACTIVE")
    (one,) = desk.status()["intercepts"]
    assert one["uid"] == uid, "the same intercept"


def test_asleep_for_20_seconds(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    made = desk.intercept("echo", port=desk.local_server().port)

    with asleep(desk):
        began = time.monotonic()
        _goes_away(namespace, application)
        time.sleep(max(0.0, 20 - (time.monotonic() - began)))

    _comes_back(namespace, application, desk, made["uid"])


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_asleep_for_five_minutes_and_at_a_breakpoint_for_three(
    namespace: Namespace, desk: Desk, second_desk: Desk, note: Note
) -> None:
    """Two people, each with a workload, whose time passes at once."""
    application = namespace.application()
    made = desk.intercept("echo", port=desk.local_server().port)

    with asleep(desk):
        _goes_away(namespace, application)
        load = application.service.load(workers=1, pause=0.2)
        began = time.monotonic()
        stop_at_a_breakpoint(namespace, second_desk, PROBES["http"], seconds=180, workload="stopped")
        second_desk.leave("stopped")
        time.sleep(max(0.0, 300 - (time.monotonic() - began)))
        counted = load.stop()
        note("requests", counted.summary)
        assert not counted.failures, str(counted)
        assert counted.answered.keys() == application.pod_names(), str(counted)

    _comes_back(namespace, application, desk, made["uid"])


def test_without_network_for_20_seconds(cluster: Cluster, namespace: Namespace, desk: Desk) -> None:
    cluster.inside()
    application = namespace.application()
    made = desk.intercept("echo", port=desk.local_server().port)

    with unplugged(cluster):
        began = time.monotonic()
        _goes_away(namespace, application)
        assert desk.status()["connection"]["state"] != "connected", "status says that the network is gone"
        time.sleep(max(0.0, 20 - (time.monotonic() - began)))

    _comes_back(namespace, application, desk, made["uid"])


def test_a_daemon_that_is_killed_comes_back_as_the_same_session(namespace: Namespace, desk: Desk, note: Note) -> None:
    application = namespace.application()
    made = desk.intercept("echo", port=desk.local_server().port)
    session = desk.status()["connection"]["sessionUid"]
    load = application.service.load()
    eventually(lambda: load.report().answered.get(desk.name, 0) > 20)

    desk.must_daemon().kill()
    application.until_answered_by(*application.pod_names())
    # Any command brings it back.
    eventually(lambda: (desk.status().get("connection") or {}).get("sessionUid") == session)

    application.until_answered_by(desk.name)
    (one,) = desk.status()["intercepts"]
    assert one["uid"] == made["uid"]
    counted = load.stop()
    note("requests", counted.summary)
    assert len(counted.failures) <= 8, f"only those that were at the desk when it died: {counted}"


def test_a_daemon_left_over_by_an_update_serves_until_it_is_quit(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)
    old = desk.must_daemon().pid
    places = Places.of(desk.environment)
    origin = Origin.read(places)
    assert origin is not None
    dataclasses.replace(origin, package="/elsewhere/telelens_daemons/__init__.py", version="0.0.1").write(places)
    told = desk.telelens("status").succeeded().stdout
    assert "exchanged by the next command after telelens quit" in told
    assert desk.must_daemon().pid == old
    application.until_answered_by(desk.name)

    desk.telelens("quit").succeeded()
    assert desk.must_daemon().pid == old
    assert desk.status()["userDaemon"]["pid"] != old
    eventually(lambda: desk.must_daemon().pid != old)


def test_a_local_program_that_comes_and_goes(namespace: Namespace, desk: Desk) -> None:
    application = namespace.application()
    server = desk.local_server("first")
    desk.intercept("echo", port=server.port)
    assert application.answered_by() == "first"

    server.close()
    assert application.answered_by() == ""
    desk.local_server("second", port=server.port)

    application.until_answered_by("second")


@pytest.fixture
def impatient(manager: Manager) -> Iterator[None]:
    """A manager that gives a silent workstation's place up after half a minute, not ten."""
    manager.upgrade("--set", "sessions.goneAfterSeconds=30")
    yield
    manager.upgrade()


@pytest.mark.slow
@pytest.mark.usefixtures("impatient")
def test_a_desk_that_never_comes_back_loses_its_place(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)

    desk.must_daemon().kill()
    eventually(lambda: desk.intercepts() == [] and desk.sessions() == [], within=90, every=1)

    second_desk.intercept("echo", port=second_desk.local_server().port)
    assert application.answered_by() == second_desk.name
    # What comes back late says so, and starts from nothing.
    assert desk.status()["intercepts"] == []
