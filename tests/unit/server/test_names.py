"""Live names: offered without waiting, absent without noise. The API server is a fake, the server is real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from unit.daemons.fake_api import FakeApi, status
from unit.server.client import Client, language_client

URI = "file:///shop/echo.ispec.yaml"
TEXT = """\
connection:
  context:·
  namespace:·
workloads:
  - name: echo
    namespace:·
    intercepts:
      - service:·
        port:·
  - name:·
""".replace("·", " ")
PLACES = {"context": (1, 11), "namespace": (2, 13), "service": (7, 17), "port": (8, 14), "workload": (9, 10)}


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    async with FakeApi().running() as running:
        yield running


@asynccontextmanager
async def speaking(kubeconfig: Path | str, text: str = TEXT) -> AsyncIterator[Client]:
    async with language_client({"KUBECONFIG": str(kubeconfig)}) as client:
        client.open(URI, text)
        yield client


def kubeconfig_for(url: str, folder: Path) -> Path:
    contexts = [
        {"name": name, "context": {"cluster": "c", "user": "u", "namespace": namespace}}
        for name, namespace in (("fake", "shop"), ("other", "elsewhere"))
    ]
    document = {
        "current-context": "fake",
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "users": [{"name": "u", "user": {"token": "secret"}}],
        "contexts": contexts,
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(document))
    return path


@pytest.fixture
def kubeconfig(api: FakeApi, tmp_path: Path) -> Path:
    deployments = "/apis/apps/v1/namespaces/shop/deployments"
    services = "/api/v1/namespaces/shop/services"
    for name in ("echo", "orders"):
        template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": []}}
        spec = {"replicas": 2, "template": template}
        api.put(deployments, {"metadata": {"name": name}, "spec": spec, "status": {"readyReplicas": 1}})
        ports = [{"name": "http", "port": 80}, {"name": f"{name}-admin", "port": 81}]
        api.put(services, {"metadata": {"name": f"{name}-svc"}, "spec": {"selector": {"app": name}, "ports": ports}})
    api.put("/api/v1/namespaces", {"metadata": {"name": "shop"}})
    api.put("/api/v1/namespaces", {"metadata": {"name": "stage"}})
    return kubeconfig_for(api.url, tmp_path)


async def names(client: Client, what: str, *, complete: bool = True) -> list[str]:
    """Asks as an editor does: again, as long as the list is incomplete."""
    for _ in range(200):
        answer = await client.at("textDocument/completion", URI, *PLACES[what])
        if not answer["isIncomplete"] or not complete:
            return sorted(one["label"] for one in answer["items"])
        await asyncio.sleep(0.02)
    raise AssertionError("still incomplete")


async def test_names_of_every_kind(kubeconfig: Path) -> None:
    async with speaking(kubeconfig) as client:
        assert await names(client, "context") == ["fake", "other"]
        assert await names(client, "namespace") == ["shop", "stage"]
        assert await names(client, "workload") == ["echo", "orders"]
        assert await names(client, "service") == ["echo-svc"]
        assert await names(client, "port") == ["80", "81", "echo-admin", "http"]


async def test_a_new_workload_is_offered_without_asking_anew(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == ["echo", "orders"]
        asked = len([one for one in api.requests if one[1].endswith("/deployments")])
        api.put("/apis/apps/v1/namespaces/shop/deployments", {"metadata": {"name": "new"}, "spec": {}})
        for _ in range(100):
            if "new" in await names(client, "workload"):
                break
            await asyncio.sleep(0.02)
        assert await names(client, "workload") == ["echo", "new", "orders"]
        assert len([one for one in api.requests if one[1].endswith("/deployments")]) <= asked + 1


async def test_hover_on_a_workload_tells_what_the_cluster_knows(kubeconfig: Path) -> None:
    async with speaking(kubeconfig) as client:
        # A cluster that takes its time is not waited for; whoever asks again is told.
        for _ in range(20):
            answer = await client.at("textDocument/hover", URI, 4, 12)
            said = answer["contents"]["value"]
            if "ready" in said:
                break
    assert "Deployment, 1 of 2 ready" in said
    assert "Service `echo-svc`: http (80), echo-admin (81)" in said
    assert answer["range"]["start"] == {"line": 4, "character": 10}


async def test_a_silent_cluster_does_not_make_an_answer_wait(api: FakeApi, kubeconfig: Path) -> None:
    held = asyncio.Event()

    class Slow(FakeApi):
        async def handle(self, request: web.Request) -> web.StreamResponse:
            await held.wait()
            return await super().handle(request)

    async with Slow().running() as slow:
        path = kubeconfig_for(slow.url, kubeconfig.parent)
        async with speaking(path) as client:
            await client.diagnostics(URI)
            began = time.monotonic()
            answer = await client.at("textDocument/completion", URI, *PLACES["workload"])
            assert (answer["isIncomplete"], answer["items"]) == (True, [])
            assert (await client.at("textDocument/hover", URI, 4, 12))["contents"]["value"].startswith("**name**")
            assert time.monotonic() - began < 5
        held.set()


@pytest.mark.parametrize("cause", ["forbidden", "unreachable", "no kubeconfig", "unknown context"])
async def test_what_cannot_be_listed_is_absent_and_said_once(api: FakeApi, kubeconfig: Path, cause: str) -> None:
    path: Path | str = kubeconfig
    text = TEXT
    if cause == "forbidden":
        api.refuse = lambda request: status(403, "Forbidden", "no")
    elif cause == "unreachable":
        path = kubeconfig_for("http://127.0.0.1:9", kubeconfig.parent)
    elif cause == "no kubeconfig":
        path = "/nowhere/config"
    else:
        text = TEXT.replace("context: ", "context: gone")
    async with speaking(path, text) as client:
        for what in ("workload", "service", "port", "workload"):
            assert await names(client, what) == []
        said = [one["params"]["message"] for one in client.messages if one["method"] == "window/showMessage"]
        assert len(said) == 1
        assert said[0].startswith("Names from the cluster are missing: ")


async def test_what_is_forbidden_leaves_the_rest(api: FakeApi, kubeconfig: Path) -> None:
    api.refuse = lambda request: status(403, "Forbidden", "no") if request.path.endswith("namespaces") else None
    async with speaking(kubeconfig) as client:
        assert await names(client, "namespace") == []
        assert await names(client, "workload") == ["echo", "orders"]


@pytest.fixture
def evil(kubeconfig: Path, tmp_path: Path) -> Iterator[Path]:
    """A kubeconfig whose credentials come from a program, which must not run."""
    witness = tmp_path / "ran"
    document: Any = yaml.safe_load(kubeconfig.read_text())
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": [str(witness)]}
    document["users"][0]["user"] = {"exec": plugin}
    path = tmp_path / "evil"
    path.write_text(yaml.safe_dump(document))
    yield path
    assert not witness.exists()


async def test_a_document_cannot_choose_the_kubeconfig(api: FakeApi, kubeconfig: Path, evil: Path) -> None:
    async with speaking(kubeconfig, TEXT.replace("context: ", f"kubeconfig: {evil}")) as client:
        assert await names(client, "workload") == []
        await client.at("textDocument/hover", URI, 4, 12)
    assert api.requests == []
