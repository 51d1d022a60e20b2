"""Intercepts from the workstation's side: made, failed, undone, left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from telelens_daemons.cli.intercepting import answer_lines
from telelens_daemons.connection import service as connection_module
from telelens_daemons.connection.service import ConnectionService
from telelens_daemons.errors import UserError
from telelens_daemons.intercepts import service as service_module
from telelens_daemons.intercepts.listing import ListingService
from telelens_daemons.intercepts.own_names import own_names
from telelens_daemons.intercepts.service import InterceptService
from telelens_daemons.session.store import SessionStore
from telelens_schemas.wire.daemon_pb2 import (
    ConnectRequest,
    HeaderMatch,
    InterceptInfo,
    InterceptRequest,
    PathMatch,
    PortMapping,
)
from unit.daemons.fake_api import FakeApi, status
from unit.daemons.fake_manager import (
    ACTIVE,
    DEPLOYMENTS,
    INTERCEPTS,
    SERVICES,
    SESSIONS,
    FakeManager,
    deployment,
    service,
)
from unit.waiting import until


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


async def test_a_container_port_is_stored_as_the_services_port_that_leads_there(
    api: FakeApi, intercepts: InterceptService
) -> None:
    info, _ = await create(intercepts, request(service_port="container:8080"))
    stored = api.get(INTERCEPTS, "echo")
    assert stored is not None
    assert [one["servicePort"] for one in stored["spec"]["ports"]] == ["http"]
    assert info.ports[0].service_port_identifier == "http"


async def test_a_personal_intercept(api: FakeApi, intercepts: InterceptService, connections: ConnectionService) -> None:
    asked = request()
    asked.automatic_header = True
    asked.headers.append(HeaderMatch(name="X-Team", value="blue"))
    asked.path.CopyFrom(PathMatch(kind="prefix", value="/api"))
    info, _ = await create(intercepts, asked)
    session = connections.require().session.uid
    stored = api.get(INTERCEPTS, "echo")
    assert stored is not None
    assert (stored["spec"]["mechanism"], stored["spec"]["drain"]) == ("http", "none")
    assert stored["spec"]["match"]["path"] == {"kind": "prefix", "value": "/api"}
    assert [(one.name, one.value) for one in info.headers] == [
        ("X-Team", "blue"),
        ("x-telepresence-intercept-id", f"{session}:echo"),
    ]
    assert (info.path.kind, info.path.value) == ("prefix", "/api")
    assert info.intercepting.startswith('HTTP requests that match all of: header("X-Team") ~= regexp("blue"), ')
    assert info.curl == (
        f"curl -H 'X-Team: blue' -H 'x-telepresence-intercept-id: {session}:echo' http://echo.shop:80/api"
    )


async def test_auto_as_a_value_and_every_request(api: FakeApi, intercepts: InterceptService) -> None:
    info, _ = await create(
        intercepts, InterceptRequest(name="echo", headers=[HeaderMatch(name="x-mine", value="auto")])
    )
    assert info.headers[0].value.endswith(":echo")
    await intercepts.leave("echo")
    info, _ = await create(intercepts, InterceptRequest(name="echo", mechanism="http", drain="all"))
    assert (info.intercepting, info.curl, info.drain) == ("all HTTP requests", "curl http://echo.shop:80/", "all")


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


async def test_what_is_to_be_known_of_an_active_one_is_told(manager: FakeManager, intercepts: InterceptService) -> None:
    said = "Service echo also leads to Deployment blue: 1 of 4 pods is intercepted"
    manager.decide = lambda item: [ACTIVE | {"message": said}]
    info, _ = await create(intercepts, request())
    assert (info.phase, info.message) == ("ACTIVE", said)
    assert f"State                  : ACTIVE ({said})" in "\n".join(answer_lines(info))


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
        (request(service_port="container:80"), 'no port of Service echo leads to container port "80"', "http (80)"),
        (request(service_port="htp"), 'has no port "htp"', 'did you mean "http"?'),
        (InterceptRequest(name="echo", mechanism="ftp"), "mechanism ftp is not known", "http"),
        (InterceptRequest(name="echo", mechanism="tcp", automatic_header=True), "takes whole connections", "filters"),
        (InterceptRequest(name="echo", headers=[HeaderMatch(name="x", value="(a+)+")]), "nested repetitions", "say"),
        (InterceptRequest(name="echo", path=PathMatch(kind="like", value="/")), "like is no way", "prefix"),
        (InterceptRequest(name="echo", ports=[PortMapping(protocol="UDP")]), "UDP is not delivered yet", ""),
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


async def test_one_that_exists_is_named_with_owner_and_age(intercepts: InterceptService) -> None:
    await create(intercepts, request())
    with pytest.raises(UserError, match=r'"echo" exists in namespace shop: made by you \d+ d ago'):
        await create(intercepts, request(port=9))


async def test_a_name_that_another_has_is_no_obstacle(
    api: FakeApi, connections: ConnectionService, intercepts: InterceptService
) -> None:
    await create(intercepts, request())
    stored = api.get(INTERCEPTS, "echo")
    assert stored is not None
    await intercepts.leave("echo")
    theirs = {**stored["spec"], "owner": "bob", "session": {"name": "b", "uid": "other"}}
    for name in ("echo", "echo-ada"):
        api.put(INTERCEPTS, {**stored, "metadata": {"name": name}, "spec": theirs})
    asked = request()
    asked.automatic_header = True
    info, _ = await create(intercepts, asked)
    assert info.name == "echo-ada-2"
    assert info.headers[0].value == f"{connections.require().session.uid}:echo-ada-2", "as its program is told"
    listed = await ListingService(connections).list_workloads()
    assert sorted((one.name, one.mine) for one in listed.workloads[0].intercepts) == [
        ("echo", False),
        ("echo-ada", False),
        ("echo-ada-2", True),
    ]
    with pytest.raises(UserError, match=r'"echo-ada-2" exists in namespace shop: made by you'):
        await create(intercepts, request(port=9))
    assert (await intercepts.leave("echo")).name == "echo-ada-2"
    assert api.get(INTERCEPTS, "echo") is not None


async def test_nobody_has_all_names(api: FakeApi, intercepts: InterceptService) -> None:
    await create(intercepts, request())
    stored = api.get(INTERCEPTS, "echo")
    assert stored is not None
    await intercepts.leave("echo")
    theirs = {**stored["spec"], "owner": "bob", "session": {"name": "b", "uid": "other"}}
    for name in own_names("echo", "ada"):
        api.put(INTERCEPTS, {**stored, "metadata": {"name": name}, "spec": theirs})
    with pytest.raises(UserError, match='"echo" exists in namespace shop: made by bob'):
        await create(intercepts, request())


async def test_a_local_port_serves_one_intercept(api: FakeApi, intercepts: InterceptService) -> None:
    api.put(DEPLOYMENTS, deployment("shop"))
    api.put(SERVICES, service("shop"))
    await create(intercepts, request())
    with pytest.raises(UserError, match='already takes the traffic of your intercept "echo"'):
        await create(intercepts, request("shop"))


async def test_two_filters_of_a_workload_may_lead_to_one_program(api: FakeApi, intercepts: InterceptService) -> None:
    api.put(DEPLOYMENTS, deployment("shop"))
    api.put(SERVICES, service("shop"))

    def filtered(name: str, workload: str, value: str) -> InterceptRequest:
        headers = [HeaderMatch(name="x-user", value=value)]
        return InterceptRequest(name=name, workload=workload, ports=[PortMapping(local_port=18080)], headers=headers)

    await create(intercepts, filtered("one", "echo", "ada"))
    await create(intercepts, filtered("two", "echo", "grace"))
    with pytest.raises(UserError, match="already takes the traffic"):
        await create(intercepts, filtered("three", "shop", "ada"))


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


async def test_who_is_started_later_is_asked_for_their_version_of_http(
    manager: FakeManager, connections: ConnectionService, intercepts: InterceptService
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    ports = [{"servicePortName": "rpc", "servicePort": 80, "containerPort": 8080, "http2": True}]
    manager.decide = lambda item: [{**ACTIVE, "ports": ports, "message": "pod b has no agent"}]
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as program:
        held = request(port=program.sockets[0].getsockname()[1])
        held.hold = True
        held.mechanism = "http"
        info, told = await create(intercepts, held)
        assert (told, info.message) == (["Using Deployment echo"], "pod b has no agent")
        tunnels = connections.require().tunnels
        assert tunnels is not None
        destination = tunnels.destinations.find(info.uid, 8080)
        assert destination is not None
        tunnels.destinations.succeeded(info.uid, destination)
        async with asyncio.timeout(5), aclosing(intercepts.changes(info.uid)) as changes:
            found = await anext(change async for change in changes if change.message != info.message)
    # What is wrong here lasts: it hides nothing of what is wrong there.
    assert found.message.startswith("pod b has no agent; port rpc of echo speaks HTTP/2, the program on 127.0.0.1:")
    assert [one.message for one in intercepts.mine()] == [found.message]
    tunnels.destinations.failed(info.uid, "nothing is listening")
    assert [one.message for one in intercepts.mine()] == ["nothing is listening"]


async def test_who_holds_it_is_told_while_nobody_listens(
    connections: ConnectionService, intercepts: InterceptService
) -> None:
    held = request()
    held.hold = True
    info, _ = await create(intercepts, held)
    tunnels = connections.require().tunnels
    assert tunnels is not None
    destination = tunnels.destinations.find(info.uid, 8080)
    assert destination is not None
    async with asyncio.timeout(5), aclosing(intercepts.changes(info.uid)) as changes:
        assert not (await anext(changes)).message
        tunnels.destinations.failed(info.uid, "nothing is listening")
        assert (await anext(changes)).message == "nothing is listening"
        tunnels.destinations.succeeded(info.uid, destination)
        assert not (await anext(changes)).message


async def test_a_manager_that_says_nothing_is_given_up(
    api: FakeApi, manager: FakeManager, intercepts: InterceptService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "MANAGER_SECONDS", 0.2)
    manager.decide = lambda item: []
    with pytest.raises(UserError, match="telelens is down, or does not serve namespace shop") as caught:
        await create(intercepts, request())
    assert "kubectl -n telelens get pods" in caught.value.hint
    assert caught.value.code == "no-manager"
    assert api.get(INTERCEPTS, "echo") is None


async def test_a_tunnel_that_never_comes_up_is_given_up(
    api: FakeApi, manager: FakeManager, intercepts: InterceptService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(service_module, "TUNNEL_SECONDS", 0.5)
    certificate = (tmp_path / "session" / "certificate.pem").read_text()
    # This API server knows no port-forward, and nobody is at the pod's address.
    pod = {"name": "echo-1", "uid": "pod-uid", "ip": "127.1.1.1", "certificate": certificate}
    manager.decide = lambda item: [{**ACTIVE, "phase": "WAITING", "message": "waiting for the tunnel", "pods": [pod]}]
    with pytest.raises(UserError, match=r"no tunnel has come up in 0\.5 s: ") as caught:
        await create(intercepts, request())
    assert caught.value.code == "tunnel"
    assert api.get(INTERCEPTS, "echo") is None


async def test_what_a_killed_daemon_held_is_not_taken_up_again(
    api: FakeApi, connections: ConnectionService, intercepts: InterceptService, tmp_path: Path
) -> None:
    api.put(DEPLOYMENTS, deployment("shop"))
    api.put(SERVICES, service("shop"))
    held = request()
    held.hold = True
    await create(intercepts, held)
    await create(intercepts, request("shop", port=18081))
    assert connections.current is not None
    await connections.current.abandon()
    second = ConnectionService(SessionStore(tmp_path / "session"))
    second.begin()
    await second.settled()
    assert [one.name for one in InterceptService(second).mine()] == ["shop"]
    assert api.get(INTERCEPTS, "echo") is None
    await second.quit()
    assert api.get(INTERCEPTS, "shop") is None


async def test_a_name_that_was_held_and_is_not_any_more_is_kept(
    connections: ConnectionService, intercepts: InterceptService, tmp_path: Path
) -> None:
    held = request()
    held.hold = True
    await create(intercepts, held)
    await intercepts.leave("echo")
    await create(intercepts, request())
    assert connections.current is not None
    await connections.current.abandon()
    second = ConnectionService(SessionStore(tmp_path / "session"))
    second.begin()
    await second.settled()
    assert [one.name for one in InterceptService(second).mine()] == ["echo"]
    await second.quit()


@pytest.mark.parametrize("intercepts_first", [True, False])
@pytest.mark.parametrize(("silent", "why"), [(True, "had expired"), (False, "was ended in the cluster")])
async def test_what_ended_with_its_session_is_said_until_the_user_goes_on(
    api: FakeApi,
    connections: ConnectionService,
    intercepts: InterceptService,
    monkeypatch: pytest.MonkeyPatch,
    intercepts_first: bool,
    silent: bool,
    why: str,
) -> None:
    monkeypatch.setattr(connection_module, "RENEWAL_SECONDS", 0.02)
    before = connections.require().session.uid
    await create(intercepts, request())
    if intercepts_first:
        api.remove(INTERCEPTS, "echo")
        await until(lambda: not intercepts.mine())
    session = connections.require().session
    api.remove(SESSIONS, session.name)
    session.was_silent = silent
    connections._on_expired(connections.require())
    await until(lambda: connections.current is not None and connections.require().session.uid != before)
    info = connections.info()
    assert info is not None
    assert info.state.startswith(f"connected; intercept echo ended: the session {why}")
    assert "from outside" not in info.state
    api.remove(INTERCEPTS, "echo")
    await create(intercepts, request())
    info = connections.info()
    assert info is not None
    assert info.state == "connected"


async def test_what_was_left_or_taken_before_did_not_end_with_the_session(
    api: FakeApi, connections: ConnectionService, intercepts: InterceptService
) -> None:
    connection = connections.require()
    await create(intercepts, request())
    await intercepts.leave("echo")
    assert connection.ended_with_session == []
    await create(intercepts, request())
    api.remove(INTERCEPTS, "echo")
    await until(lambda: not intercepts.mine())
    assert connection.ended_with_session == ["echo"]
    connection.session.alive_at = time.monotonic()
    assert connection.ended_with_session == []


async def test_who_may_not_watch_is_told_at_once(api: FakeApi, intercepts: InterceptService) -> None:
    api.refuse = lambda request: (
        status(403, "Forbidden", "no") if request.path.endswith("/intercepts") and "watch" in request.query else None
    )
    began = time.monotonic()
    with pytest.raises(UserError, match="watch intercepts") as caught:
        await create(intercepts, request())
    assert caught.value.code == "forbidden"
    assert time.monotonic() - began < 5
    assert api.get(INTERCEPTS, "echo") is None


async def test_what_a_webhook_refuses_is_passed_on_with_what_to_do(api: FakeApi, intercepts: InterceptService) -> None:
    said = 'admission webhook "conflicts.telelens.dev" denied the request: taken by grace for 5 minutes; ask grace'
    api.refuse = lambda request: (
        status(409, "Conflict", said) if request.method == "POST" and request.path.endswith("/intercepts") else None
    )
    with pytest.raises(UserError) as caught:
        await create(intercepts, request())
    assert (caught.value.code, caught.value.message) == ("conflict", "taken by grace for 5 minutes")
    assert caught.value.hint == "ask grace"


async def test_an_intercept_that_somebody_deleted_is_said_until_the_user_goes_on(
    api: FakeApi, connections: ConnectionService, intercepts: InterceptService
) -> None:
    await create(intercepts, request())
    api.remove(INTERCEPTS, "echo")
    await until(lambda: not intercepts.mine())
    info = connections.info()
    assert info is not None
    assert info.state == "connected; intercept echo was ended from outside: somebody deleted it in the cluster"
    with pytest.raises(UserError, match='no intercept "echo"') as caught:
        await intercepts.leave("echo")
    assert "ended from outside" in caught.value.hint
    await create(intercepts, request())
    await intercepts.leave("echo")
    info = connections.info()
    assert info is not None
    assert info.state == "connected"


@pytest.mark.parametrize(
    ("change", "whose", "hint"),
    [
        ({}, "by you (", "run: telelens leave echo"),
        (
            {"session": {"name": "laptop", "uid": "other"}},
            "by you in session laptop (",
            "kubectl delete intercept echo",
        ),
        ({"session": {"name": "b", "uid": "other"}, "owner": "bob"}, "by bob (", "verb revoke"),
        (
            {"session": {"name": "b", "uid": "other"}, "owner": "bob", "mechanism": "http"},
            "by bob (",
            "take requests with a header of your own (--http-header auto), or ask bob",
        ),
    ],
)
@pytest.mark.parametrize("phase", ["ACTIVE", "AWAY"])
async def test_a_place_that_is_taken_is_told_from_where_one_sits(
    api: FakeApi,
    manager: FakeManager,
    intercepts: InterceptService,
    change: dict[str, object],
    whose: str,
    hint: str,
    phase: str,
) -> None:
    await create(intercepts, request())
    stored = api.get(INTERCEPTS, "echo")
    assert stored is not None
    owner = {**stored["spec"], **change}
    api.put(INTERCEPTS, {**stored, "spec": owner, "status": {**stored["status"], "phase": phase}})
    said = f"port 8080/TCP is already intercepted by {owner['owner']} (intercept echo, for 5 minutes)"
    refusal = f'admission webhook "conflicts.telelens.dev" denied the request: {said}; ask them'
    again = InterceptRequest(name="second", workload="echo", ports=[PortMapping(local_port=9)])
    for late in (False, True):
        manager.decide = lambda item: [{"phase": "CONFLICT", "message": said, "hint": "ask"}]
        api.refuse = lambda request, late=late: (  # type: ignore[misc]
            None
            if late or request.method != "POST" or "intercepts" not in request.path
            else status(409, "Conflict", refusal)
        )
        with pytest.raises(UserError) as caught:
            await create(intercepts, again)
        away = phase == "AWAY" and change
        assert ("is away: its place is kept" in caught.value.message) == bool(away)
        assert whose.removesuffix(" (") in caught.value.message
        assert hint in caught.value.hint
        assert caught.value.code == "conflict"


async def test_a_service_that_is_taken_for_a_workload_is_said(api: FakeApi, intercepts: InterceptService) -> None:
    front = service("echo")
    api.put(SERVICES, {**front, "metadata": {"name": "front", "namespace": "shop"}})
    with pytest.raises(UserError, match=r'no workload "front" .* a Service in front of Deployment echo') as caught:
        await create(intercepts, request("front"))
    assert "telelens intercept echo --service front" in caught.value.hint
