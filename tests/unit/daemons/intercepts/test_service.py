"""Intercepts from the workstation's side: made, failed, undone, left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telelens_daemons.connection.service import ConnectionService
from telelens_daemons.errors import UserError
from telelens_daemons.intercepts.listing import ListingService
from telelens_daemons.intercepts.service import InterceptService
from telelens_daemons.session.store import SessionStore
from telelens_schemas.wire.daemon_pb2 import ConnectRequest, InterceptInfo, InterceptRequest, PortMapping
from unit.daemons.fake_api import FakeApi, status
from unit.daemons.fake_manager import ACTIVE, DEPLOYMENTS, INTERCEPTS, SERVICES, FakeManager, deployment, service
from unit.daemons.waiting import until


@pytest.fixture
def manager(api: FakeApi) -> FakeManager:
    api.put(DEPLOYMENTS, deployment("echo"))
    api.put(SERVICES, service("echo"))
    return FakeManager(api)


@pytest.fixture
async def connections(manager: FakeManager, kubeconfig: Path, tmp_path: Path) -> AsyncIterator[ConnectionService]:
    (tmp_path / "session").mkdir()
    made = ConnectionService(SessionStore(tmp_path / "session"))
    await made.connect(ConnectRequest(kubeconfig=str(kubeconfig)), progress=lambda text: None)
    yield made
    await made.quit()


@pytest.fixture
def intercepts(connections: ConnectionService) -> InterceptService:
    return InterceptService(connections)


def request(name: str = "echo", port: int = 18080, service_port: str = "") -> InterceptRequest:
    return InterceptRequest(name=name, ports=[PortMapping(local_port=port, service_port=service_port)])


async def create(intercepts: InterceptService, asked: InterceptRequest) -> tuple[InterceptInfo, list[str]]:
    told: list[str] = []
    return await intercepts.create(asked, progress=told.append), told


async def test_made_and_left(api: FakeApi, intercepts: InterceptService) -> None:
    info, told = await create(intercepts, request())
    assert told[0] == "Using Deployment echo"
    assert (info.phase, info.workload_kind, info.mine) == ("ACTIVE", "Deployment", True)
    assert (info.ports[0].service_port_identifier, info.ports[0].local_port) == ("http", 18080)
    assert info.environment_denied_reason == "ada may not create pods/exec"
    stored = api.get(INTERCEPTS, "echo")
    assert stored is not None
    assert stored["spec"]["owner"] == "ada"
    assert [one.name for one in intercepts.mine()] == ["echo"]
    await intercepts.leave("echo")
    assert api.get(INTERCEPTS, "echo") is None
    assert intercepts.mine() == []


async def test_without_a_local_port_it_is_the_services(intercepts: InterceptService) -> None:
    info, _ = await create(intercepts, InterceptRequest(name="echo"))
    assert (info.ports[0].local_host, info.ports[0].local_port) == ("127.0.0.1", 80)


async def test_progress_is_told(manager: FakeManager, intercepts: InterceptService) -> None:
    waiting = {"phase": "WAITING", "message": "1 of 3 pods"}
    manager.decide = lambda item: [waiting]
    working = asyncio.create_task(create(intercepts, request()))
    await until(lambda: bool(intercepts.mine()))
    await asyncio.sleep(0.05)
    manager.set_status(INTERCEPTS, {"metadata": {"name": "echo"}}, ACTIVE | {"message": ""})
    _, told = await working
    assert told[1] == "1 of 3 pods"


@pytest.mark.parametrize(
    ("phase", "code"), [("AGENT_ERROR", "agent-error"), ("NO_AGENT", "no-agent"), ("CONFLICT", "conflict")]
)
async def test_a_failure_is_told_and_leaves_nothing(
    api: FakeApi, manager: FakeManager, intercepts: InterceptService, phase: str, code: str
) -> None:
    manager.decide = lambda item: [{"phase": phase, "message": "the image is missing", "hint": "push it"}]
    with pytest.raises(UserError, match="Deployment echo is not intercepted: the image is missing") as caught:
        await create(intercepts, request())
    assert (caught.value.code, caught.value.hint) == (code, "push it")
    assert api.get(INTERCEPTS, "echo") is None


async def test_cancelling_undoes(api: FakeApi, manager: FakeManager, intercepts: InterceptService) -> None:
    manager.decide = lambda item: [{"phase": "WAITING", "message": "rolling"}]
    working = asyncio.create_task(create(intercepts, request()))
    await until(lambda: api.get(INTERCEPTS, "echo") is not None)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await until(lambda: api.get(INTERCEPTS, "echo") is None)


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        (request("ecko"), 'no workload "ecko" in namespace shop', 'did you mean "echo"?'),
        (request(service_port="htp"), 'has no port "htp"', 'did you mean "http"?'),
        (InterceptRequest(name="echo", mechanism="http"), "mechanism http is not available yet", ""),
        (InterceptRequest(name="echo", workload_kind="CronJob"), "CronJobs cannot be intercepted yet", ""),
    ],
)
async def test_bad_requests_create_nothing(
    api: FakeApi, intercepts: InterceptService, asked: InterceptRequest, message: str, hint: str
) -> None:
    with pytest.raises(UserError, match=message) as caught:
        await create(intercepts, asked)
    assert hint in caught.value.hint
    assert api.get(INTERCEPTS, asked.name) is None


async def test_one_that_exists_is_named_with_owner_and_age(
    api: FakeApi, connections: ConnectionService, intercepts: InterceptService
) -> None:
    await create(intercepts, request())
    with pytest.raises(UserError, match=r'"echo" exists in namespace shop: made by you \d+ d ago'):
        await create(intercepts, request(port=9))
    stored = api.get(INTERCEPTS, "echo")
    assert stored is not None
    spec = {**stored["spec"], "owner": "bob", "session": {"name": "b", "uid": "other"}}
    api.put(INTERCEPTS, {**stored, "metadata": {"name": "theirs"}, "spec": spec})
    with pytest.raises(UserError, match="made by bob"):
        await create(intercepts, InterceptRequest(name="theirs", workload="echo", ports=[PortMapping(local_port=9)]))
    listed = await ListingService(connections).list_workloads()
    assert sorted((one.name, one.mine) for one in listed.workloads[0].intercepts) == [("echo", True), ("theirs", False)]


async def test_a_local_port_serves_one_intercept(api: FakeApi, intercepts: InterceptService) -> None:
    api.put(DEPLOYMENTS, deployment("shop"))
    api.put(SERVICES, service("shop"))
    await create(intercepts, request())
    with pytest.raises(UserError, match='already takes the traffic of your intercept "echo"'):
        await create(intercepts, request("shop"))


async def test_who_may_not_forward_ports_is_told_and_nothing_is_left(
    api: FakeApi, manager: FakeManager, intercepts: InterceptService, tmp_path: Path
) -> None:
    certificate = (tmp_path / "session" / "certificate.pem").read_text()
    pod = {"name": "echo-1", "uid": "pod-1", "ip": "127.0.0.1", "certificate": certificate}
    manager.decide = lambda item: [ACTIVE | {"phase": "WAITING", "message": "waiting", "pods": [pod]}]
    api.refuse = lambda request: (
        status(403, "Forbidden", "no") if request.path.endswith("/pods/echo-1/portforward") else None
    )
    with pytest.raises(UserError, match="you may not get and create pods/portforward in namespace shop") as caught:
        await create(intercepts, request())
    assert caught.value.hint == "ask for ClusterRole telelens-intercept in namespace shop"
    assert api.get(INTERCEPTS, "echo") is None


async def test_leaving_what_is_not_there(intercepts: InterceptService) -> None:
    with pytest.raises(UserError, match='you have no intercept "echo"'):
        await intercepts.leave("echo")


async def test_that_nobody_listens_is_said_only_when_nobody_is_about_to(intercepts: InterceptService) -> None:
    _, told = await create(intercepts, request())
    assert told[-1] == "nothing is listening on 127.0.0.1:18080 yet"
    await intercepts.leave("echo")
    held = request()
    held.hold = True
    _, told = await create(intercepts, held)
    assert told == ["Using Deployment echo"]
