"""A Reflector knows what there is, whatever happens to its watch."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.resources import PODS
from telelens_daemons.kube.watch import Reflector
from unit.daemons.fake_api import FakeApi, status
from unit.waiting import until

PATH = "/api/v1/namespaces/shop/pods"


@pytest.fixture
async def reflector(api: FakeApi, client: KubeClient) -> AsyncIterator[Reflector]:
    api.put(PATH, {"metadata": {"name": "first"}})
    made = Reflector(client, PODS, namespace="shop")
    await made.start()
    yield made
    await made.stop()


def names(reflector: Reflector) -> set[str]:
    return {item["metadata"]["name"] for item in reflector.objects.values()}


async def watching(api: FakeApi) -> None:
    await until(lambda: bool(api._watches.get(PATH)))


async def test_it_follows(api: FakeApi, reflector: Reflector) -> None:
    assert names(reflector) == {"first"}
    await watching(api)
    api.put(PATH, {"metadata": {"name": "second"}})
    await until(lambda: names(reflector) == {"first", "second"})
    api.tell(PATH, "BOOKMARK", {"metadata": {"resourceVersion": "999"}})
    api.remove(PATH, "first")
    await until(lambda: names(reflector) == {"second"})


async def test_it_lists_again_when_its_version_is_too_old(api: FakeApi, reflector: Reflector) -> None:
    await watching(api)
    api._objects[PATH].pop("first")  # Deleted while nobody told it.
    api._objects[PATH]["unseen"] = {"metadata": {"name": "unseen", "uid": "u", "resourceVersion": "500"}}
    api.tell(PATH, "ERROR", {"code": 410, "reason": "Expired", "message": "too old"})
    await until(lambda: names(reflector) == {"unseen"})


async def test_it_goes_on_after_an_outage_and_says_so_meanwhile(api: FakeApi, reflector: Reflector) -> None:
    await watching(api)
    api.refuse = lambda request: status(503, "", "down")
    api.end_watches()
    await until(lambda: reflector.problem is not None)
    api.refuse = None
    reflector.hurry()
    await watching(api)
    api.put(PATH, {"metadata": {"name": "after"}})
    await until(lambda: "after" in names(reflector))
    assert reflector.problem is None
