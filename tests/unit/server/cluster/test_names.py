"""Live names: offered without waiting, absent without noise. The API server is a fake, the server is real."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from unit.daemons.fake_api import FakeApi, status
from unit.server.client import Client
from unit.server.cluster.scene import (
    DEPLOYMENTS,
    INTERCEPTS,
    PLACES,
    SERVICES,
    STATEFUL_SETS,
    TEXT,
    URI,
    deployment,
    eventually,
    intercept,
    kubeconfig_document,
    names,
    offered,
    service,
    speaking,
    warnings,
    write,
)

MISSING = "Names from the cluster are missing: "


async def test_names_of_every_kind(api: FakeApi, kubeconfig: Path) -> None:
    api.put(STATEFUL_SETS, deployment("ledger"))
    async with speaking(kubeconfig) as client:
        assert await names(client, "context") == ["fake", "other"]
        assert await names(client, "namespace") == ["shop", "stage"]
        assert await names(client, "workload") == ["echo", "ledger", "orders"]
        assert await names(client, "service") == ["echo-svc"]
        assert await names(client, "port") == ["80", "81", "echo-admin", "http"]


ELSEWHERE = """\
connection: {managerNamespace: ‸1, mappedNamespaces: [‸2]}
workloads:
  - name: ‸3
    namespace: ‸4
  - namespace: stage
    name: ‸5
  - name: packer
    namespace: stage
    intercepts:
      - service: ‸6
      - port: ‸7
      - service: packer-admin
        port: ‸8
      - {service: packer-admin, port: ‸9}
      - {port: ‸0, service: "packer-admin"}
      - container: ‸a
"""


async def test_names_are_those_of_where_the_specification_says(api: FakeApi, kubeconfig: Path) -> None:
    api.put(DEPLOYMENTS.replace("shop", "stage"), deployment("packer"))
    for name, port in (("packer", "http"), ("packer-admin", "admin")):
        described = service("packer", {port: (80 if port == "http" else 81, "http")})
        described["metadata"]["name"] = name
        api.put(SERVICES.replace("shop", "stage"), described)
    async with speaking(kubeconfig, re.sub("‸[0-9a]", "", ELSEWHERE)) as client:

        async def at(mark: int | str) -> list[str]:
            before = re.sub("‸[0-9a]", "", ELSEWHERE[: ELSEWHERE.index(f"‸{mark}")])
            return await offered(client, (before.count("\n"), len(before.rpartition("\n")[2])))

        assert [await at(mark) for mark in (1, 2, 4)] == [["shop", "stage"]] * 3
        assert await at(3) == ["echo", "orders"]
        assert await at(5) == ["packer"]
        assert await at(6) == ["packer", "packer-admin"]
        assert await at(7) == ["80", "81", "admin", "http"]
        assert await at("a") == ["application"]
        assert [await at(mark) for mark in (8, 9, 0)] == [["81", "admin"]] * 3


async def test_headers_that_intercepts_there_use_and_common_ones(api: FakeApi, kubeconfig: Path) -> None:
    api.put(INTERCEPTS, intercept("echo-ada", workload="echo", owner="ada", header="X-Shop-Team"))
    async with speaking(kubeconfig) as client:
        found = await names(client, "header", until="x-shop-team")
    assert found[:2] == ["x-shop-team", "x-telepresence-intercept-id"]
    assert "authorization" in found
    assert found[-3:] == [":authority", ":method", ":path"]


async def test_header_suggestions_need_no_cluster() -> None:
    async with speaking("/nowhere/config") as client:
        await names(client, "header", until="x-telepresence-intercept-id")
        await asyncio.sleep(0.6)
        assert warnings(client) == []


async def test_a_new_workload_is_offered_without_asking_anew(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == ["echo", "orders"]
        asked = len([one for one in api.requests if one[1].endswith("/deployments")])
        api.put(DEPLOYMENTS, deployment("new"))
        assert await names(client, "workload", until="new") == ["echo", "new", "orders"]
        api.remove(DEPLOYMENTS, "echo")
        assert await names(client, "workload", without="echo") == ["new", "orders"]
        assert len([one for one in api.requests if one[1].endswith("/deployments")]) <= asked + 1


async def test_documents_share_a_watch(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig) as client:
        await names(client, "workload")
        other = "file:///shop/other.ispec.yaml"
        client.open(other, TEXT.replace("context: ", "context: fake"))
        answer = await client.at("textDocument/completion", other, *PLACES["workload"])
        assert (answer["isIncomplete"], len(answer["items"])) == (False, 2)
        await eventually(lambda: len(lists(api, "/deployments")) == 2)  # The list and the watch.


def lists(api: FakeApi, end: str) -> list[str]:
    return [path for method, path, _ in api.requests if method == "GET" and path.endswith(end)]


async def test_hover_on_a_workload_tells_what_the_cluster_knows(api: FakeApi, kubeconfig: Path) -> None:
    api.put(INTERCEPTS, intercept("echo-ada", workload="echo", owner="ada", since="2020-01-02T03:04:05Z"))
    api.put(INTERCEPTS, intercept("echo-grace", workload="echo", owner="grace", since="2020-02-02T03:04:05Z"))
    api.put(INTERCEPTS, intercept("orders", workload="orders", owner="mary"))
    async with speaking(kubeconfig) as client:
        said = await hovered(client, "by you")  # The fake knows us as ada.
        answer = await client.at("textDocument/hover", URI, 4, 12)
    assert "Deployment, 1 of 2 ready" in said
    assert "Service `echo-svc`: http (80), echo-admin (81)" in said
    assert "Intercepted by you since 2 Jan 2020" in said
    assert "and grace since 2 Feb 2020" in said
    assert "mary" not in said
    assert answer["range"]["start"] == {"line": 4, "character": 10}


async def hovered(client: Client, until: str, *, without: str = "\0") -> str:
    """What is said of the workload. A cluster that takes its time is not waited for: it is asked for again."""
    said = ""
    for _ in range(500):
        said = (await client.at("textDocument/hover", URI, 4, 12))["contents"]["value"]
        if until in said and without not in said:
            break
        await asyncio.sleep(0.02)
    return said


async def test_hover_on_a_workload_names_its_containers_where_there_are_several(api: FakeApi, kubeconfig: Path) -> None:
    pair = deployment("echo")
    pair["spec"]["template"]["spec"]["containers"].append({"name": "proxy"})
    api.put(DEPLOYMENTS, pair)
    async with speaking(kubeconfig) as client:
        assert "* Containers: `application` and `proxy`" in (await hovered(client, "Service")).splitlines()
        api.put(DEPLOYMENTS, deployment("echo"))
        assert "Containers" not in await hovered(client, "Service", without="proxy")


async def test_hover_on_a_workload_says_that_no_service_leads_to_it(api: FakeApi, kubeconfig: Path) -> None:
    api.remove(SERVICES, "echo-svc")
    async with speaking(kubeconfig) as client:
        assert "No Service selects its pods." in await hovered(client, "No Service")


async def test_hover_on_a_workload_says_nothing_of_services_that_may_not_be_listed(
    api: FakeApi, kubeconfig: Path
) -> None:
    api.refuse = lambda request: status(403, "Forbidden", "no") if request.path.endswith("/services") else None
    async with speaking(kubeconfig) as client:
        assert "No Service" not in await hovered(client, "ready")


async def test_a_silent_cluster_does_not_make_an_answer_wait(api: FakeApi, kubeconfig: Path) -> None:
    held = asyncio.Event()

    class Slow(FakeApi):
        async def handle(self, request: web.Request) -> web.StreamResponse:
            await held.wait()
            return await super().handle(request)

    async with Slow().running() as slow:
        write(kubeconfig, kubeconfig_document(slow.url))
        async with speaking(kubeconfig) as client:
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
        write(kubeconfig, kubeconfig_document("http://127.0.0.1:9"))
    elif cause == "no kubeconfig":
        path = "/nowhere/config"
    else:
        text = TEXT.replace("context: ", "context: gone")
    async with speaking(path, text) as client:
        for what in ("workload", "service", "port", "workload"):
            assert await names(client, what) == []
        await eventually(lambda: bool(warnings(client)))
        assert await names(client, "workload") == []
        # Longer than those that follow each other are gathered.
        await asyncio.sleep(1.2)
        (said,) = warnings(client)
        assert said.startswith(MISSING)
        if cause == "forbidden":
            assert said == (
                f"{MISSING}you may not list deployments.apps, statefulsets.apps and services in namespace shop "
                "(ask for a role that allows: list deployments.apps, statefulsets.apps and services in namespace shop)"
            )


async def test_a_document_that_is_merely_open_says_nothing_of_a_cluster(api: FakeApi, kubeconfig: Path) -> None:
    api.refuse = lambda request: status(403, "Forbidden", "no")
    async with speaking(kubeconfig) as client:
        await client.diagnostics(URI)
        await client.at("textDocument/documentSymbol", URI, 0, 0)
        await asyncio.sleep(0.6)
        assert warnings(client) == []


async def test_what_is_forbidden_leaves_the_rest(api: FakeApi, kubeconfig: Path) -> None:
    """Namespaces that may not be listed: those that the contexts of the same cluster name are offered instead."""
    api.refuse = lambda request: status(403, "Forbidden", "no") if request.path.endswith("namespaces") else None
    async with speaking(kubeconfig) as client:
        assert await names(client, "namespace") == ["elsewhere", "shop"]
        assert await names(client, "workload") == ["echo", "orders"]
        await eventually(lambda: bool(warnings(client)))
        assert warnings(client) == [
            f"{MISSING}you may not list namespaces (ask for a role that allows: list namespaces)"
        ]


async def test_one_kind_of_workload_may_be_forbidden(api: FakeApi, kubeconfig: Path) -> None:
    api.refuse = lambda request: status(403, "Forbidden", "no") if "statefulsets" in request.path else None
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == ["echo", "orders"]


async def test_rights_that_are_given_later_are_noticed(api: FakeApi, kubeconfig: Path) -> None:
    api.refuse = lambda request: status(403, "Forbidden", "no")
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == []
        api.refuse = None
        assert await names(client, "workload", until="echo") == ["echo", "orders"]


@pytest.fixture
def evil(kubeconfig: Path, tmp_path: Path) -> Iterator[Path]:
    """A kubeconfig whose credentials come from a program, which must not run."""
    witness = tmp_path / "ran"
    yield with_program(tmp_path / "evil", kubeconfig_document("http://127.0.0.1:9"), witness)
    assert not witness.exists()


def with_program(path: Path, document: dict[str, object], witness: Path) -> Path:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "sh", "args": ["-c", f"echo x >> {witness}"]}
    return write(path, document | {"users": [{"name": "u", "user": {"exec": plugin}}]})


async def test_a_document_cannot_choose_the_kubeconfig(api: FakeApi, kubeconfig: Path, evil: Path) -> None:
    async with speaking(kubeconfig, TEXT.replace("context: ", f"kubeconfig: {evil}")) as client:
        await client.diagnostics(URI)
        assert await names(client, "workload") == []
        await client.at("textDocument/hover", URI, 4, 12)
        await client.at("textDocument/codeLens", URI, 0, 0)
    assert api.requests == []


async def test_opening_a_document_runs_no_program_of_the_users_own_kubeconfig(evil: Path) -> None:
    async with speaking(evil) as client:
        await client.diagnostics(URI)
        await client.at("textDocument/codeLens", URI, 0, 0)
        assert await names(client, "context") == ["fake", "other"]


async def test_a_program_that_gives_no_credentials_runs_once_for_all_names(tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    path = with_program(tmp_path / "kubeconfig", kubeconfig_document("http://127.0.0.1:9"), witness)
    async with speaking(path) as client:
        for what in ("namespace", "workload", "service", "port", "workload"):
            await names(client, what)
        await eventually(lambda: bool(warnings(client)))
        assert witness.read_text() == "x\n"
        (said,) = warnings(client)
        assert "printed no ExecCredential" in said


SEVERAL = """\
connections:
  - name: here
    context: fake
  - name: there
    context: other
    namespace:·
workloads:
  - name: here/echo
    intercepts:
      - port:·
  - name: here/
  - name:·
  - name: elsewhere/
""".replace("·", " ")


async def asked(client: Client, line: int, character: int) -> list[str]:
    for _ in range(500):
        answer = await client.at("textDocument/completion", URI, line, character)
        if not answer["isIncomplete"]:
            return sorted(one["label"] for one in answer["items"])
        await asyncio.sleep(0.02)
    raise AssertionError("still incomplete")


async def test_of_several_connections_each_workload_is_asked_for_in_its_own(kubeconfig: Path) -> None:
    async with speaking(kubeconfig, SEVERAL) as client:
        assert await asked(client, 5, 15) == ["shop", "stage"]
        assert await asked(client, 9, 14) == ["80", "81", "echo-admin", "http"]
        assert await asked(client, 10, 15) == ["here/echo", "here/orders"]
        assert await asked(client, 11, 10) == ["here/", "there/"]
        assert await asked(client, 12, 20) == []
        said = await client.at("textDocument/hover", URI, 7, 14)
        assert "Deployment, 1 of 2 ready" in said["contents"]["value"]


COMPOSE = """\
handlers:
  - name: h
    docker:
      compose:
        context: .
        services:
          - name: web
            behavior: remote
            mapping:
              namespace: shop
              name:·
workloads: []
""".replace("·", " ")


async def test_the_service_that_a_compose_service_leads_to(kubeconfig: Path) -> None:
    async with speaking(kubeconfig, COMPOSE) as client:
        assert await asked(client, 10, 20) == ["echo-svc", "orders-svc"]
        assert await asked(client, 9, 25) == ["shop", "stage"]


@pytest.mark.parametrize("nonsense", ["7", "[]", "contexts: 7", "contexts: [7]", "users: {a: b}", "{", "\t"])
async def test_a_kubeconfig_that_is_none_is_named(kubeconfig: Path, nonsense: str) -> None:
    await asyncio.to_thread(kubeconfig.write_text, nonsense)
    async with speaking(kubeconfig) as client:
        assert await names(client, "workload") == []
        await eventually(lambda: bool(warnings(client)))
        assert len(warnings(client)) == 1
