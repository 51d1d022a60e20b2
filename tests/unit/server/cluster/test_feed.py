"""One kind in one namespace, whatever the API server does. The API server is a fake, at the boundary of our client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from telelens_daemons.errors import UserError
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.flags import KubeFlags
from telelens_daemons.kube.kubeconfig import Access
from telelens_server.cluster import feed as module
from telelens_server.cluster.feed import Feed, TooManyError
from telelens_server.cluster.kinds import WORKLOADS
from telelens_server.cluster.records import WorkloadRecord
from unit.daemons.fake_api import FakeApi, status
from unit.server.cluster.scene import DEPLOYMENTS, deployment, eventually, fill

Troubles = list[UserError]
Made = tuple[Feed[WorkloadRecord], Troubles]


@asynccontextmanager
async def feeding(api: FakeApi, changes: list[None] | None = None) -> AsyncIterator[Made]:
    """The Deployments of the shop. ``changes`` gets one entry each time that something is another."""
    changes = [] if changes is None else changes
    access = Access("fake", "c", api.url, "shop", {}, {"token": "x"}, KubeFlags())
    told: Troubles = []
    async with KubeClient(access, environment={}, user_agent="tests") as client:

        async def connected() -> KubeClient:
            return client

        made = Feed(
            WORKLOADS[0],
            "shop",
            client=connected,
            changed=lambda: changes.append(None),
            troubled=lambda _, error: told.append(error),
        )
        try:
            yield made, told
        finally:
            await made.stop()


def listed(api: FakeApi) -> int:
    return len([one for one in api.requests if one[1] == DEPLOYMENTS])


def known(feed: Feed[WorkloadRecord]) -> list[str]:
    return [one.name for one in feed.records]


async def test_a_server_that_ends_every_watch_at_once_is_asked_ever_more_slowly(api: FakeApi) -> None:
    class Hasty(FakeApi):
        async def handle(self, request: web.Request) -> web.StreamResponse:
            answer = await super().handle(request) if not request.query.get("watch") else web.Response(text="")
            self.requests.append((request.method, request.path, {}))
            return answer

    async with Hasty().running() as hasty:
        fill(hasty)
        async with feeding(hasty) as (feed, _):
            await feed.settled()
            await asyncio.sleep(1)
            assert known(feed) == ["echo", "orders"]
            assert listed(hasty) < 20


async def test_what_is_too_much_for_an_editor_is_not_watched(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OBJECTS", 5)
    for number in range(10):
        api.put(DEPLOYMENTS, deployment(f"w{number}"))
    async with feeding(api) as (feed, told):
        await feed.settled()
        assert [type(one) for one in told] == [TooManyError]
        assert not feed.is_sure
        asked = listed(api)
        feed.hurry()
        await asyncio.sleep(0.5)
        assert listed(api) == asked


async def test_who_may_list_but_not_watch_keeps_the_list(api: FakeApi) -> None:
    fill(api)
    api.refuse = lambda request: status(403, "Forbidden", "no") if request.query.get("watch") else None
    async with feeding(api) as (feed, told):
        await eventually(lambda: bool(told))
        assert known(feed) == ["echo", "orders"]
        assert feed.is_complete
        assert not feed.is_sure


@pytest.mark.parametrize(
    "nonsense",
    [
        lambda request: web.Response(text="<html>log in, please</html>", content_type="text/html"),
        lambda request: web.json_response({"items": [{}]}),
        lambda request: web.json_response([1, 2]),
        lambda request: web.Response(text='{"type": "ADDED"}\n') if request.query.get("watch") else None,
        lambda request: web.Response(text='{"type": "ADDED", "object": 7}\n') if request.query.get("watch") else None,
    ],
)
async def test_nonsense_is_a_trouble_and_not_the_end(
    api: FakeApi, nonsense: Callable[[web.Request], web.Response | None]
) -> None:
    fill(api)
    api.refuse = nonsense
    async with feeding(api) as (feed, told):
        await eventually(lambda: bool(told))
        assert "not what an API server says" in told[0].message
        await feed.settled()
        api.refuse = None
        await eventually(lambda: feed.is_sure)
        assert known(feed) == ["echo", "orders"]


async def test_what_has_gone_meanwhile_is_gone_after_a_trouble(api: FakeApi) -> None:
    fill(api)
    async with feeding(api) as (feed, _):
        await feed.settled()
        api.refuse = lambda request: status(503, "ServiceUnavailable", "no")
        api.end_watches()
        await eventually(lambda: not feed.is_sure)
        api.remove(DEPLOYMENTS, "echo")
        assert known(feed) == ["echo", "orders"]
        api.refuse = None
        await eventually(lambda: known(feed) == ["orders"])


async def test_nothing_of_a_managed_object_is_kept_that_nobody_asks_for(api: FakeApi) -> None:
    large: dict[str, Any] = deployment("large")
    large["metadata"]["annotations"] = {"big": "x" * 100_000}
    api.put(DEPLOYMENTS, large)
    async with feeding(api) as (feed, _):
        await feed.settled()
        (record,) = feed.records
        assert len(repr(record)) < 1000


async def test_what_nobody_asks_for_may_change_unnoticed(api: FakeApi) -> None:
    fill(api)
    changes: list[None] = []
    async with feeding(api, changes) as (feed, _):
        await feed.settled()
        await eventually(api.is_watched)
        before = len(changes)
        noted = deployment("echo")
        noted["metadata"]["annotations"] = {"seen": "now"}
        api.put(DEPLOYMENTS, noted)
        api.put(DEPLOYMENTS, deployment("new"))
        await eventually(lambda: known(feed) == ["echo", "new", "orders"])
        assert len(changes) == before + 1
