"""What a check asks of a cluster: the workloads that can be intercepted, and no others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml
from telelens_daemons.cli.names import KINDS as TYPED
from telelens_daemons.cli.options import GlobalOptions
from telelens_daemons.intercepts.kinds import KINDS
from telelens_daemons.run.cluster_facts import gather_facts
from telelens_daemons.run.command import validate_specifications
from telelens_schemas.specification import read_specification
from telelens_schemas.specification.places import places_of
from telelens_schemas.workloads import workload_unsupported_reason
from telelens_server.cluster.kinds import WORKLOADS
from unit.daemons.fake_api import FakeApi
from unit.server.cluster.scene import kubeconfig_document

TEXT = "workloads: [{name: echo, intercepts: [{}]}]"
APPS = "/apis/apps/v1/namespaces/shop"
POD = {"spec": {"containers": [{"name": "app"}]}}


def test_one_list_of_kinds_serves_all() -> None:
    assert set(TYPED.values()) == set(KINDS)
    assert [one.resource for one in WORKLOADS] == list(KINDS.values())
    for kind in ("Deployment", "StatefulSet", "ReplicaSet", "DaemonSet", "Job", "CronJob", "Rollout", "Pod"):
        reason = workload_unsupported_reason({"kind": kind, "metadata": {"name": "echo"}, "spec": {"template": POD}})
        assert (reason is None) == (kind in KINDS), reason


async def test_a_check_knows_the_workloads_that_can_be_intercepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeApi().running() as api:
        for plural, name in (
            ("deployments", "echo"),
            ("statefulsets", "store"),
            ("daemonsets", "node"),
            ("replicasets", "bare"),
        ):
            api.put(f"{APPS}/{plural}", {"metadata": {"name": name, "namespace": "shop"}, "spec": {"template": POD}})
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(yaml.safe_dump(kubeconfig_document(api.url)))
        monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
        (specification,) = read_specification(TEXT, "one.ispec.yaml").specifications
        facts = await asyncio.to_thread(gather_facts, places_of(specification))
    workloads = facts.by_context["fake"].inside["shop"].workloads
    assert workloads is not None
    assert [one.title for one in workloads] == ["Deployment echo", "StatefulSet store"]


async def test_a_check_looks_for_services_that_a_compose_file_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "handlers: [{name: h, docker: {compose: {}}}]\nworkloads: [{name: echo, intercepts: [{handler: h}]}]\n"
    (tmp_path / "one.ispec.yaml").write_text(text)
    compose = tmp_path / "compose.yaml"
    compose.write_text("services:\n  web:\n    x-telepresence: {mapping: {name: eco, namespace: stage}}\n")
    kubeconfig = tmp_path / "kubeconfig"
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    async with FakeApi().running() as api:
        api.put("/api/v1/namespaces/stage/services", {"metadata": {"name": "echo", "namespace": "stage"}})
        kubeconfig.write_text(yaml.safe_dump(kubeconfig_document(api.url)))
        names, options = [str(tmp_path / "one.ispec.yaml")], GlobalOptions()
        await asyncio.to_thread(validate_specifications, names, options=options, with_cluster=True)
    said = capsys.readouterr().out
    assert 'there is no Service "eco" in namespace stage: did you mean "echo"?' in said
    assert f"{compose}:3:" in said
