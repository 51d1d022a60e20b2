"""Conflicts in words, patches, the Lease, settings, metrics."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from telelens_cluster.manager.conflict import age
from telelens_cluster.manager.errors import ConfigurationError, NotAName
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.kinds import POD
from telelens_cluster.manager.leader import DURATION, Holding
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.rehearsal import trial_pod
from telelens_cluster.manager.rollout import roll_back_patch, roll_patch
from telelens_cluster.manager.settings import Settings
from telelens_cluster.manager.status_patch import status_patch
from telelens_schemas.resources import InterceptStatus, Phase

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("created", "said"),
    [
        (None, "since just now"),
        ("2026-01-02T00:00:00Z", "since just now"),
        ("2026-01-01T23:59:59Z", "for 1 second"),
        ("2026-01-01T23:55:00Z", "for 5 minutes"),
        ("2026-01-01T21:59:00Z", "for 2 hours"),
        ("2025-12-31T00:00:00Z", "for 2 days"),
        ("2026-01-03T00:00:00Z", "since just now"),
    ],
)
def test_ages(created: str | None, said: str) -> None:
    assert age(created, NOW) == said


class TestRollout:
    def workload(self, patch: dict[str, Any], template: dict[str, str] | None = None) -> dict[str, Any]:
        own = (patch.get("metadata") or {}).get("annotations") or {}
        rolled = patch["spec"]["template"]["metadata"]["annotations"]
        inside = {"metadata": {"annotations": {**(template or {}), **rolled}}}
        return {"metadata": {"annotations": own}, "spec": {"template": inside}}

    def test_rolling_back_takes_away_what_was_added(self) -> None:
        workload = self.workload(roll_patch(NOW, enable=True))
        patch = roll_back_patch(workload)
        assert patch is not None
        assert set(patch["spec"]["template"]["metadata"]["annotations"]) == {
            "telelens.dev/inject-traffic-agent",
            "telelens.dev/rolled-at",
        }
        assert patch["metadata"] == {"annotations": {"telelens.dev/enabled-by-manager": None}}

    def test_what_the_owner_wrote_stays(self) -> None:
        own = {"telelens.dev/inject-traffic-agent": "enabled"}
        patch = roll_back_patch(self.workload(roll_patch(NOW, enable=False), own))
        assert patch == {"spec": {"template": {"metadata": {"annotations": {"telelens.dev/rolled-at": None}}}}}

    def test_a_workload_without_anything_of_ours_is_not_touched(self) -> None:
        assert roll_back_patch({"metadata": {}, "spec": {"template": {"spec": {}}}}) is None


def test_a_trial_pod_has_the_claims_that_the_controller_would_give_it() -> None:
    template: dict[str, Any] = {
        "metadata": {"labels": {"app": "db"}},
        "spec": {"containers": [], "volumes": [{"name": "v"}]},
    }
    claims = [{"metadata": {"name": "data"}}]
    workload = {"spec": {"template": template, "volumeClaimTemplates": claims}}
    pod = trial_pod(WorkloadKey("shop", "StatefulSet", "db"), workload)
    assert pod["metadata"]["labels"] == {"app": "db"}
    assert pod["spec"]["volumes"][1] == {"name": "data", "persistentVolumeClaim": {"claimName": "data-db-0"}}
    assert template["spec"]["volumes"] == [{"name": "v"}]


def test_a_status_patch_clears_what_is_no_longer_so() -> None:
    patch = status_patch("u", InterceptStatus(phase=Phase.ERROR, message="m"))
    assert patch["metadata"] == {"uid": "u"}
    assert patch["status"]["service"] is None
    assert patch["status"]["pods"] == []
    assert patch["status"]["hint"] == ""


class TestPaths:
    def test_names_become_parts_of_a_path(self) -> None:
        assert POD.object("shop", "echo-1.a") == "/api/v1/namespaces/shop/pods/echo-1.a"
        assert POD.object("shop", "x", "status") == "/api/v1/namespaces/shop/pods/x/status"
        assert POD.collection() == "/api/v1/pods"

    @pytest.mark.parametrize("name", ["", "..", ".", "a/b", "a?b", "a%2fb", "A", "a..b", "-a", "a\n", "a" * 254])
    def test_what_is_no_name_becomes_no_path(self, name: str) -> None:
        with pytest.raises(NotAName):
            POD.object("shop", name)
        with pytest.raises(NotAName):
            POD.collection(name)

    def test_a_namespace_has_no_dots(self) -> None:
        with pytest.raises(NotAName):
            POD.collection("a.b")


class TestLease:
    def test_free_and_one_s_own_may_be_taken_at_once(self) -> None:
        assert Holding("", "", 100).may_be_taken("me", 100)
        assert Holding("me", "t", 100).may_be_taken("me", 100)

    def test_another_s_only_when_it_was_not_renewed(self) -> None:
        assert not Holding("you", "t", 100).may_be_taken("me", 100 + DURATION)
        assert Holding("you", "t", 100).may_be_taken("me", 100.1 + DURATION)


class TestSettings:
    GIVEN: ClassVar = {
        "POD_NAME": "m-1",
        "POD_NAMESPACE": "telelens",
        "POD_UID": "u",
        "POD_IPS": "10.0.0.1,fd00::1",
        "TELELENS_VERSION": "1",
        "TELELENS_AGENT_IMAGE": "agent:1",
    }

    def test_defaults(self) -> None:
        settings = Settings.from_environment(self.GIVEN)
        assert (settings.away_after, settings.gone_after, settings.linger) == (15, 600, 600)
        assert settings.namespaces == ()

    def test_a_list_of_namespaces(self) -> None:
        assert Settings.from_environment({**self.GIVEN, "TELELENS_NAMESPACES": "a,b"}).namespaces == ("a", "b")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("POD_IPS", ""),
            ("TELELENS_LINGER", "soon"),
            ("TELELENS_AWAY_AFTER", "0"),
            ("TELELENS_AGENT_RESOURCES", "{"),
        ],
    )
    def test_what_is_wrong_is_named(self, name: str, value: str) -> None:
        with pytest.raises(ConfigurationError, match=name):
            Settings.from_environment({**self.GIVEN, name: value})

    def test_the_redirect_need_not_linger(self) -> None:
        assert Settings.from_environment({**self.GIVEN, "TELELENS_LINGER": "0"}).linger == 0


def test_metrics_are_prometheus_text() -> None:
    metrics = Metrics()
    metrics.count("hooks", path='/"x"')
    metrics.count("hooks", path='/"x"')
    metrics.gauge("agents", lambda: 3)
    assert metrics.text() == (
        "# TYPE telelens_manager_hooks_total counter\n"
        'telelens_manager_hooks_total{path="/\\"x\\""} 2\n'
        "# TYPE telelens_manager_agents gauge\n"
        "telelens_manager_agents 3\n"
    )
