"""One context: how many namespaces are watched, whoever asks. The API server is a fake."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telelens_daemons.kube.flags import KubeFlags
from telelens_daemons.kube.kubeconfig import Access
from telelens_server.cluster import view as module
from telelens_server.cluster.kinds import SERVICE
from telelens_server.cluster.view import MOST_NAMESPACES, ClusterView
from unit.daemons.fake_api import FakeApi
from unit.server.cluster.scene import eventually


@pytest.fixture
async def view(api: FakeApi) -> AsyncIterator[ClusterView]:
    access = Access("fake", "c", api.url, "shop", {}, {"token": "x"}, KubeFlags())
    made = ClusterView(access, {}, changed=lambda: None, troubled=lambda *_: None)
    yield made
    await made.stop()


async def test_who_asks_takes_the_place_of_the_one_asked_for_longest_ago(view: ClusterView) -> None:
    for number in range(MOST_NAMESPACES):
        view.feed(SERVICE, f"n{number}")
    view.feed(SERVICE, "n0")
    assert view.has_room("n1")
    assert not view.has_room("another"), "for whoever only looks"
    view.feed(SERVICE, "another")
    assert [one for one in range(MOST_NAMESPACES) if not view.is_watched(f"n{one}")] == [1]


async def test_what_nobody_has_looked_at_for_long_makes_room(
    view: ClusterView, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MOST_NAMESPACES):
        view.feed(SERVICE, f"n{number}")
    monkeypatch.setattr(module, "IDLE_SECONDS", -1.0)
    assert view.has_room("another")


async def test_nothing_is_left_of_a_view_that_is_stopped(view: ClusterView, api: FakeApi) -> None:
    for number in range(MOST_NAMESPACES + 1):
        await view.feed(SERVICE, f"n{number}").settled()
    await eventually(api.is_watched)
    await view.stop()
    await eventually(lambda: not api.is_watched())
