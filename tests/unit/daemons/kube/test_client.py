"""Requests, and what their failures become."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.errors import (
    ConflictError,
    CredentialsError,
    ForbiddenError,
    KubeError,
    NotFoundError,
    RefusedError,
    ServerError,
    UnreachableError,
    error_from_status,
)
from telelens_daemons.kube.flags import KubeFlags
from telelens_daemons.kube.kubeconfig import Kubeconfig
from telelens_daemons.kube.resources import PODS
from unit.daemons.fake_api import FakeApi, status

PATH = "/api/v1/namespaces/shop/pods"


async def test_objects_come_and_go(api: FakeApi, client: KubeClient) -> None:
    made = await client.create(PODS, {"metadata": {"name": "a", "managedFields": [1]}}, namespace="shop")
    assert "managedFields" not in made["metadata"]
    assert [item["metadata"]["name"] for item in await client.list_all(PODS, namespace="shop")] == ["a"]
    await client.put(PODS, "a", made, namespace="shop")
    with pytest.raises(ConflictError):
        await client.put(PODS, "a", made, namespace="shop")
    await client.delete(PODS, "a", namespace="shop")
    with pytest.raises(NotFoundError):
        await client.get(PODS, "a", namespace="shop")
    assert api.requests[0][2]["Authorization"] == "Bearer secret"


async def test_each_group_that_is_impersonated_is_sent(api: FakeApi, kubeconfig: Path) -> None:
    groups: list[list[str]] = []

    def look(request: web.Request) -> None:
        groups.append(request.headers.getall("Impersonate-Group"))

    api.refuse = look
    access = Kubeconfig.load([kubeconfig]).access(flags=KubeFlags(as_user="ada", as_groups=("dev", "ops")))
    async with KubeClient(access, environment={}, user_agent="test") as client:
        await client.list_all(PODS, namespace="shop")
    assert groups == [["dev", "ops"]]


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (status(401, "Unauthorized", "Unauthorized"), CredentialsError, "missing or have expired"),
        (status(403, "Forbidden", "pods is forbidden"), ForbiddenError, "you may not list pods in namespace shop"),
        (
            status(403, "Forbidden", "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: not yours"),
            RefusedError,
            "^not yours$",
        ),
        (
            status(400, "", 'admission webhook "x" denied the request: taken by bob'),
            RefusedError,
            "^taken by bob$",
        ),
        (status(422, "Invalid", "spec.owner is immutable"), RefusedError, "immutable"),
        (status(503, "", "overloaded"), ServerError, "cannot serve now"),
        (web.Response(status=502, text="<html>bad gateway"), ServerError, "502"),
    ],
)
async def test_answers_become_errors(
    api: FakeApi, client: KubeClient, answer: web.Response, kind: type[KubeError], message: str
) -> None:
    api.refuse = lambda request: answer
    with pytest.raises(kind, match=message):
        await client.list_all(PODS, namespace="shop")


@pytest.fixture
def token(tmp_path: Path, kubeconfig: Path) -> Path:
    """A token in a file that the kubeconfig names."""
    path = tmp_path / "token"
    path.write_text("old")
    kubeconfig.write_text(kubeconfig.read_text().replace("token: secret", f"tokenFile: {path}"))
    return path


async def test_a_token_file_is_read_again_after_401(api: FakeApi, token: Path, kubeconfig: Path) -> None:
    def renew(request: web.Request) -> web.Response | None:
        if request.headers["Authorization"] == "Bearer new":
            return None
        token.write_text("new")
        return status(401, "Unauthorized", "expired")

    api.refuse = renew
    async with KubeClient(Kubeconfig.load([kubeconfig]).access(), environment={}, user_agent="t") as client:
        assert await client.version() == "v1.35.4"


async def test_an_unreachable_server_is_named(kubeconfig: Path) -> None:
    access = Kubeconfig.load([kubeconfig]).access(flags=KubeFlags(server="http://127.0.0.1:1"))
    async with KubeClient(access, environment={}, user_agent="t") as client:
        with pytest.raises(UnreachableError, match=r"http://127.0.0.1:1 cannot be reached: connection refused"):
            await client.version()


def test_a_name_never_becomes_another_path() -> None:
    assert PODS.path("a/b", "../c?d#e", "log") == "/api/v1/namespaces/a%2Fb/pods/..%2Fc%3Fd%23e/log"


def test_who_may_not_impersonate_is_told_the_verb() -> None:
    said = (
        'users "bob" is forbidden: User "ada" cannot impersonate resource "users" in API group "" at the cluster scope'
    )
    error = error_from_status(403, "Forbidden", said, server="s", verb="create", resource="reviews")
    assert error.message == "you may not act as user bob (--as, --as-group)"
    assert "impersonate users" in error.hint
