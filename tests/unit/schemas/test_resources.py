"""Sessions and intercepts: read, written, and their CRDs up to date."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from telelens_schemas.resources import (
    Drain,
    Intercept,
    InterceptPort,
    InterceptSpec,
    Metadata,
    Phase,
    Protocol,
    ResourceError,
    Session,
    SessionReference,
    SessionSpec,
    WorkloadReference,
    crd,
    format_time,
    parse_time,
)
from telelens_schemas.resources.__main__ import CHART_CRDS

INTERCEPT: dict[str, Any] = {
    "apiVersion": "telelens.dev/v1alpha1",
    "kind": "Intercept",
    "metadata": {"name": "echo", "namespace": "shop", "uid": "u-1", "managedFields": []},
    "spec": {
        "owner": "ann",
        "session": {"name": "ann-desk", "uid": "s-1"},
        "workload": {"kind": "Deployment", "name": "echo"},
        "ports": [{"servicePort": "http", "localPort": 9090}, {"localPort": 53, "protocol": "UDP"}],
    },
}


def test_an_intercept_is_read_with_its_defaults() -> None:
    intercept = Intercept.from_object(INTERCEPT)
    assert intercept.metadata.uid == "u-1"
    assert intercept.spec.ports == (
        InterceptPort(service_port="http", local_port=9090),
        InterceptPort(local_port=53, protocol=Protocol.UDP),
    )
    assert intercept.spec.drain is Drain.IDLE
    assert intercept.spec.service is None
    assert intercept.status.phase is Phase.WAITING


def test_an_intercept_survives_writing_and_reading() -> None:
    status = {
        "phase": "ACTIVE",
        "message": "",
        "environment": {"allowed": False, "reason": "no pods/exec"},
        "ports": [{"servicePortName": "http", "servicePort": 80, "containerPort": 8080}],
        "pods": [{"name": "p", "uid": "pu", "ip": "10.0.0.1", "certificate": "PEM", "oldConnections": 2}],
    }
    intercept = Intercept.from_object({**INTERCEPT, "status": status})
    written = json.loads(json.dumps(intercept.to_object()))
    assert Intercept.from_object(written) == intercept
    assert written["status"]["message"] == ""
    assert "service" not in written["spec"]
    assert written["spec"]["replace"] is False


def test_a_session_is_written_as_the_api_server_wants_it() -> None:
    session = Session(
        metadata=Metadata(name="ann-desk", namespace="telelens"),
        spec=SessionSpec(owner="ann", host="desk", certificate="PEM", version="0.1.0"),
    )
    assert session.to_object() == {
        "apiVersion": "telelens.dev/v1alpha1",
        "kind": "Session",
        "metadata": {"name": "ann-desk", "namespace": "telelens", "labels": {}, "annotations": {}},
        "spec": {"owner": "ann", "host": "desk", "certificate": "PEM", "version": "0.1.0"},
        "status": {"accepted": False},
    }


def test_a_phase_of_a_newer_manager_is_unknown_not_an_error() -> None:
    assert Intercept.from_object({**INTERCEPT, "status": {"phase": "NEW"}}).status.phase is Phase.UNKNOWN


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"owner": None}, "Intercept.spec.owner is missing"),
        ({"ports": [{"localPort": "9090"}]}, "Intercept.spec.ports[0].localPort is str, expected int"),
        ({"ports": [{"localPort": True}]}, "Intercept.spec.ports[0].localPort is bool, expected int"),
        ({"ports": {}}, "Intercept.spec.ports is dict, expected a list"),
        ({"session": "s"}, "Intercept.spec.session is str, expected an object"),
        ({"drain": "some"}, "Intercept.spec.drain is 'some', expected one of none, idle, all"),
    ],
)
def test_an_error_knows_its_path(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ResourceError) as caught:
        Intercept.from_object({**INTERCEPT, "spec": {**INTERCEPT["spec"], **change}})
    assert caught.value.message == said


def test_instances_are_frozen_and_slotted() -> None:
    spec = InterceptSpec(
        owner="ann",
        session=SessionReference(name="s", uid="u"),
        workload=WorkloadReference(kind="Deployment", name="echo"),
        ports=(InterceptPort(local_port=1),),
    )
    with pytest.raises(AttributeError):
        spec.owner = "bob"  # type: ignore[misc]
    assert not hasattr(spec, "__dict__")


def test_times() -> None:
    moment = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
    assert format_time(moment) == "2026-03-01T12:00:00.000005Z"
    assert parse_time(format_time(moment)) == moment
    assert parse_time("2026-03-01T12:00:00Z") + timedelta(microseconds=5) == moment


def test_the_charts_crds_are_not_stale() -> None:
    """Run ``python -m telelens_schemas.resources`` when this fails."""
    for name, content in crd.files().items():
        assert (CHART_CRDS / name).read_text() == content
    assert {path.name for path in CHART_CRDS.iterdir()} >= set(crd.files())


def test_files_are_written_where_asked(tmp_path: Path) -> None:
    assert [path.name for path in crd.write_files(tmp_path / "crds")] == ["sessions.yaml", "intercepts.yaml"]


@pytest.mark.parametrize("definition", [crd.session_crd(), crd.intercept_crd()])
def test_spec_is_immutable_and_every_part_of_it_is_bounded(definition: dict[str, Any]) -> None:
    """The API server refuses a CEL rule over something endless."""
    (version,) = definition["spec"]["versions"]
    spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    assert spec["x-kubernetes-validations"][0]["rule"] == "self == oldSelf"
    assert version["subresources"] == {"status": {}}
    assert list(_unbounded(spec, "spec")) == []


def _unbounded(schema: dict[str, Any], path: str) -> list[str]:
    kind = schema["type"]
    if kind == "object":
        return [bad for key, one in schema["properties"].items() for bad in _unbounded(one, f"{path}.{key}")]
    if kind == "array":
        return ([] if "maxItems" in schema else [path]) + _unbounded(schema["items"], f"{path}[]")
    return [path] if kind == "string" and "maxLength" not in schema and "enum" not in schema else []
