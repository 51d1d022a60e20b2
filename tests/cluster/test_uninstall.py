"""The traffic manager goes, in the middle of an intercept: applications go on, and nothing of ours is left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fixtures.desk import Desk
from fixtures.manager import Manager
from fixtures.namespace import Namespace
from fixtures.waiting import eventually

CLUSTER_WIDE = (
    "customresourcedefinitions,clusterroles,clusterrolebindings,mutatingwebhookconfigurations,"
    "validatingwebhookconfigurations,validatingadmissionpolicies,validatingadmissionpolicybindings"
)
NAMESPACED = "secrets,configmaps,leases,services,serviceaccounts,roles,jobs"


@pytest.fixture
def installed_again(manager: Manager) -> Iterator[None]:
    """The other tests need it."""
    yield
    if not manager.installed():
        manager.install()


@pytest.mark.usefixtures("installed_again")
@pytest.mark.parametrize("more", [[], ["--crds"]], ids=["crds-stay", "crds-too"])
def test_uninstalling_leaves_nothing_and_hurts_nobody(
    namespace: Namespace, desk: Desk, manager: Manager, more: list[str]
) -> None:
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)
    load = application.service.load()

    manager.uninstall(*more).succeeded()

    kubectl = namespace.kubectl
    eventually(lambda: manager.pods_left() == [])
    left = [*kubectl.get(CLUSTER_WIDE), *kubectl.get(NAMESPACED, "--namespace", manager.namespace)]
    names = {one["metadata"]["name"] for one in left if "telelens" in one["metadata"]["name"]}
    assert names == (set() if more else {"sessions.telelens.dev", "intercepts.telelens.dev"})
    assert desk.sessions() == []
    assert desk.intercepts() == []
    # Who has an agent keeps it until the next rollout, and still answers.
    namespace.run("rollout", "restart", "deployment/echo")
    application.wait_ready()
    application.until_answered_by(*application.pod_names())
    assert len(application.pod()["spec"]["containers"]) == 1
    counted = load.stop()
    # What is at the desk when an intercept ends is cut: at most one request of each of the four workers.
    end_of_intercept = counted.turns[1][0]
    cut = [failure for failure in counted.failures if failure["at"] <= end_of_intercept]
    assert len(cut) <= 4, str(counted)
    # The rollout cuts none: but while kube-proxy changes its rules, it may refuse one connection that falls in between.
    others = [failure for failure in counted.failures if failure not in cut]
    assert len(others) <= 1, str(counted)
    assert all("ConnectionRefusedError" in failure["error"] for failure in others), str(counted)


@pytest.mark.usefixtures("installed_again")
def test_a_namespace_goes_without_a_manager(namespace: Namespace, desk: Desk, manager: Manager) -> None:
    """No finalizer of ours, no webhook that would have to answer."""
    namespace.application()
    desk.intercept("echo", port=desk.local_server().port)

    manager.kill_for_good()
    namespace.run("delete", "namespace", namespace.name, "--timeout", "60s", timeout=70)

    assert namespace.kubectl.get("namespace", namespace.name) is None
    manager.scale_back()


def test_an_upgrade_in_the_middle_of_an_intercept(namespace: Namespace, desk: Desk, manager: Manager) -> None:
    application = namespace.application()
    made = desk.intercept("echo", port=desk.local_server().port)
    load = application.service.load()

    manager.upgrade("--set", "logLevel=DEBUG")

    eventually(lambda: application.answered_by() == desk.name)
    counted = load.stop()
    assert not counted.failures, str(counted)
    assert counted.answered.keys() == {desk.name}, str(counted)
    (one,) = desk.status()["intercepts"]
    assert (one["uid"], one["phase"]) == (made["uid"], "ACTIVE")
    manager.upgrade()
