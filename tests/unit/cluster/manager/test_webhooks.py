"""The admission webhook, asked as the API server asks."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientError
from aiohttp.test_utils import TestClient, TestServer
from telelens_cluster.injector.settings import InjectionSettings
from telelens_cluster.manager import webhooks as room
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.webhooks import Webhooks
from unit.cluster.manager.fake_api import FakeApi

INTERCEPTS = "/apis/telelens.dev/v1alpha1/namespaces/shop/intercepts"
SESSION = "/apis/telelens.dev/v1alpha1/namespaces/telelens/sessions/s"
DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/echo"
SERVICES = "/api/v1/namespaces/shop/services"


def intercept(name: str = "one", owner: str = "alice", **status: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "namespace": "shop",
            "uid": f"u-{name}",
            "creationTimestamp": "2026-01-01T00:00:00Z",
        },
        "spec": {
            "owner": owner,
            "session": {"name": "s", "uid": "su"},
            "workload": {"kind": "Deployment", "name": "echo"},
            "ports": [{"localPort": 9090}],
        },
        "status": {"ports": [{"containerPort": 8080}], **status},
    }


def pod() -> dict[str, Any]:
    return {
        "metadata": {
            "generateName": "echo-abc-",
            "labels": {"pod-template-hash": "abc"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "echo-abc", "controller": True}],
        },
        "spec": {"containers": [{"name": "app"}]},
    }


class Asker:
    """Sends reviews."""

    def __init__(self, api: FakeApi, client: TestClient[Any, Any]) -> None:
        self.api = api
        self.client = client

    async def ask(self, path: str, given: dict[str, Any], **request: Any) -> dict[str, Any]:
        body = {
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "request": {"uid": "r", "namespace": "shop", "object": given, "userInfo": {"groups": ["dev"]}, **request},
        }
        async with self.client.post(path, json=body) as response:
            assert response.status == 200
            answer = await response.json()
        assert answer["response"]["uid"] == "r"
        return dict(answer["response"])

    async def patch(self, path: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await self.ask(path, given)
        assert answer["allowed"]
        return list(json.loads(base64.b64decode(answer["patch"]))) if "patch" in answer else []


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    api = FakeApi()
    api.objects[SERVICES] = {
        "items": [
            {
                "metadata": {"name": "echo"},
                "spec": {"selector": {"app": "echo"}, "ports": [{"port": 80, "targetPort": 8080}]},
            }
        ]
    }
    api.objects[DEPLOYMENT] = {
        "kind": "Deployment",
        "metadata": {"name": "echo"},
        "spec": {"template": {"metadata": {"labels": {"app": "echo"}}, "spec": {"containers": [{"name": "app"}]}}},
    }
    api.objects[SESSION] = {"metadata": {"name": "s", "uid": "su"}}
    api.objects[INTERCEPTS] = {"items": []}
    webhooks = Webhooks(
        api.as_api(),
        injection=lambda: InjectionSettings(agent_image="agent:1", manager_address="m:9902", manager_ca="PEM"),
        manager_namespace="telelens",
        metrics=Metrics(),
    )
    async with TestClient(TestServer(webhooks.application())) as client:
        yield Asker(api, client)


async def test_a_pod_that_nobody_asks_about_is_left_alone(asker: Asker) -> None:
    assert await asker.patch("/inject", pod()) == []


async def test_a_pod_of_an_intercepted_workload_gets_its_agent(asker: Asker) -> None:
    asker.api.objects[INTERCEPTS] = {"items": [intercept()]}
    patch = {one["path"]: one["value"] for one in await asker.patch("/inject", pod())}
    assert patch["/spec/containers"][-1]["name"] == "telelens-agent"
    assert '"redirected":[8080]' in patch["/spec/containers"][-1]["env"][0]["value"]


async def test_one_unreadable_intercept_does_not_hide_the_others(asker: Asker) -> None:
    broken = intercept("broken")
    del broken["spec"]["owner"]
    asker.api.objects[INTERCEPTS] = {"items": [broken, intercept()]}
    assert await asker.patch("/inject", pod())


class TestConflicts:
    async def test_a_free_port_is_allowed(self, asker: Asker) -> None:
        assert (await asker.ask("/conflicts", intercept()))["allowed"]

    async def test_a_taken_one_is_refused_with_name_owner_and_age(self, asker: Asker) -> None:
        asker.api.objects[INTERCEPTS] = {"items": [intercept("first", "bob")]}
        answer = await asker.ask("/conflicts", intercept("second"))
        assert not answer["allowed"]
        assert answer["status"]["code"] == 409
        assert "already intercepted by bob (intercept first, for " in answer["status"]["message"]

    async def test_one_whose_session_is_gone_keeps_nobody_out(self, asker: Asker) -> None:
        asker.api.objects[INTERCEPTS] = {"items": [intercept("first", "bob")]}
        asker.api.objects[SESSION]["metadata"]["uid"] = "later"
        assert (await asker.ask("/conflicts", intercept("second")))["allowed"]

    async def test_one_that_never_got_its_place_keeps_nobody_out(self, asker: Asker) -> None:
        asker.api.objects[INTERCEPTS] = {"items": [intercept("first", "bob", phase="CONFLICT")]}
        assert (await asker.ask("/conflicts", intercept("second")))["allowed"]

    async def test_nothing_but_conflicts_is_refused(self, asker: Asker) -> None:
        asker.api.objects[INTERCEPTS] = {"items": [intercept("first", "bob")]}
        strange = intercept("second")
        strange["spec"]["workload"]["kind"] = "DaemonSet"
        assert (await asker.ask("/conflicts", strange))["allowed"]
        unclear = intercept("third")
        unclear["spec"]["ports"] = [{"localPort": 1, "servicePort": "unknown"}]
        assert (await asker.ask("/conflicts", unclear))["allowed"]

    async def test_a_workload_s_name_leads_nowhere_else(self, asker: Asker) -> None:
        strange = intercept("second")
        strange["spec"]["workload"]["name"] = "../../../../api/v1/secrets?x="
        assert (await asker.ask("/conflicts", strange))["allowed"]
        assert not [path for _, path in asker.api.calls if "secrets" in path]


async def test_a_namespace_that_is_no_name_costs_no_call(asker: Asker) -> None:
    body = {"apiVersion": "v1", "kind": "x", "request": {"uid": "r", "namespace": "../pods?limit=0", "object": pod()}}
    async with asker.client.post("/inject", json=body) as response:
        assert response.status == 400
    assert asker.api.calls == []


class TestStrangers:
    async def post(self, asker: Asker, data: bytes, **options: Any) -> int:
        async with asker.client.post("/inject", data=data, **options) as response:
            return response.status

    @pytest.mark.parametrize(
        "data", [b"", b"x", b"[]", b"1", b'{"request":[]}', b'{"request":{"uid":1,"object":[]}}', b"[" * 50_000]
    )
    async def test_what_is_no_review_is_said_to_be_none(self, asker: Asker, data: bytes) -> None:
        assert await self.post(asker, data) == 400

    async def test_too_many_bytes(self, asker: Asker) -> None:
        async def in_chunks() -> AsyncIterator[bytes]:
            for _ in range(50):
                yield b" " * (64 << 10)

        async with asker.client.post("/inject", data=io.BytesIO(b" " * ((3 << 20) + 1))) as response:
            assert response.status == 413
        async with asker.client.post("/inject", data=in_chunks()) as response:
            assert response.status == 413

    async def test_too_many_parts(self, asker: Asker) -> None:
        assert await self.post(asker, b'{"request":[' + b"{}," * 150_000 + b"{}]}") == 413

    async def test_who_dawdles_is_cut_and_keeps_nobody_waiting(
        self, asker: Asker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(room, "_PATIENCE", 2)

        async def slowly() -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.sleep(60)

        async def dawdle() -> None:
            with pytest.raises(ClientError):
                await asker.client.post("/inject", data=slowly())

        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            dawdling = [group.create_task(dawdle()) for _ in range(8)]
            await asyncio.sleep(0.1)
            assert await asker.patch("/inject", pod()) == []
            assert not any(one.done() for one in dawdling), "nobody had to be cut for that"


async def test_an_api_server_that_is_away_fails_the_hook_and_says_why(asker: Asker) -> None:
    asker.api.down = True
    body = {"apiVersion": "v1", "kind": "x", "request": {"uid": "r", "namespace": "shop", "object": pod()}}
    async with asker.client.post("/inject", json=body) as response:
        assert response.status == 500
        assert "nobody answers" in await response.text()
