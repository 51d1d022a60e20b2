"""`telelens helm`: what an administrator does wrong, and what stays as it was."""

from __future__ import annotations

import json

from fixtures.cluster import Cluster
from fixtures.manager import Manager


def _generation(manager: Manager) -> int:
    return int(manager.deployment()["metadata"]["generation"])


def test_no_webhook_stands_in_the_way(cluster: Cluster, manager: Manager) -> None:
    """As they arrived at the API server: none refuses anything for being away, none costs more than two seconds."""
    kinds = "mutatingwebhookconfiguration", "validatingwebhookconfiguration"
    name = f"telelens-manager-{manager.namespace}"
    webhooks = [one for kind in kinds for one in cluster.kubectl.get(kind, name)["webhooks"]]

    assert {one["name"] for one in webhooks} == {"inject.telelens.dev", "conflicts.telelens.dev"}
    assert {(one["failurePolicy"], one["timeoutSeconds"]) for one in webhooks} == {("Ignore", 2)}


def test_a_value_of_the_wrong_type_changes_nothing(manager: Manager) -> None:
    before = _generation(manager)

    manager.helm("upgrade", "--set", "replicas=many").failed().about("replicas")

    assert _generation(manager) == before


def test_a_value_that_does_not_exist_changes_nothing(manager: Manager) -> None:
    before = _generation(manager)

    manager.helm("upgrade", "--set", "replica=2").failed().about("replica")

    assert _generation(manager) == before


def test_an_administrator_is_told_what_comes_next(manager: Manager) -> None:
    """The chart's own words: which rights people need, and where previews have to be led."""
    said = manager.helm("upgrade", "--set", "logLevel=INFO").succeeded().stdout
    assert said.startswith(f"Traffic manager upgraded in namespace {manager.namespace}\n\n")
    assert "create rolebinding NAME --clusterrole telelens-user" in said

    told = json.loads(manager.helm("upgrade", "--set", "logLevel=INFO", "--output", "json").succeeded().stdout)
    assert told["result"] == "upgraded"
    assert told["notes"] in said


def test_installing_twice_says_how_to_upgrade(manager: Manager) -> None:
    before = _generation(manager)

    manager.helm("install").failed().about("telelens helm upgrade")

    assert _generation(manager) == before


def test_uninstalling_what_is_not_there(manager: Manager) -> None:
    manager.helm("uninstall", "--manager-namespace", "default").failed().about("--namespace")

    assert manager.installed()


def test_two_replicas_one_of_which_acts(manager: Manager) -> None:
    """Upgraded and back; both serve the webhook, one has the lease."""
    manager.upgrade("--set", "replicas=2")
    try:
        assert len([pod for pod in manager.pods() if "deletionTimestamp" not in pod["metadata"]]) == 2
        leaders = [pod for pod in manager.pods() if pod["metadata"]["labels"].get("telelens.dev/leader") == "true"]
        assert len(leaders) == 1
    finally:
        manager.upgrade()
