"""What networks, API servers and kubeconfigs do while an editor is open: names follow. The API server is a fake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from unit.daemons.fake_api import FakeApi, status
from unit.server.cluster.scene import (
    DEPLOYMENTS,
    NAMESPACES,
    PLACES,
    SERVICES,
    TEXT,
    URI,
    deployment,
    eventually,
    fill,
    kubeconfig_document,
    names,
    speaking,
    warnings,
    write,
)


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[FakeApi]:
    """Another cluster."""
    async with FakeApi().running() as running:
        running.put(DEPLOYMENTS.replace("/shop/", "/elsewhere/"), deployment("ledger"))
        running.put(NAMESPACES, {"metadata": {"name": "elsewhere"}})
        yield running


def two_clusters(api: FakeApi, other: FakeApi, *, current: str) -> dict[str, object]:
    document = kubeconfig_document(api.url, current=current)
    document["clusters"].append({"name": "d", "cluster": {"server": other.url}})
    document["contexts"][1]["context"]["cluster"] = "d"
    return document


async def test_the_current_context_is_followed(api: FakeApi, other: FakeApi, kubeconfig: Path) -> None:
    write(kubeconfig, two_clusters(api, other, current="fake"))
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == ["echo", "orders"]
        write(kubeconfig, two_clusters(api, other, current="other"))
        assert await names(client, "workload", until="ledger") == ["ledger"]
        assert await names(client, "namespace") == ["elsewhere"]
        write(kubeconfig, two_clusters(api, other, current="fake"))
        assert await names(client, "workload", until="echo") == ["echo", "orders"]


async def test_what_is_wrong_is_said_again_when_the_current_context_is_another(
    api: FakeApi, other: FakeApi, kubeconfig: Path
) -> None:
    write(kubeconfig, two_clusters(api, other, current="fake"))
    text = "handlers: [{name: h}]\nworkloads:\n  - {name: echo, intercepts: [{handler: h, port: 80}]}\n"
    async with speaking(kubeconfig, text) as client:
        assert await client.diagnostics(URI) == []
        write(kubeconfig, two_clusters(api, other, current="other"))
        while not (found := await client.diagnostics(URI)):
            pass
        assert found[0]["message"].startswith('there is no workload "echo" in namespace elsewhere')


async def test_a_context_that_is_deleted_offers_nothing_more(api: FakeApi, other: FakeApi, kubeconfig: Path) -> None:
    write(kubeconfig, two_clusters(api, other, current="other"))
    async with speaking(kubeconfig, TEXT.replace("context: ", "context: fake")) as client:
        assert await names(client, "workload") == ["echo", "orders"]
        document = two_clusters(api, other, current="other")
        del document["contexts"][0]
        write(kubeconfig, document)
        assert await names(client, "workload", without="echo") == []
        assert await names(client, "context") == ["other"]
        while not (found := [one for one in await client.diagnostics(URI) if one["code"] == "unknown-context"]):
            pass
        assert 'no context "fake"' in found[0]["message"]


async def test_a_kubeconfig_that_is_being_written_takes_nothing_away(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == ["echo", "orders"]
        write(kubeconfig, None)
        await asyncio.sleep(1.2)
        assert await names(client, "workload") == ["echo", "orders"]
        write(kubeconfig, kubeconfig_document(api.url))
        await asyncio.sleep(1.2)
        assert await names(client, "workload") == ["echo", "orders"]
        assert warnings(client) == []


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (None, "start the editor with KUBECONFIG"),
        ("{", "mend it, or start the editor with KUBECONFIG"),
        ("contexts: [{name: a, context: {}}]", 'name a "context" in the connection, one of: a'),
    ],
)
async def test_what_is_to_be_done_about_a_kubeconfig_can_be_done_in_an_editor(
    tmp_path: Path, text: str | None, hint: str
) -> None:
    kubeconfig = tmp_path / "another"
    if text is not None:
        kubeconfig.write_text(text)
    async with speaking(kubeconfig) as client:
        await names(client, "workload")
        await eventually(lambda: bool(warnings(client)))
        (said,) = warnings(client)
        assert (hint in said, "--" in said) == (True, False)


async def test_an_api_server_that_restarts_is_found_again(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == ["echo", "orders"]
        api.refuse = lambda request: status(503, "ServiceUnavailable", "starting")
        api.end_watches()
        await asyncio.sleep(0.3)
        assert await names(client, "workload") == ["echo", "orders"], "what was known is offered meanwhile"
        api.put(DEPLOYMENTS, deployment("new"))
        api.refuse = None
        assert await names(client, "workload", until="new") == ["echo", "new", "orders"]
        assert warnings(client) == []


async def test_a_cluster_that_comes_later_is_found(kubeconfig: Path, unused_tcp_port: int) -> None:
    write(kubeconfig, kubeconfig_document(f"http://127.0.0.1:{unused_tcp_port}"))
    late = FakeApi()
    fill(late)
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == []
        async with late.running(unused_tcp_port):
            assert await names(client, "workload", until="echo") == ["echo", "orders"]


async def test_a_watch_that_is_too_old_lists_again(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == ["echo", "orders"]
        await eventually(lambda: reads(api, DEPLOYMENTS) == 2)
        gone = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}
        api.tell(DEPLOYMENTS, "ERROR", gone)
        await eventually(lambda: reads(api, DEPLOYMENTS) == 4)  # A list and a watch once more.
        api.put(DEPLOYMENTS, deployment("new"))
        assert await names(client, "workload", until="new") == ["echo", "new", "orders"]
        assert warnings(client) == []


def reads(api: FakeApi, path: str) -> int:
    return len([one for one in api.requests if one[:2] == ("GET", path)])


async def test_rights_that_are_taken_away_take_the_names_away(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == ["echo", "orders"]
        api.refuse = lambda request: status(403, "Forbidden", "no") if "deployments" in request.path else None
        api.end_watches()
        assert await names(client, "workload", without="echo") == []
        await eventually(lambda: bool(warnings(client)))
        assert "you may not list deployments.apps in namespace shop" in warnings(client)[0]


async def test_a_long_list_is_offered_as_it_comes(kubeconfig: Path) -> None:
    held = asyncio.Event()

    class Slow(FakeApi):
        async def handle(self, request: web.Request) -> web.StreamResponse:
            if request.query.get("continue"):
                await held.wait()
            return await super().handle(request)

    async with Slow().running() as slow:
        slow.put(NAMESPACES, {"metadata": {"name": "shop"}})
        for number in range(600):
            slow.put(DEPLOYMENTS, deployment(f"w{number:03}"))
        write(kubeconfig, kubeconfig_document(slow.url))
        async with speaking(kubeconfig) as client:
            for _ in range(500):
                answer = await client.at("textDocument/completion", URI, *PLACES["workload"])
                if answer["items"]:
                    break
                await asyncio.sleep(0.02)
            assert (answer["isIncomplete"], len(answer["items"])) == (True, 250)
            held.set()
            assert len(await names(client, "workload")) == 600


async def test_an_object_of_no_known_shape_hides_no_other(api: FakeApi, kubeconfig: Path) -> None:
    api.put(DEPLOYMENTS, {"metadata": {"name": "odd"}, "spec": {"template": {"spec": {"containers": [7]}}}})
    api.put(SERVICES, {"metadata": {"name": "odd"}, "spec": {"ports": "many"}})
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == ["echo", "orders"]


async def test_an_editor_that_goes_leaves_no_watch(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == ["echo", "orders"]
        await eventually(api.is_watched)
        await client.request("shutdown", None)
        await eventually(lambda: not api.is_watched())
        assert client.process.returncode is None
