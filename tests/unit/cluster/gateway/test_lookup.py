"""What a request for a preview means. The API server is a fake."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from telelens_cluster.gateway.lookup import Addresses, Hosts
from telelens_cluster.manager.errors import ApiError
from telelens_cluster.preview.upstream import NoPreview
from telelens_schemas.resources import PreviewState
from unit.clock import Clock
from unit.cluster.manager.fake_api import FakeApi
from unit.cluster.preview.scene import HOST, intercept


def test_a_host_means_the_intercept_whose_url_has_it() -> None:
    hosts = Hosts()
    one = intercept().to_object()
    hosts.changed(None, one)
    found = hosts.find(HOST)
    assert found
    assert found.metadata.name == "echo"
    assert hosts.find("") is None
    moved = replace(intercept(), status=replace(intercept().status, preview=PreviewState(url="https://a.preview.test")))
    hosts.changed(one, moved.to_object())
    assert hosts.find(HOST) is None
    assert hosts.find("a.preview.test") == moved
    hosts.changed(moved.to_object(), None)
    assert hosts.find("a.preview.test") is None


def test_an_intercept_without_a_url_has_no_host() -> None:
    hosts = Hosts()
    hosts.changed(None, replace(intercept(), status=replace(intercept().status, preview=None)).to_object())
    assert hosts.find("") is None


class Refusing(FakeApi):
    """Says no."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status

    async def get(self, path: str, **query: str | int) -> Any:
        raise ApiError(self.status, "no", "no")


SERVICE = "/api/v1/namespaces/shop/services/echo"


async def test_a_service_is_asked_for_once_in_a_while() -> None:
    api, clock = FakeApi(), Clock()
    addresses = Addresses(api.as_api(), clock=clock)
    api.objects[SERVICE] = {"spec": {"clusterIP": "10.0.0.1", "selector": {"app": "echo"}}}
    assert await addresses.locate("shop", "echo") == "10.0.0.1"
    api.objects[SERVICE] = {"spec": {"clusterIP": "10.0.0.2", "selector": {"app": "echo"}}}
    assert await addresses.locate("shop", "echo") == "10.0.0.1"
    clock.now += 6.0
    assert await addresses.locate("shop", "echo") == "10.0.0.2"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"type": "ExternalName", "externalName": "169.254.169.254"}, "no address of its own"),
        ({"clusterIP": "None"}, "no address of its own"),
        ({}, "no address of its own"),
        ({"clusterIP": "10.0.0.1"}, "selects no pods"),
    ],
)
async def test_a_service_that_leads_elsewhere_is_not_followed(spec: dict[str, Any], said: str) -> None:
    api = FakeApi()
    api.objects[SERVICE] = {"spec": spec}
    with pytest.raises(NoPreview, match=said):
        await Addresses(api.as_api(), clock=Clock()).locate("shop", "echo")


@pytest.mark.parametrize(
    ("status", "said"), [(403, "not served in namespace shop"), (404, "no Service echo"), (500, "API server")]
)
async def test_what_the_api_server_refuses_is_said(status: int, said: str) -> None:
    with pytest.raises(NoPreview, match=said):
        await Addresses(Refusing(status).as_api(), clock=Clock()).locate("shop", "echo")


async def test_while_the_api_server_is_away_its_last_word_counts() -> None:
    api, clock = FakeApi(), Clock()
    addresses = Addresses(api.as_api(), clock=clock)
    api.objects[SERVICE] = {"spec": {"clusterIP": "10.0.0.1", "selector": {"app": "echo"}}}
    assert await addresses.locate("shop", "echo") == "10.0.0.1"
    api.down = True
    for _ in range(3):
        clock.now += 6
        assert await addresses.locate("shop", "echo") == "10.0.0.1"
    api.down = False
    clock.now += 6
    del api.objects[SERVICE]
    with pytest.raises(NoPreview, match="no Service echo"):
        await addresses.locate("shop", "echo")


async def test_what_is_not_there_is_not_asked_for_by_each_visitor() -> None:
    api, clock = FakeApi(), Clock()
    addresses = Addresses(api.as_api(), clock=clock)
    for _ in range(5):
        with pytest.raises(NoPreview):
            await addresses.locate("shop", "echo")
    assert len(api.calls) == 1


def test_a_url_that_leads_nowhere_at_the_moment_means_nobody() -> None:
    hosts = Hosts()
    preview = PreviewState(url=f"https://{HOST}", reason="no right")
    hosts.changed(None, replace(intercept(), status=replace(intercept().status, preview=preview)).to_object())
    assert hosts.find(HOST) is None
