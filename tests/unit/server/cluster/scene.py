"""A small shop in a fake cluster, and an editor that has a specification for it open. The server is the real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from unit.daemons.fake_api import FakeApi
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
        headers:
          - name:·
  - name:·
""".replace("·", " ")
PLACES = {
    "context": (1, 11),
    "namespace": (2, 13),
    "service": (7, 17),
    "port": (8, 14),
    "header": (10, 18),
    "workload": (11, 10),
}
NAMESPACES = "/api/v1/namespaces"
DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"
STATEFUL_SETS = "/apis/apps/v1/namespaces/shop/statefulsets"
SERVICES = "/api/v1/namespaces/shop/services"
INTERCEPTS = "/apis/telelens.dev/v1alpha1/namespaces/shop/intercepts"


def kubeconfig_document(url: str, *, current: str = "fake") -> dict[str, Any]:
    """Two contexts of one cluster: ``fake`` (namespace shop) and ``other`` (elsewhere)."""
    contexts = [
        {"name": name, "context": {"cluster": "c", "user": "u", "namespace": namespace}}
        for name, namespace in (("fake", "shop"), ("other", "elsewhere"))
    ]
    return {
        "current-context": current,
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "users": [{"name": "u", "user": {"token": "secret"}}],
        "contexts": contexts,
    }


def write(path: Path, document: Any) -> Path:
    """As a kubeconfig."""
    path.write_text(yaml.safe_dump(document))
    return path


def deployment(name: str, *, ports: Sequence[tuple[str, int]] = (("http", 8080),)) -> dict[str, Any]:
    """With one container, ``application``."""
    declared = [{"name": port, "containerPort": number} for port, number in ports]
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "application", "ports": declared}]},
    }
    return {"metadata": {"name": name}, "spec": {"replicas": 2, "template": template}, "status": {"readyReplicas": 1}}


def service(name: str, ports: dict[str, tuple[int, int | str]]) -> dict[str, Any]:
    """In front of the Deployment ``name``, called ``name-svc``."""
    listed = [{"name": port, "port": number, "targetPort": target} for port, (number, target) in ports.items()]
    return {"metadata": {"name": f"{name}-svc"}, "spec": {"selector": {"app": name}, "ports": listed}}


def intercept(name: str, *, workload: str, owner: str, header: str = "", since: str = "") -> dict[str, Any]:
    """Of a Deployment."""
    spec: dict[str, Any] = {"owner": owner, "workload": {"kind": "Deployment", "name": workload}}
    if header:
        spec["match"] = {"headers": [{"name": header, "regex": "x"}]}
    metadata = {"name": name} | ({"creationTimestamp": since} if since else {})
    return {"metadata": metadata, "spec": spec, "status": {"phase": "ACTIVE"}}


def fill(api: FakeApi) -> None:
    """Two workloads with a Service each, in one of two namespaces."""
    for name in ("echo", "orders"):
        api.put(DEPLOYMENTS, deployment(name))
        api.put(SERVICES, service(name, {"http": (80, "http"), f"{name}-admin": (81, 8081)}))
    for name in ("shop", "stage"):
        api.put(NAMESPACES, {"metadata": {"name": name}})


@asynccontextmanager
async def speaking(kubeconfig: Path | str, text: str = TEXT, **capabilities: Any) -> AsyncIterator[Client]:
    """An editor that has opened the specification."""
    async with language_client({"KUBECONFIG": str(kubeconfig)}, **capabilities) as client:
        client.open(URI, text)
        yield client


async def eventually(holds: Callable[[], bool], *, within: float = 60) -> None:
    """Looks now and then."""
    for _ in range(int(within / 0.01)):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {within} s")


async def names(client: Client, what: str, *, until: str = "", without: str = "") -> list[str]:
    """Of a kind, where PLACES has it in TEXT. That of headers is asked for at each sign, however whole it is."""
    return await offered(client, PLACES[what], until=until, without=without, is_open=what == "header")


async def offered(
    client: Client, place: tuple[int, int], *, until: str = "", without: str = "", is_open: bool = False
) -> list[str]:
    """Asks as an editor does, again, as long as the list is incomplete; and sorts as it does."""
    for _ in range(5000):
        answer = await client.at("textDocument/completion", URI, *place)
        items = sorted(answer["items"], key=lambda one: one.get("sortText") or one["label"])
        found = [one["label"] for one in items]
        if answer["isIncomplete"] == is_open and (not until or until in found) and without not in found:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"still incomplete: {answer}")


def warnings(client: Client) -> list[str]:
    """What the user was shown."""
    return [one["params"]["message"] for one in client.messages if one["method"] == "window/showMessage"]
