"""The control plane goes away, and traffic goes on."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fixtures import manifests
from fixtures.caller import Caller
from fixtures.cluster import ApiServer, Cluster
from fixtures.desk import Desk
from fixtures.kubectl import Kubectl
from fixtures.manager import Manager
from fixtures.manifests import PROGRAMS
from fixtures.namespace import Namespace
from fixtures.notes import Note
from fixtures.processes import Seen, with_variable
from fixtures.users import User
from fixtures.waiting import eventually
from telelens_schemas.resources import (
    Intercept,
    InterceptPort,
    InterceptSpec,
    Metadata,
    SessionReference,
    WorkloadReference,
)


def test_a_manager_killed_under_load_costs_no_request(
    namespace: Namespace, desk: Desk, manager: Manager, note: Note
) -> None:
    intercepted = namespace.application()
    untouched = namespace.application("other")
    server = desk.local_server()
    made = desk.intercept("echo", port=server.port)
    old = {pod["metadata"]["uid"] for pod in manager.pods()}
    loads = [intercepted.service.load(), untouched.service.load(), intercepted.service.load(keep=True)]

    manager.kill()
    manager.wait_ready()
    eventually(lambda: not old & {pod["metadata"]["uid"] for pod in manager.pods()})
    # Through all that a new leader does first.
    eventually(lambda: is_active(desk))

    counts = [load.stop() for load in loads]
    note("requests", "; ".join(one.summary for one in counts))
    for counted in counts:
        assert not counted.failures, str(counted)
    assert counts[0].answered.keys() == {desk.name}, str(counts[0])
    assert counts[2].answered.keys() == {desk.name}, str(counts[2])
    (one,) = desk.status()["intercepts"]
    assert one["uid"] == made["uid"]


def test_a_new_manager_knows_what_the_old_one_knew(
    cluster: Cluster, namespace: Namespace, desk: Desk, second_desk: Desk, manager: Manager
) -> None:
    """It leads when the old one's Lease has run out; who connects before that waits for it, and gets through."""
    cluster.inside()
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)
    for pod in manager.pods():
        for program in programs(pod["metadata"]["name"]):
            program.kill(signal.SIGSTOP)  # so that it cannot release its Lease
    manager.kill()
    manager.wait_ready()

    refused = second_desk.try_intercept("hers", "--workload", "echo", port=second_desk.local_server().port)
    refused.failed().about(desk.user.name)
    desk.leave("echo")
    application.until_answered_by(*application.pod_names())

    second_desk.intercept("echo", port=second_desk.local_server().port)
    assert application.answered_by() == second_desk.name


def test_who_leaves_one_of_two_intercepts_fails_no_request_though_the_manager_is_slow(
    cluster: Cluster, namespace: Namespace, desk: Desk, manager: Manager, note: Note
) -> None:
    """The tunnel stays for the other one, and the agent hears of the end later than the desk."""
    cluster.inside()
    application = namespace.application()
    port = desk.local_server().port
    for name in ("one", "other"):
        desk.intercept(name, "--workload", "echo", "--http-header", f"x-dev={name}", port=port)
    load = application.service.load(headers={"x-dev": "one"})
    eventually(lambda: load.report().answered.get(desk.name, 0) > 20)

    slow = [program for pod in manager.pods() for program in programs(pod["metadata"]["name"])]
    for program in slow:
        program.kill(signal.SIGSTOP)
    try:
        desk.leave("one")
        before = load.report().total
        eventually(lambda: load.report().total > before + 20)
    finally:
        for program in slow:
            program.kill(signal.SIGCONT)
    (pod,) = application.pod_names()
    eventually(lambda: load.report().answered.get(pod, 0) > 20)

    counted = load.stop()
    note("requests", counted.summary)
    assert not counted.failures, str(counted)
    assert set(counted.answered) == {desk.name, pod}, str(counted)
    assert application.service.ask(headers={"x-dev": "other"}).who == desk.name


def test_pods_get_their_agents_from_a_manager_that_ends(
    cluster: Cluster, namespace: Namespace, manager: Manager
) -> None:
    """Nodes lead the API server to it until they have heard of its end."""
    template = manifests.workload("new", annotations=manifests.INJECT)["spec"]["template"]
    template["metadata"]["generateName"] = "new-"
    pod = json.dumps({"apiVersion": "v1", "kind": "Pod", **template})

    def containers(_: int) -> int:
        made = namespace.run(
            "create", "--dry-run=server", "--validate=false", "--output=json", "--filename", "-", stdin=pod
        )
        return len(json.loads(made)["spec"]["containers"])

    before = {one["metadata"]["name"] for one in manager.pods()}
    with cluster.late_node():
        manager.replace()
        eventually(lambda: all("deletionTimestamp" in one["metadata"] for one in manager.pods_named(before)))
        # At once: the one that ends has few seconds.
        with ThreadPoolExecutor(3) as at_once:
            counted = list(at_once.map(containers, range(3)))
    assert counted == [2] * 3, "containers of pods that came meanwhile"
    eventually(lambda: not manager.pods_named(before))


def test_of_two_replicas_the_other_leads_when_one_hangs(cluster: Cluster, manager: Manager) -> None:
    """It takes no leave, and its pod stays: the agents' Service must not lead to both."""
    cluster.inside()
    manager.upgrade("--set", "replicas=2")
    try:
        leader = eventually(lambda: leaders(manager)).pop()
        (hanging,) = programs(leader)
        hanging.kill(signal.SIGSTOP)
        try:
            eventually(lambda: leaders(manager) and leader not in leaders(manager), every=1)
        finally:
            hanging.kill(signal.SIGCONT)
        assert len(leaders(manager)) == 1
    finally:
        manager.upgrade()


@pytest.fixture
def no_manager(manager: Manager) -> Iterator[None]:
    """Every replica is gone; all else of the installation stays, and they are back afterwards."""
    manager.kill_for_good()
    yield
    manager.scale_back()


def test_without_a_manager_pods_start_and_intercepts_can_be_created(
    namespace: Namespace, user: User, no_manager: None
) -> None:
    """Both pass a webhook that nobody answers."""
    application = namespace.application(injected=True, wait=False)
    namespace.wait_ready(application.reference)
    assert len(application.pod()["spec"]["containers"]) == 1, "without an agent, as nobody was there to inject it"

    wanted = Intercept(
        metadata=Metadata(name="echo", namespace=namespace.name),
        spec=InterceptSpec(
            owner=user.name,
            session=SessionReference(name="none", uid="none"),
            workload=WorkloadReference(kind="Deployment", name="echo"),
            ports=(InterceptPort(local_port=9090),),
        ),
    )
    as_user = Kubectl(namespace.kubectl.program, user.kubeconfig)
    as_user.run("create", "--filename", "-", stdin=json.dumps(wanted.to_object()))
    namespace.run("delete", "intercepts.telelens.dev", "echo")


@pytest.fixture
def caller_on_the_node(cluster: Cluster) -> Iterator[Caller]:
    """Calls Services without an API server in between."""
    caller = Caller([*cluster.node_prefix(), "python3", "-u", str(PROGRAMS / "caller.py")])
    yield caller
    caller.close()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_an_api_server_away_for_a_minute(
    namespace: Namespace,
    desk: Desk,
    api_server: ApiServer,
    caller_on_the_node: Caller,
    note: Note,
) -> None:
    """The tunnel passes through the API server here: without it the application answers, and afterwards the desk."""
    intercepted = namespace.application()
    untouched = namespace.application("other")
    made = desk.intercept("echo", port=desk.local_server().port)
    pods = intercepted.pod_names()
    place = intercepted.service.from_(caller_on_the_node)
    loads = [place.load(), untouched.service.from_(caller_on_the_node).load()]
    eventually(lambda: loads[0].report().answered.get(desk.name, 0) > 20)

    api_server.stop()
    eventually(lambda: place.who() in pods)
    away = loads[0].report()
    eventually(lambda: loads[0].report().seconds - away.seconds > 60, within=70, every=1)
    api_server.start()

    eventually(lambda: place.who() == desk.name)
    # Kubernetes' own parts try again ever more slowly, up to half a minute.
    eventually(lambda: is_active(desk), within=120, every=1)
    counts = [load.stop() for load in loads]
    note("requests", "; ".join(one.summary for one in counts))
    assert not counts[1].failures, str(counts[1])
    # Those that were on their way when the tunnel broke, and no others.
    assert len(counts[0].failures) <= 8, str(counts[0])
    (one,) = desk.status()["intercepts"]
    assert one["uid"] == made["uid"], "the same intercept"


def leaders(manager: Manager) -> set[str]:
    """The pods that the agents' Service leads to."""
    pods = [pod["metadata"] for pod in manager.pods() if "deletionTimestamp" not in pod["metadata"]]
    return {pod["name"] for pod in pods if pod["labels"].get("telelens.dev/leader") == "true"}


def programs(pod: str) -> list[Seen]:
    """The manager's own processes in this pod."""
    return [one for one in with_variable("POD_NAME", pod) if "telelens_cluster.manager" in one.command]


def is_active(desk: Desk) -> bool:
    """The only intercept. Raises AssertionError with its phase and message while it is not."""
    (one,) = desk.status()["intercepts"]
    assert one["phase"] == "ACTIVE", f"{one['phase']}: {one['message']}"
    return True
