"""Who may speak as an agent."""

from __future__ import annotations

from typing import Any

import pytest
from telelens_cluster.manager.errors import AgentRefused
from telelens_cluster.manager.identity import prove
from telelens_cluster.manager.keys import WorkloadKey
from telelens_schemas.wire.tunnel_pb2 import AgentIdentity
from unit.cluster.manager.fake_api import FakeApi

REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"
POD = "/api/v1/namespaces/shop/pods/echo-1"

USER = {
    "username": "system:serviceaccount:shop:default",
    "extra": {"authentication.kubernetes.io/pod-name": ["echo-1"], "authentication.kubernetes.io/pod-uid": ["pu"]},
}


def claim(**fields: Any) -> AgentIdentity:
    given = {"pod_name": "echo-1", "pod_namespace": "shop", "pod_uid": "pu", "service_account_token": "t"}
    return AgentIdentity(**{**given, "certificate": b"der", **fields})


@pytest.fixture
def api() -> FakeApi:
    made = FakeApi()
    made.answers[REVIEWS] = {
        "status": {
            "authenticated": True,
            "audiences": ["telelens"],
            "user": USER,
        }
    }
    made.objects[POD] = {
        "metadata": {
            "uid": "pu",
            "labels": {"pod-template-hash": "abc"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "echo-abc", "controller": True}],
        },
        "spec": {"containers": [{"name": "app"}, {"name": "telelens-agent"}]},
    }
    return made


async def test_the_very_pod_is_believed(api: FakeApi) -> None:
    proven = await prove(api.as_api(), claim())
    assert proven.workload == WorkloadKey("shop", "Deployment", "echo")
    assert proven.certificate == b"der"


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ({"authenticated": False, "error": "expired"}, "expired"),
        ({"audiences": ["https://kubernetes.default.svc"]}, "not for us"),
        ({"user": {"username": "admin"}}, "for no pod"),
        ({"user": {**USER, "username": "admin"}}, "for no pod"),
        ({"user": {**USER, "extra": {}}}, "for no pod"),
    ],
)
async def test_a_token_that_does_not_prove_it(api: FakeApi, status: dict[str, Any], word: str) -> None:
    api.answers[REVIEWS] = {"status": {**api.answers[REVIEWS]["status"], **status}}
    with pytest.raises(AgentRefused, match=word):
        await prove(api.as_api(), claim())


@pytest.mark.parametrize(
    "fields",
    [
        {"pod_name": "../../mallory/pods/p", "pod_namespace": "victim"},
        {"pod_namespace": "a/../../pods?limit=0&x="},
        {"pod_uid": "another"},
    ],
)
async def test_what_it_says_of_itself_counts_for_nothing(api: FakeApi, fields: dict[str, Any]) -> None:
    proven = await prove(api.as_api(), claim(**fields))
    assert (proven.workload.namespace, proven.pod_name, proven.pod_uid) == ("shop", "echo-1", "pu")
    assert api.calls == [("POST", REVIEWS), ("GET", POD)]


async def test_no_pod_is_read_for_a_token_that_was_refused(api: FakeApi) -> None:
    api.answers[REVIEWS] = {"status": {"authenticated": False}}
    with pytest.raises(AgentRefused):
        await prove(api.as_api(), claim())
    assert api.calls == [("POST", REVIEWS)]


async def test_a_pod_that_is_gone(api: FakeApi) -> None:
    del api.objects[POD]
    with pytest.raises(AgentRefused, match="no pod"):
        await prove(api.as_api(), claim())


async def test_a_pod_made_anew(api: FakeApi) -> None:
    api.objects[POD]["metadata"]["uid"] = "later"
    with pytest.raises(AgentRefused, match="no pod"):
        await prove(api.as_api(), claim())


async def test_a_pod_without_an_agent(api: FakeApi) -> None:
    api.objects[POD]["spec"]["containers"].pop()
    with pytest.raises(AgentRefused, match="no pod"):
        await prove(api.as_api(), claim())


@pytest.mark.parametrize(
    "fields", [{"service_account_token": ""}, {"certificate": b""}, {"certificate": b"x" * 10_000}]
)
async def test_a_hello_that_says_too_little_or_too_much_costs_no_call(api: FakeApi, fields: dict[str, Any]) -> None:
    with pytest.raises(AgentRefused):
        await prove(api.as_api(), claim(**fields))
    assert api.calls == []
