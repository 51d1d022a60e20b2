"""Beside the buttons: who has taken the workload, told anew when that changes. The API server is a fake."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from unit.daemons.fake_api import FakeApi, status
from unit.server.client import Client
from unit.server.cluster.scene import INTERCEPTS, NAMESPACES, URI, eventually, intercept, speaking

TEXT = """\
workloads:
  - name: echo
    intercepts:
      - port: http
      - port: admin
  - name: orders
    intercepts:
      - port: http
"""
MANIFEST = "file:///shop/echo.yaml"
REFRESHES = {"workspace": {"codeLens": {"refreshSupport": True}}}


async def readable(client: Client, uri: str = URI) -> list[tuple[int, str]]:
    """The lenses that are there to be read, with their lines."""
    found: list[dict[str, Any]] = await client.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    return [(one["range"]["start"]["line"], one["command"]["title"]) for one in found if not one["command"]["command"]]


async def shown(client: Client, said: str = "") -> list[tuple[int, str]]:
    """The same, once there are any that say something."""
    for _ in range(500):
        found = await readable(client)
        if found and said in found[0][1]:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"no lens says {said!r}")


def refreshes(client: Client) -> int:
    return len([one for one in client.messages if one["method"] == "workspace/codeLens/refresh"])


async def test_an_intercept_says_who_has_taken_its_workload_since_when(api: FakeApi, kubeconfig: Path) -> None:
    api.put(INTERCEPTS, intercept("echo-grace", workload="echo", owner="grace", since="2020-01-02T03:04:05Z"))
    async with speaking(kubeconfig, TEXT, **REFRESHES) as client:
        assert await readable(client) == []
        await eventually(lambda: refreshes(client) >= 1)
        first, second = await readable(client)
        assert [first[0], second[0]] == [3, 4]
        assert first[1].startswith("intercepted by grace since 2 Jan 2020, ")
        assert first[1] == second[1]


async def test_who_comes_and_goes_has_the_editor_ask_again(api: FakeApi, kubeconfig: Path) -> None:
    async with speaking(kubeconfig, TEXT, **REFRESHES) as client:
        await readable(client)
        # The fake knows us as ada.
        api.put(INTERCEPTS, intercept("orders-ada", workload="orders", owner="ada"))
        await eventually(lambda: refreshes(client) >= 1)
        found = await shown(client, "by you")
        assert [(line, said.partition(" since")[0]) for line, said in found] == [(7, "intercepted by you")]
        before = refreshes(client)
        api.remove(INTERCEPTS, "orders-ada")
        await eventually(lambda: refreshes(client) == before + 1)
        assert await readable(client) == []


async def test_an_intercept_s_preview_url_is_opened_by_its_lens(api: FakeApi, kubeconfig: Path) -> None:
    """Ours first; of whoever is away, none."""
    for name, owner, phase in (("a", "grace", "ACTIVE"), ("b", "ada", "ACTIVE"), ("c", "eve", "AWAY")):
        one = intercept(f"echo-{name}", workload="echo", owner=owner)
        one["status"] = {"phase": phase, "preview": {"url": f"https://{name}.preview.test"}}
        api.put(INTERCEPTS, one)
    async with speaking(kubeconfig, TEXT, **REFRESHES) as client:
        assert await previews(client) == []
        await eventually(lambda: refreshes(client) >= 1)
        own = ("Preview URL", "https://b.preview.test")
        graces = ("Preview URL of grace", "https://a.preview.test")
        assert await previews(client) == [(3, *own), (3, *graces), (4, *own), (4, *graces)]
        before = refreshes(client)
        api.put(INTERCEPTS, intercept("echo-a", workload="echo", owner="grace"))
        await eventually(lambda: refreshes(client) > before)
        assert await previews(client) == [(3, *own), (4, *own)]


async def previews(client: Client) -> list[tuple[int, str, str]]:
    """The lenses that open a preview: line, title and URL."""
    found: list[dict[str, Any]] = await client.request("textDocument/codeLens", {"textDocument": {"uri": URI}})
    opening = [one for one in found if one["command"]["command"] == "telelens.openPreview"]
    return [
        (one["range"]["start"]["line"], one["command"]["title"], one["command"]["arguments"][0]["url"])
        for one in opening
    ]


async def test_the_manifest_of_a_workload_says_it_too(api: FakeApi, kubeconfig: Path) -> None:
    api.put(INTERCEPTS, intercept("echo-grace", workload="echo", owner="grace"))
    async with speaking(kubeconfig, TEXT, **REFRESHES) as client:
        for kind in ("Deployment", "StatefulSet"):
            uri = MANIFEST.replace("echo", kind)
            client.open(uri, f"apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: echo\n")
            await readable(client, uri)
        await eventually(lambda: refreshes(client) >= 1)
        assert [line for line, _ in await readable(client, MANIFEST.replace("echo", "Deployment"))] == [1]
        assert await readable(client, MANIFEST.replace("echo", "StatefulSet")) == []


CONNECTIONS = """\
connections:
  - {name: near, context: fake}
  - {name: far, context: other}
  - {name: third, context: fake, namespace: stage}
workloads:
  - {name: near/echo, intercepts: [{}]}
  - {name: far/echo, intercepts: [{}]}
  - {name: third/echo, intercepts: [{}]}
  - {name: far/echo, namespace: stage, intercepts: [{}]}
  - {name: echo, intercepts: [{}]}
"""

NOT_YET = (0, "This version cannot run: connections (line 1)")


def taken(api: FakeApi, **owners: str) -> None:
    """In each namespace its ``echo``, by somebody else."""
    for namespace, owner in owners.items():
        api.put(NAMESPACES, {"metadata": {"name": namespace}})
        path = INTERCEPTS.replace("/shop/", f"/{namespace}/")
        api.put(path, intercept(f"echo-{owner}", workload="echo", owner=owner))


async def until_readable(client: Client, expected: list[tuple[int, str]], uri: str = URI) -> None:
    """All that is expected is there to be read, and nothing else."""
    found: list[tuple[int, str]] = []
    for _ in range(500):
        found = [(line, said.partition(" since ")[0]) for line, said in await readable(client, uri)]
        if len(found) >= len(expected):
            break
        await asyncio.sleep(0.02)
    assert found == expected


async def test_of_several_connections_each_workload_is_looked_for_in_its_own(api: FakeApi, kubeconfig: Path) -> None:
    taken(api, shop="grace", elsewhere="eve", stage="mary")
    async with speaking(kubeconfig, CONNECTIONS, **REFRESHES) as client:
        here, there, third = (f"intercepted by {one}" for one in ("grace", "eve", "mary"))
        # The last one could be anywhere: of it nothing is said.
        await until_readable(client, [NOT_YET, (5, here), (6, there), (7, third), (8, third)])


async def test_of_a_manifest_the_workload_is_looked_for_in_its_own_namespace(api: FakeApi, kubeconfig: Path) -> None:
    taken(api, shop="grace", stage="eve")
    async with speaking(kubeconfig, TEXT, **REFRESHES) as client:
        for namespace in ("", "\n  namespace: stage"):
            client.open(MANIFEST, f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: echo{namespace}\n")
            expected = "eve" if namespace else "grace"
            await until_readable(client, [(1, f"intercepted by {expected}")], MANIFEST)
            client.close(MANIFEST)


@pytest.mark.parametrize("cause", ["forbidden", "not installed"])
async def test_what_may_not_be_listed_says_nothing(api: FakeApi, kubeconfig: Path, cause: str) -> None:
    answers = {"forbidden": (403, "Forbidden"), "not installed": (404, "NotFound")}[cause]
    asked = []

    def refuse(request: Any) -> Any:
        if "intercepts" not in request.path:
            return None
        asked.append(request.path)
        return status(*answers, "no")

    api.refuse = refuse
    async with speaking(kubeconfig, TEXT, **REFRESHES) as client:
        assert await readable(client) == []
        await eventually(lambda: bool(asked))
        assert await readable(client) == []
        assert refreshes(client) == 0
        assert [one for one in client.messages if one["method"] == "window/showMessage"] == []


async def test_an_editor_that_cannot_ask_again_is_not_told_to(api: FakeApi, kubeconfig: Path) -> None:
    api.put(INTERCEPTS, intercept("echo-grace", workload="echo", owner="grace"))
    async with speaking(kubeconfig, TEXT) as client:
        assert len(await shown(client)) == 2
        assert refreshes(client) == 0
