"""Where the agents' Service leads: the leader's label stands on one pod."""

from __future__ import annotations

import asyncio
import ssl
from types import SimpleNamespace
from typing import Any, cast

import pytest
from telelens_cluster.manager import agents
from telelens_cluster.manager.authority import Authority
from telelens_cluster.manager.leadership import Leadership
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.settings import Settings
from unit.cluster.manager.fake_api import FakeApi

PODS = "/api/v1/namespaces/telelens/pods"
LEADER = "telelens.dev/leader"
SETTINGS = Settings(
    pod_name="new",
    pod_namespace="telelens",
    pod_uid="new-uid",
    pod_ips=("10.0.0.1",),
    version="1",
    agent_image="agent:1",
    agent_resources={},
)


@pytest.fixture
def api() -> FakeApi:
    """With a replica that led until it was killed, and took no leave."""
    api = FakeApi()
    api.put(f"{PODS}/new", {"metadata": {"name": "new", "uid": "new-uid"}})
    api.put(f"{PODS}/old", {"metadata": {"name": "old", "uid": "old-uid", "labels": {LEADER: "true"}}})
    for path in (
        "/apis/telelens.dev/v1alpha1/namespaces/telelens/sessions",
        "/apis/telelens.dev/v1alpha1/intercepts",
    ):
        api.watches[path] = asyncio.Queue()
    return api


@pytest.fixture
def leadership(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> Leadership:
    monkeypatch.setattr(agents, "MANAGER_AGENTS_PORT", 0)
    authority = cast(Authority, SimpleNamespace(context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)))
    injection = cast(Any, None)  # nothing is injected here
    return Leadership(api.as_api(), SETTINGS, authority=authority, metrics=Metrics(), injection=injection)


def said_of(api: FakeApi, pod: str) -> Any:
    """What became of the leader's label; None where nothing was said."""
    return api.objects[f"{PODS}/{pod}"].get("patched")


async def test_a_new_leader_takes_the_label_off_one_that_was_killed(api: FakeApi, leadership: Leadership) -> None:
    async with leadership.term():
        assert said_of(api, "new") == {"metadata": {"labels": {LEADER: "true"}}}
        assert said_of(api, "old") == {"metadata": {"labels": {LEADER: None}}}


async def test_a_leader_that_goes_takes_leave(api: FakeApi, leadership: Leadership) -> None:
    async with leadership.term():
        pass
    assert said_of(api, "new") == {"metadata": {"labels": {LEADER: None}}}
