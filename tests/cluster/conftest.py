"""The fixtures of the tests on a real cluster: see `fixtures/` for what they are made of."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import localkube
import pytest
from fixtures import logs, manifests
from fixtures.caller import Answer, Caller, Place
from fixtures.cluster import BESIDE, WORKER, Cluster, own_name
from fixtures.desk import Desk
from fixtures.machine import ALONE, Machine
from fixtures.manager import Manager
from fixtures.namespace import Namespace, new_name
from fixtures.notes import Note, noted
from fixtures.users import EXEC, Rights, User, binding, make_user, role

HERE = Path(__file__).parent


class Stage:
    """What a test has on the cluster and at desks, so that a failure can show it."""

    def __init__(self) -> None:
        self.namespaces: list[str] = []
        self.desks: list[Desk] = []
        self.logs: Path | None = None


STAGE = pytest.StashKey[Stage]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.cluster)


CLUSTER = pytest.StashKey[Cluster]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """State what faults and loads cost."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    lines = [(report, what, figure) for report in reports if report.when == "call" for what, figure in noted(report)]
    if lines:
        terminalreporter.section("what it cost")
    for report, what, figure in lines:
        terminalreporter.write_line(f"{report.location[2]}: {what}: {figure}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Before anything is taken down, keep what could explain a failure, and say where."""
    report = yield
    stage = item.stash.get(STAGE, None)
    cluster = item.session.stash.get(CLUSTER, None)
    if stage is None or cluster is None:
        return report
    if report.failed:
        if stage.logs is None:
            stage.logs = logs.folder_of(item.nodeid.removeprefix("tests/cluster/"))
            logs.collect(cluster.kubectl, [*stage.namespaces, Manager.namespace], stage.desks, stage.logs)
        report.sections.append(("logs of every component", str(stage.logs)))
    if report.when == "teardown":
        for desk in stage.desks:
            desk.forget()
    return report


@pytest.fixture(scope="session")
def machine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """What the workers of a run have in common."""
    shared = tmp_path_factory.getbasetemp().parent if WORKER in os.environ else tmp_path_factory.getbasetemp()
    return Machine(
        mark=shared / "machine-is-free", wanted=any(item.path.name == ALONE for item in request.session.items)
    )


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest, machine: Machine) -> Iterator[Cluster]:
    """A real cluster; the project's own unless TELELENS_KUBECONFIG names another.

    That of a second worker is there for the run alone.
    """
    beside = own_name().endswith(BESIDE)
    if beside:
        machine.wait()
    found = Cluster.find()
    request.session.stash[CLUSTER] = found
    yield found
    if beside and found.local is not None:
        localkube.down(found.local.name)


@pytest.fixture(scope="session")
def manager(cluster: Cluster) -> Iterator[Manager]:
    """The traffic manager, installed by `telelens helm install`, taken away at the end."""
    cluster.load_images()
    manager = Manager(cluster)
    if manager.installed():
        if cluster.local is None:
            pytest.fail(f"a traffic manager is installed in namespace {manager.namespace}: uninstall it first")
        manager.uninstall()
    manager.install()
    yield manager
    manager.uninstall()


@pytest.fixture(scope="session")
def caller(cluster: Cluster) -> Iterator[Caller]:
    """A long-lived pod from which Services are called, in a namespace of its own."""
    cluster.load_images()
    name = new_name().replace("test", "caller")
    kubectl = cluster.kubectl
    kubectl.run("create", "namespace", name)
    try:
        container = manifests.python_container("caller", "caller.py", stdin=True)
        container["command"] = ["sleep", "infinity"]
        pod: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "caller"},
            "spec": {
                "containers": [container],
                "volumes": [manifests.PROGRAMS_VOLUME],
                "terminationGracePeriodSeconds": 0,
            },
        }
        kubectl.apply([manifests.programs(), pod], namespace=name)
        kubectl.run("wait", "pod/caller", "--for", "condition=Ready", "--namespace", name, "--timeout", "60s")
        inside = ["--", "python3", "-u", "/programs/caller.py"]
        caller = Caller(kubectl.command("exec", "--stdin", "caller", "--namespace", name, *inside))
        yield caller
        caller.close()
    finally:
        kubectl.run("delete", "namespace", name, "--wait=false")


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    """Takes down a figure, to be stated at the end of the run."""
    return Note(request.node)


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    made = Stage()
    request.node.stash[STAGE] = made
    return made


@pytest.fixture
def make_namespace(cluster: Cluster, caller: Caller, stage: Stage) -> Iterator[Callable[..., Namespace]]:
    """Namespaces that are gone after the test; keyword arguments are their labels."""

    def make(labels: dict[str, str] | None = None) -> Namespace:
        namespace = Namespace(new_name(), cluster.kubectl, caller)
        namespace.create(labels or {})
        stage.namespaces.append(namespace.name)
        return namespace

    yield make
    for name in stage.namespaces:
        cluster.kubectl.run("delete", "namespace", name, "--wait=false", "--ignore-not-found", check=False)


@pytest.fixture
def namespace(make_namespace: Callable[..., Namespace], manager: Manager) -> Namespace:
    """Fresh for each test, on a cluster with a traffic manager."""
    return make_namespace()


@pytest.fixture
def apply(namespace: Namespace) -> Callable[..., None]:
    """Create or change objects in the test's namespace."""
    return namespace.apply


@pytest.fixture
def wait_ready(namespace: Namespace) -> Callable[..., None]:
    """Wait until a workload (`deployment/echo`) of the test's namespace is rolled out."""
    return namespace.wait_ready


@pytest.fixture
def curl_from_pod(caller: Caller) -> Callable[..., Answer]:
    """One HTTP request to (host, port) from inside the cluster."""
    return lambda host, port, path="/who", **more: Place(caller, host, port).ask(path, **more)


@pytest.fixture
def rights(cluster: Cluster) -> Iterator[Rights]:
    """Bindings and roles for users; taken back after the test."""
    rights = Rights(cluster, lasting=Manager.namespace)
    yield rights
    rights.close()


@pytest.fixture
def stranger(cluster: Cluster, namespace: Namespace, tmp_path: Path) -> Callable[[str], User]:
    """Users without any right."""
    return lambda name: make_user(cluster, name, namespace=namespace.name, folder=tmp_path)


@pytest.fixture
def make_colleague(
    stranger: Callable[[str], User], rights: Rights, namespace: Namespace, manager: Manager
) -> Callable[[str], User]:
    """Users with the two shipped roles and `pods/exec` in the test's namespace: nothing else."""

    def make(name: str) -> User:
        user = stranger(name)
        rights.grant(
            binding(user, "telelens-user", namespace=manager.namespace),
            binding(user, "telelens-intercept", namespace=namespace.name),
            role("exec", EXEC, namespace=namespace.name),
            binding(user, "exec", kind="Role", namespace=namespace.name),
        )
        return user

    return make


@pytest.fixture
def make_desk(
    cluster: Cluster, namespace: Namespace, manager: Manager, stage: Stage, rights: Rights
) -> Iterator[Callable[[User, str], Desk]]:
    """Desks for users. Each is quit at the end of the test and must leave nothing; a failure ends it by force.

    Asks for `rights` so that these are still there when it quits.
    """

    def make(user: User, name: str) -> Desk:
        desk = Desk(cluster, user, name=name, namespace=namespace.name, manager_namespace=manager.namespace)
        stage.desks.append(desk)
        return desk

    yield make
    try:
        for desk in stage.desks:
            if desk.daemon() is not None:
                desk.quit().succeeded()
        for desk in stage.desks:
            desk.assert_nothing_left()
    finally:
        for desk in stage.desks:
            desk.close()


@pytest.fixture
def user(make_colleague: Callable[[str], User]) -> User:
    return make_colleague("ada")


@pytest.fixture
def second_user(make_colleague: Callable[[str], User]) -> User:
    return make_colleague("grace")


@pytest.fixture
def desk(make_desk: Callable[[User, str], Desk], user: User) -> Desk:
    """Ada's desk."""
    return make_desk(user, "ada")


@pytest.fixture
def second_desk(make_desk: Callable[[User, str], Desk], second_user: User) -> Desk:
    """Grace's desk."""
    return make_desk(second_user, "grace")


@pytest.fixture
def administrator(cluster: Cluster, make_desk: Callable[[User, str], Desk]) -> Desk:
    """The desk of somebody who may do everything, for what only an administrator does."""
    name = cluster.kubectl.run("auth", "whoami", "--output", "jsonpath={.status.userInfo.username}").strip()
    return make_desk(User(name=name, kubeconfig=cluster.kubectl.kubeconfig, subject={}), "administrator")
