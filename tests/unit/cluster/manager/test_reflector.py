"""List, watch, and what happens when the watch is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telelens_cluster.manager.errors import ApiError, ApiUnreachable
from telelens_cluster.manager.reflector import Reflector
from unit.cluster.manager.fake_api import FakeApi

PATH = "/api/v1/pods"


def item(name: str, version: int, *, uid: str = "u") -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": uid, "resourceVersion": str(version), "managedFields": ["x"]}}


class Followed:
    """A running reflector and what it told."""

    def __init__(self) -> None:
        self.api = FakeApi()
        self.api.watches[PATH] = asyncio.Queue()
        self.told: list[tuple[str | None, str | None]] = []
        self.gaps = 0
        self.reflector = Reflector(self.api.as_api(), PATH, changed=self._changed, gap=self._gap)

    def _changed(self, old: Any, new: Any) -> None:
        self.told.append(tuple(one and one["metadata"]["resourceVersion"] for one in (old, new)))  # type: ignore[arg-type]

    def _gap(self) -> None:
        self.gaps += 1

    async def event(self, kind: str, what: dict[str, Any]) -> None:
        self.api.watches[PATH].put_nowait({"type": kind, "object": what})
        await asyncio.sleep(0.01)

    async def lose(self, error: Exception) -> None:
        self.api.watches[PATH].put_nowait(error)
        await asyncio.sleep(0.3)


@pytest.fixture
async def followed() -> AsyncIterator[Followed]:
    made = Followed()
    made.api.objects[f"{PATH}/a"] = item("a", 1)
    task = asyncio.create_task(made.reflector.run())
    await made.reflector.synced.wait()
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_is_there_is_told_and_trimmed(followed: Followed) -> None:
    assert followed.told == [(None, "1")]
    found = followed.reflector.get("", "a")
    assert found is not None
    assert "managedFields" not in found["metadata"]


async def test_events_are_followed(followed: Followed) -> None:
    await followed.event("MODIFIED", item("a", 2))
    await followed.event("ADDED", item("b", 3))
    await followed.event("BOOKMARK", {"metadata": {"resourceVersion": "9"}})
    await followed.event("DELETED", item("a", 10))
    assert followed.told == [(None, "1"), ("1", "2"), (None, "3"), ("2", None)]
    assert [one["metadata"]["name"] for one in followed.reflector] == ["b"]


@pytest.mark.parametrize("error", [ApiError(410, "Expired", "too old"), ApiUnreachable("broken")])
async def test_after_a_gap_the_difference_is_told(followed: Followed, error: Exception) -> None:
    del followed.api.objects[f"{PATH}/a"]
    followed.api.objects[f"{PATH}/b"] = item("b", 5)
    await followed.lose(error)
    assert followed.gaps == 1
    assert followed.told == [(None, "1"), ("1", None), (None, "5")]


async def test_an_object_made_anew_is_another_one(followed: Followed) -> None:
    followed.api.objects[f"{PATH}/a"] = item("a", 7, uid="later")
    await followed.lose(ApiError(410, "Expired", "too old"))
    assert followed.told == [(None, "1"), ("1", None), (None, "7")]


async def test_our_own_write_is_known_at_once(followed: Followed) -> None:
    followed.reflector.learn(item("a", 2))
    assert followed.reflector.get("", "a")["metadata"]["resourceVersion"] == "2"  # type: ignore[index]
    followed.reflector.learn(item("a", 1))
    assert followed.reflector.get("", "a")["metadata"]["resourceVersion"] == "2"  # type: ignore[index]
    followed.reflector.learn(item("unknown", 3))
    assert followed.reflector.get("", "unknown") is None
