"""Silence is judged only while the API server can be heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telelens_cluster.manager import workstations
from telelens_cluster.manager.errors import ApiUnreachable
from telelens_cluster.manager.settings import Settings
from telelens_cluster.manager.workstations import Workstations
from unit.cluster.manager.certificates import session_certificate
from unit.cluster.manager.fake_api import FakeApi

SESSIONS = "/apis/telelens.dev/v1alpha1/namespaces/telelens/sessions"
INTERCEPT = "/apis/telelens.dev/v1alpha1/namespaces/shop/intercepts/one"
SETTINGS = Settings(
    pod_name="m",
    pod_namespace="telelens",
    pod_uid="u",
    pod_ips=("10.0.0.1",),
    version="1",
    agent_image="agent:1",
    agent_resources={},
    away_after=0.2,
    gone_after=0.4,
)


class Office:
    """Workstations over a fake API, and what they told."""

    def __init__(self) -> None:
        self.api = FakeApi()
        self.told: list[str] = []
        spec = {"owner": "alice", "certificate": session_certificate()}
        metadata = {"name": "s", "namespace": "telelens", "uid": "su"}
        self.api.put(f"{SESSIONS}/s", {"metadata": metadata, "spec": spec, "status": {"heartbeat": "t1"}})
        self.api.put(INTERCEPT, {"metadata": {"name": "one", "namespace": "shop", "uid": "iu"}})
        self.workstations = Workstations(
            self.api.as_api(), SETTINGS, changed=self.told.append, intercepts_of=self._intercepts_of
        )

    def _intercepts_of(self, uid: str) -> list[Any]:
        return [self.api.objects[INTERCEPT]] if INTERCEPT in self.api.objects else []

    @property
    def away(self) -> bool:
        state = self.workstations.state("s")
        return state is not None and state.away


@pytest.fixture
async def office(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setattr(workstations, "_SWEEP", 0.02)
    made = Office()
    tasks = [asyncio.create_task(made.workstations.reflector.run()), asyncio.create_task(made.workstations.run())]
    await made.workstations.reflector.synced.wait()
    yield made
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_new_session_is_accepted(office: Office) -> None:
    await asyncio.sleep(0.05)
    patched = office.api.objects[f"{SESSIONS}/s/status"]["patched"]
    assert patched["status"] == {
        "accepted": True,
        "message": None,
        "managerVersion": "1",
        "agentImage": "agent:1",
    }
    state = office.workstations.state("s")
    assert state is not None
    assert state.certificate


async def test_one_without_a_certificate_of_its_own_is_refused(office: Office) -> None:
    first = office.api.objects[f"{SESSIONS}/s"]["spec"]["certificate"]
    for name, certificate, word in (("t", "nonsense", "read"), ("u", first, "same")):
        metadata = {"name": name, "namespace": "telelens", "uid": f"{name}u", "creationTimestamp": "2026-02-01"}
        spec = {"owner": "bob", "certificate": certificate}
        stored = office.api.put(f"{SESSIONS}/{name}", {"metadata": metadata, "spec": spec})
        office.api.watches[SESSIONS].put_nowait({"type": "ADDED", "object": stored})
        await asyncio.sleep(0.05)
        status = office.api.objects[f"{SESSIONS}/{name}/status"]["patched"]["status"]
        assert not status["accepted"]
        assert word in status["message"]
        state = office.workstations.state(name)
        assert state is not None
        assert state.certificate is None
        assert word in state.fault


async def test_silence_while_the_api_server_is_heard(office: Office) -> None:
    await asyncio.sleep(0.3)
    assert office.away
    assert office.told[-1] == "su"


async def test_silence_while_the_api_server_is_away_is_none(office: Office) -> None:
    office.api.down = True
    await asyncio.sleep(0.6)
    assert not office.away
    assert INTERCEPT in office.api.objects


async def test_silence_during_a_gap_of_the_watch_is_none(office: Office) -> None:
    """The watch is lost and comes back much later, while single requests are answered all the time."""
    await asyncio.sleep(0.3)
    assert office.away
    listing = office.api.get

    async def not_the_list(path: str, **query: str | int) -> Any:
        if path == SESSIONS:
            raise ApiUnreachable("nobody answers")
        return await listing(path, **query)

    office.api.get = not_the_list  # type: ignore[method-assign]
    office.api.watches[SESSIONS].put_nowait(ApiUnreachable("the connection is gone"))
    await asyncio.sleep(0.3)
    assert INTERCEPT in office.api.objects
    assert f"{SESSIONS}/s" in office.api.objects, "its time is counted from the gap on"


async def test_a_heartbeat_that_our_watch_did_not_bring_counts(office: Office) -> None:
    for beat in range(8):
        await asyncio.sleep(0.05)
        office.api.objects[f"{SESSIONS}/s"]["status"]["heartbeat"] = f"beat {beat}"
    assert not office.away


async def test_who_is_gone_leaves_nothing(office: Office) -> None:
    await asyncio.sleep(0.8)
    assert INTERCEPT not in office.api.objects
    assert f"{SESSIONS}/s" not in office.api.objects
