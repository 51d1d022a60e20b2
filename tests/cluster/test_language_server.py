"""Names from a real cluster, for an ordinary user: offered where they may be listed, absent and said once elsewhere."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from fixtures.cluster import Cluster
from fixtures.kubectl import Kubectl
from fixtures.users import Rights, User, binding, make_user, role
from fixtures.waiting import PATIENCE
from unit.server.client import Client, language_client

URI = "file:///shop/echo.ispec.yaml"
LISTING = {
    "apiGroups": ["apps", ""],
    "resources": ["deployments", "statefulsets", "services"],
    "verbs": ["get", "list", "watch"],
}


@pytest.fixture
def ada(cluster: Cluster, shop: str, tmp_path: Path) -> User:
    user = make_user(cluster, "ada", namespace=shop, folder=tmp_path)
    Rights(cluster).grant(
        role("listing", LISTING, namespace=shop), binding(user, "listing", kind="Role", namespace=shop)
    )
    return user


async def names(client: Client, line: int, character: int, *, until: str = "") -> list[str]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = await client.at("textDocument/completion", URI, line, character)
        found = sorted(one["label"] for one in answer["items"])
        if not answer["isIncomplete"] and (not until or until in found):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"still incomplete: {answer}")


async def test_names_that_a_user_may_list_are_offered(shop: str, ada: User, cluster: Cluster) -> None:
    text = f"connection:\n  namespace: {shop}\nworkloads:\n  - name: echo\n    intercepts:\n      - port: 80\n"
    async with language_client({"KUBECONFIG": str(ada.kubeconfig)}) as client:
        client.open(URI, text)
        assert await names(client, 3, 10) == ["echo"]
        assert await names(client, 5, 14) == ["80", "80-8080"]
        said = await client.at("textDocument/hover", URI, 3, 12)
        assert "Service `echo`: 80-8080 (80)" in said["contents"]["value"]
        await asyncio.to_thread(create, cluster.kubectl, shop, "orders")
        assert await names(client, 3, 10, until="orders") == ["echo", "orders"]
        assert await names(client, 1, 13) == ["default"], "the one of the kubeconfig: namespaces may not be listed"
        assert await warnings(client) == [
            "Names from the cluster are missing: you may not list namespaces "
            "(ask for a role that allows: list namespaces)"
        ]


async def warnings(client: Client) -> list[str]:
    """What the user is shown, once it is."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := [one["params"]["message"] for one in client.messages if one["method"] == "window/showMessage"]:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was shown")


def create(kubectl: Kubectl, namespace: str, name: str) -> None:
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "x", "image": "none"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": name}}, "template": template}
    item = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
    kubectl.apply([item], namespace=namespace)
