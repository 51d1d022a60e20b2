"""Which pods get an agent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from telelens_cluster.injector.policy import Owner, Verdict, judge, owner_of
from telelens_schemas.resources import (
    Intercept,
    InterceptPort,
    InterceptSpec,
    InterceptStatus,
    Metadata,
    Phase,
    ResolvedPort,
    SessionReference,
    WorkloadReference,
)


def pod(*, annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "labels": {"pod-template-hash": "abc12"},
            "annotations": annotations or {},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "my-echo-abc12", "controller": True}],
        },
        "spec": {"containers": [{"name": "app"}], **spec},
    }


def intercept(**status: Any) -> Intercept:
    return Intercept(
        metadata=Metadata(name="i", uid="u"),
        spec=InterceptSpec(
            owner="alice",
            session=SessionReference(name="s", uid="su"),
            workload=WorkloadReference(kind="Deployment", name="my-echo"),
            ports=(InterceptPort(local_port=1),),
        ),
        status=InterceptStatus(**status),
    )


def test_a_pod_of_a_deployment_is_known_by_its_hash() -> None:
    assert owner_of(pod()) == Owner("Deployment", "my-echo")


def test_a_pod_of_a_stateful_set_names_it() -> None:
    references = [{"kind": "StatefulSet", "name": "db", "controller": True}]
    assert owner_of({"metadata": {"ownerReferences": references}}) == Owner("StatefulSet", "db")


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"ownerReferences": [{"kind": "ReplicaSet", "name": "bare", "controller": True}]},
        {"ownerReferences": [{"kind": "StatefulSet", "name": "db"}]},
        {"ownerReferences": [{"kind": "Job", "name": "x-1", "controller": True}]},
    ],
)
def test_others_have_no_owner_that_we_know(metadata: dict[str, Any]) -> None:
    assert owner_of({"metadata": metadata}) is None


def test_nobody_asks() -> None:
    assert judge(pod(), []) == Verdict(False)


@pytest.mark.parametrize("prefix", ["telelens.dev", "telepresence.io", "telepresence.getambassador.io"])
def test_the_template_asks_in_any_spelling(prefix: str) -> None:
    assert judge(pod(annotations={f"{prefix}/inject-traffic-agent": "enabled"}), []) == Verdict(True)


def test_a_live_intercept_asks_and_its_ports_start_redirected() -> None:
    ports = (ResolvedPort(container_port=8080), ResolvedPort(container_port=53, protocol="UDP"))  # type: ignore[arg-type]
    assert judge(pod(), [intercept(ports=ports)]) == Verdict(True, (8080,))


def test_an_intercept_of_another_workload_does_not() -> None:
    one = intercept()
    other = replace(one, spec=replace(one.spec, workload=WorkloadReference(kind="StatefulSet", name="my-echo")))
    assert not judge(pod(), [other]).inject


@pytest.mark.parametrize("phase", [Phase.AGENT_ERROR, Phase.ERROR, Phase.CONFLICT])
def test_one_that_failed_does_not(phase: Phase) -> None:
    assert not judge(pod(), [intercept(phase=phase)]).inject


def test_one_that_is_being_deleted_does_not() -> None:
    one = intercept()
    going = replace(one, metadata=replace(one.metadata, deletion_timestamp="2026-01-01T00:00:00Z"))
    assert not judge(pod(), [going]).inject


@pytest.mark.parametrize(
    "given",
    [
        pod(hostNetwork=True),
        pod(annotations={"telelens.dev/inject-traffic-agent": "disabled"}),
        pod(annotations={"telepresence.io/inject-traffic-agent": "disabled"}),
        pod(os={"name": "windows"}),
        {**pod(), "spec": {"containers": [{"name": "app"}, {"name": "telelens-agent"}]}},
    ],
)
def test_some_are_left_alone_whoever_asks(given: dict[str, Any]) -> None:
    assert judge(given, [intercept()]) == Verdict(False)
