"""Names that lead nowhere: said once the cluster has told everything, taken back when it changes, never guessed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from unit.daemons.fake_api import FakeApi, status
from unit.server.client import Client, language_client
from unit.server.cluster.scene import (
    DEPLOYMENTS,
    NAMESPACES,
    SERVICES,
    URI,
    deployment,
    eventually,
    kubeconfig_document,
    service,
    speaking,
    write,
)

Finding = dict[str, Any]


async def until(client: Client, *codes: str) -> list[Finding]:
    """The diagnostics that are pushed, once they have these codes."""
    while True:
        found = await client.diagnostics(URI)
        if sorted(one["code"] for one in found) == sorted(codes):
            return found


async def stays_without(client: Client, asked: FakeApi, path: str) -> None:
    """Nothing is said though the cluster has been asked, and answered, for that long."""
    await eventually(lambda: any(one[1].endswith(path) for one in asked.requests))
    await asyncio.sleep(0.7)
    while not client.is_silent(URI):
        assert await client.diagnostics(URI) == []


def marked(text: str, found: Finding) -> str:
    """What of the text is underlined."""
    first, last = found["range"]["start"], found["range"]["end"]
    assert first["line"] == last["line"]
    return text.splitlines()[first["line"]][first["character"] : last["character"]]


async def fixed(client: Client, found: Finding) -> str:
    """What the quick fix writes."""
    asked = {
        "textDocument": {"uri": URI},
        "range": found["range"],
        "context": {"diagnostics": [found], "only": ["quickfix"]},
    }
    fixes = await client.request("textDocument/codeAction", asked)
    (edit,) = fixes[0]["edit"]["changes"][URI]
    assert edit["range"] == found["range"]
    return str(edit["newText"])


def specification(**changed: str) -> str:
    said = {"context": "fake", "namespace": "shop", "workload": "echo", "service": "echo-svc", "port": "http"} | changed
    return f"""\
connection:
  context: {said["context"]}
  namespace: {said["namespace"]}
handlers:
  - name: h
    script:
      run: x
workloads:
  - name: {said["workload"]}
    intercepts:
      - handler: h
        service: {said["service"]}
        port: {said["port"]}
"""


@pytest.mark.parametrize(
    ("key", "wrong", "right"),
    [
        ("context", "fakee", "fake"),
        ("namespace", "shp", "shop"),
        ("workload", "ehco", "echo"),
        ("service", "echo-scv", "echo-svc"),
        ("port", "htpt", "http"),
    ],
)
async def test_a_name_that_is_not_there_is_marked_and_mended(
    kubeconfig: Path, key: str, wrong: str, right: str
) -> None:
    text = specification(**{key: wrong})
    async with speaking(kubeconfig, text) as client:
        (found,) = await until(client, f"unknown-{key}")
        assert marked(text, found) == wrong
        assert found["severity"] == 2
        assert f'did you mean "{right}"?' in found["message"]
        assert await fixed(client, found) == right


@pytest.mark.parametrize("in_the_file", [True, False])
@pytest.mark.parametrize("namespace", ["shop", "stage"])
async def test_a_service_that_a_compose_service_leads_to_is_looked_for_where_it_would_be(
    api: FakeApi, kubeconfig: Path, in_the_file: bool, namespace: str
) -> None:
    described = service("echo", {"http": (80, "http")})
    api.put(SERVICES.replace("shop", "stage"), described)
    mapping = f"behavior: remote, mapping: {{name: echo-scv, namespace: {namespace}}}"
    within, beside = (
        f"spec: {{services: {{db: {{x-telepresence: {{{mapping}}}}}}}}}",
        f"services: [{{name: db, {mapping}}}]",
    )
    compose = f"    docker: {{compose: {{{within if in_the_file else beside}}}}}\n"
    text = specification().replace("    script:\n      run: x\n", compose)
    async with speaking(kubeconfig, text) as client:
        (found,) = await until(client, "unknown-service")
        assert marked(text, found) == "echo-scv"
        assert await fixed(client, found) == "echo-svc"
        api.put(SERVICES.replace("shop", namespace), described | {"metadata": {"name": "echo-scv"}})
        await until(client)


async def test_a_service_that_a_compose_file_leads_to_is_looked_for_too(
    api: FakeApi, kubeconfig: Path, tmp_path: Path
) -> None:
    api.put(SERVICES.replace("shop", "stage"), service("echo", {"http": (80, "http")}))
    compose = tmp_path / "compose.yaml"
    extension = "x-telepresence: {behavior: remote, mapping: {name: echo-scv, namespace: stage}}"
    compose.write_text(f"services:\n  db: {{}}\n  web:\n    {extension}\n")
    uri = (tmp_path / "one.ispec.yaml").as_uri()
    text = specification().replace(
        "    script:\n      run: x\n", "    docker: {compose: {context: ., services: [{name: web}]}}\n"
    )
    async with language_client({"KUBECONFIG": str(kubeconfig)}) as client:
        client.open(uri, text)
        while not (every := await client.diagnostics(uri)):
            pass
        (found,) = every
        assert (found["code"], marked(text, found)) == ("unknown-service", "web")
        assert 'the compose service "web"' in found["message"]
        assert 'did you mean "echo-svc"?' in found["message"]
        (related,) = [one["location"] for one in found["relatedInformation"]]
        assert (related["uri"], related["range"]["start"]) == (compose.as_uri(), {"line": 3, "character": 0})
        compose.write_text(compose.read_text().replace("scv", "svc"))
        client.notify("workspace/didChangeWatchedFiles", {"changes": []})
        while await client.diagnostics(uri):
            pass


async def test_a_specification_that_fits_hears_nothing(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig, specification()) as client:
        assert await client.diagnostics(URI) == []
        await stays_without(client, api, "/services")


async def test_a_port_that_no_container_serves(api: FakeApi, kubeconfig: Path) -> None:
    api.put(SERVICES, service("echo", {"http": (80, "web")}))
    text = specification()
    async with speaking(kubeconfig, text) as client:
        (found,) = await until(client, "port-not-served")
        assert marked(text, found) == "http"


async def test_a_port_of_which_no_container_is_known(api: FakeApi, kubeconfig: Path) -> None:
    two = deployment("echo")
    two["spec"]["template"]["spec"]["containers"].append({"name": "sidecar"})
    api.put(DEPLOYMENTS, two)
    text = specification(port="echo-admin")
    async with speaking(kubeconfig, text) as client:
        (found,) = await until(client, "unknown-container")
        assert marked(text, found) == "echo-admin"
        client.change(URI, {"text": f"{text}        container: sidecar\n"})
        await until(client)


async def test_a_container_that_is_not_there(kubeconfig: Path) -> None:
    text = f"{specification()}        container: aplication\n"
    async with speaking(kubeconfig, text) as client:
        (found,) = await until(client, "unknown-container")
        assert marked(text, found) == "aplication"
        assert await fixed(client, found) == "application"


async def test_what_changes_in_the_cluster_is_noticed(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig, specification(workload="orders", service="orders-svc")) as client:
        await stays_without(client, api, "/services")
        api.remove(DEPLOYMENTS, "orders")
        await until(client, "unknown-workload")
        api.put(DEPLOYMENTS, deployment("orders"))
        await until(client)
        # A rollout's counts change nothing of what is wrong: nothing is said again.
        api.put(DEPLOYMENTS, deployment("orders") | {"status": {"readyReplicas": 2}})
        await asyncio.sleep(0.4)
        assert client.is_silent(URI)


async def test_nothing_is_missing_before_every_list_is_there(api: FakeApi, kubeconfig: Path) -> None:
    held = asyncio.Event()

    class Slow(FakeApi):
        async def handle(self, request: web.Request) -> web.StreamResponse:
            if request.path.endswith("/statefulsets"):
                await held.wait()
            return await super().handle(request)

    async with Slow().running() as slow:
        slow.put(NAMESPACES, {"metadata": {"name": "shop"}})
        write(kubeconfig, kubeconfig_document(slow.url))
        async with speaking(kubeconfig, specification()) as client:
            await stays_without(client, slow, "/services")
            held.set()
            await until(client, "unknown-workload")


@pytest.mark.parametrize("what", ["deployments", "statefulsets", "services"])
async def test_what_may_not_be_listed_is_never_missing(api: FakeApi, kubeconfig: Path, what: str) -> None:
    api.refuse = lambda request: status(403, "Forbidden", "no") if request.path.endswith(what) else None
    text = specification(**{"service" if what == "services" else "workload": "nowhere"})
    async with speaking(kubeconfig, text) as client:
        assert await client.diagnostics(URI) == []
        await stays_without(client, api, what)


async def test_who_may_not_list_namespaces_hears_of_what_is_not_in_them(api: FakeApi, kubeconfig: Path) -> None:
    api.refuse = lambda request: status(403, "Forbidden", "no") if request.path == NAMESPACES else None
    text = specification(namespace="nowhere")
    async with speaking(kubeconfig, text) as client:
        (found,) = await until(client, "unknown-workload")
        assert marked(text, found) == "echo"


async def test_without_a_kubeconfig_nothing_is_missing() -> None:
    async with speaking("/nowhere/config", specification(context="gone")) as client:
        assert await client.diagnostics(URI) == []
        await asyncio.sleep(0.7)
        assert client.is_silent(URI)


async def test_a_namespace_is_not_watched_letter_by_letter(api: FakeApi, kubeconfig: Path) -> None:
    api.refuse = lambda request: status(403, "Forbidden", "no") if request.path.endswith("/namespaces") else None
    async with speaking(kubeconfig, specification(namespace="s")) as client:
        for end in range(2, 5):
            client.change(URI, {"text": specification(namespace="shop"[:end])})
            await client.diagnostics_of(URI, end)
        await eventually(lambda: any(one[1] == DEPLOYMENTS for one in api.requests))
        watched = {one[1] for one in api.requests if one[1].endswith("/deployments")}
        assert watched == {DEPLOYMENTS}


async def test_each_of_several_connections_is_asked_about_its_own(kubeconfig: Path) -> None:
    text = """\
connections:
  - name: here
    context: fake
  - name: there
    context: other
    namespace: stage
handlers:
  - name: h
workloads:
  - name: here/echo
    intercepts:
      - {handler: h, port: 80, localPort: 8080}
  - name: there/echo
    intercepts:
      - {handler: h, port: 80, localPort: 8081}
"""
    async with speaking(kubeconfig, text) as client:
        while True:
            found = [one for one in await client.diagnostics(URI) if one["code"] == "unknown-workload"]
            if found:
                break
        assert [marked(text, one) for one in found] == ["there/echo"]
        assert "namespace stage" in found[0]["message"]


async def test_an_editor_that_asks_for_diagnostics_is_told_to_ask_again(api: FakeApi, kubeconfig: Path) -> None:
    pulls = {"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}}}
    text = specification(workload="ehco")
    async with speaking(kubeconfig, text, **pulls) as client:
        asked = {"textDocument": {"uri": URI}}
        assert (await client.request("textDocument/diagnostic", asked))["items"] == []

        def refreshes() -> int:
            return len([one for one in client.messages if one["method"] == "workspace/diagnostic/refresh"])

        await eventually(lambda: refreshes() == 1)
        (found,) = (await client.request("textDocument/diagnostic", asked))["items"]
        assert marked(text, found) == "ehco"
        api.put(DEPLOYMENTS, deployment("ehco"))
        # Its Service is still the other one's.
        await eventually(lambda: refreshes() == 2)
        (found,) = (await client.request("textDocument/diagnostic", asked))["items"]
        assert found["code"] == "unknown-service"
        assert client.is_silent(URI)
