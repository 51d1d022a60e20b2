"""Connecting, and coming back as the same session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from aiohttp import web
from telelens_daemons.connection import service as service_module
from telelens_daemons.connection.own_intercepts import INTERCEPTS
from telelens_daemons.connection.service import ConnectionService
from telelens_daemons.errors import WARNING, UserError
from telelens_daemons.session import session as session_module
from telelens_daemons.session.store import SessionStore
from telelens_schemas.resources import (
    Intercept,
    InterceptPort,
    InterceptSpec,
    Metadata,
    SessionReference,
    WorkloadReference,
)
from telelens_schemas.wire.daemon_pb2 import ConnectionInfo, ConnectRequest
from unit.daemons.fake_api import FakeApi, Object, status
from unit.daemons.fake_manager import SESSIONS, FakeManager
from unit.waiting import until


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    (tmp_path / "session").mkdir()
    return SessionStore(tmp_path / "session")


@pytest.fixture
async def connections(store: SessionStore) -> AsyncIterator[ConnectionService]:
    service = ConnectionService(store)
    yield service
    await service.quit()


async def connect(service: ConnectionService, kubeconfig: Path, namespace: str = "") -> ConnectionInfo:
    request = ConnectRequest(kubeconfig=str(kubeconfig), namespace=namespace, environment={"SECRET": "s3cret"})
    return await service.connect(request, progress=lambda text: None)


async def test_connecting_twice_is_once_and_differently_is_refused(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path
) -> None:
    FakeManager(api)
    info = await connect(connections, kubeconfig)
    assert (info.owner, info.namespace, info.manager_version, info.state) == ("ada", "shop", "1.0", "connected")
    again = await connect(connections, kubeconfig)
    assert again.already_connected
    assert again.session_uid == info.session_uid
    with pytest.raises(UserError, match="namespace shop, not other"):
        await connect(connections, kubeconfig, "other")


async def test_quit_leaves_nothing(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path, tmp_path: Path
) -> None:
    FakeManager(api)
    info = await connect(connections, kubeconfig)
    folder = tmp_path / "session"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert "s3cret" not in (folder / "session.json").read_text()
    assert (await connections.quit()).was_connected
    assert api.get(SESSIONS, info.session) is None
    assert list(folder.iterdir()) == []
    assert not (await connections.quit()).was_connected


async def test_a_killed_daemon_comes_back_as_the_same_session(
    api: FakeApi, store: SessionStore, kubeconfig: Path
) -> None:
    FakeManager(api)
    killed = ConnectionService(store)
    before = await connect(killed, kubeconfig)
    assert killed.current is not None
    await killed.current.abandon()
    second = ConnectionService(store)
    second.begin()
    await second.settled()
    after = second.info()
    assert after is not None
    assert after.session_uid == before.session_uid
    await second.quit()


async def test_a_daemon_that_is_not_used_makes_no_connection_any_more_once_it_is_closed(
    connections: ConnectionService, api: FakeApi, kubeconfig: Path
) -> None:
    FakeManager(api)
    await connect(connections, kubeconfig)
    assert not await connections.close_unused()
    await connections.quit()
    assert await connections.close_unused()
    with pytest.raises(UserError, match="is being exchanged"):
        await connect(connections, kubeconfig)


async def test_who_makes_a_connection_is_used(connections: ConnectionService, api: FakeApi, kubeconfig: Path) -> None:
    FakeManager(api)
    connecting = asyncio.create_task(connect(connections, kubeconfig), name="connecting")
    await asyncio.sleep(0)
    assert not await connections.close_unused()
    assert not connecting.done(), "nobody waits until it is made"
    assert (await connecting).session_uid


async def test_a_daemon_whose_session_may_come_back_with_the_next_one_is_used(
    api: FakeApi, store: SessionStore, kubeconfig: Path
) -> None:
    FakeManager(api)
    killed = ConnectionService(store)
    await connect(killed, kubeconfig)
    assert killed.current is not None
    await killed.current.abandon()
    second = ConnectionService(store)  # it has not come back, for want of credentials, say
    assert not await second.close_unused()
    assert store.load() is not None
    await second.quit()


async def test_a_session_is_where_it_was_made_whatever_is_current_by_now(
    api: FakeApi, store: SessionStore, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeManager(api)
    killed = ConnectionService(store)
    request = ConnectRequest(environment={"KUBECONFIG": str(kubeconfig)})
    before = await killed.connect(request, progress=lambda text: None)
    assert killed.current is not None
    await killed.current.abandon()
    make_another_current(kubeconfig)
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    second = ConnectionService(store)
    second.begin()
    await second.settled()
    after = second.info()
    assert after is not None
    assert (after.session_uid, after.context, after.namespace) == (before.session_uid, "fake", "shop")
    await second.quit()


def make_another_current(kubeconfig: Path) -> None:
    """As by `kubectl config use-context`."""
    other = yaml.safe_load(kubeconfig.read_text())
    other["clusters"].append({"name": "other", "cluster": {"server": "http://127.0.0.1:9"}})
    other["contexts"].append({"name": "other", "context": {"cluster": "other", "user": "u"}})
    kubeconfig.write_text(yaml.safe_dump(other | {"current-context": "other"}))


async def hold(service: ConnectionService, kubeconfig: Path, stack: AsyncExitStack, holder: str) -> ConnectionInfo:
    request = ConnectRequest(kubeconfig=str(kubeconfig), holder=holder)
    return await stack.enter_async_context(service.held(request, progress=lambda text: None))


async def test_a_held_connection_ends_with_the_last_who_holds_it(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path
) -> None:
    FakeManager(api)
    async with AsyncExitStack() as outer, AsyncExitStack() as inner:
        info = await hold(connections, kubeconfig, inner, "one")
        assert (await hold(connections, kubeconfig, outer, "two")).already_connected
        await inner.aclose()
        now = connections.info()
        assert now is not None
        assert (now.session_uid, list(now.holders)) == (info.session_uid, ["two"])
    assert connections.info() is None
    assert api.get(SESSIONS, info.session) is None


async def test_whoever_connects_beside_those_who_hold_makes_it_stay(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path
) -> None:
    FakeManager(api)
    async with AsyncExitStack() as stack:
        await hold(connections, kubeconfig, stack, "one")
        await connect(connections, kubeconfig)
    assert connections.current is not None


async def test_a_connection_that_was_there_is_not_ended_by_who_held_it(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path
) -> None:
    FakeManager(api)
    await connect(connections, kubeconfig)
    async with AsyncExitStack() as stack:
        await hold(connections, kubeconfig, stack, "one")
    assert connections.current is not None


async def test_any_connection_will_do_for_who_says_so(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path
) -> None:
    FakeManager(api)
    info = await connect(connections, kubeconfig)
    elsewhere = ConnectRequest(kubeconfig=str(kubeconfig), namespace="other", holder="one", any=True)
    async with connections.held(elsewhere, progress=lambda text: None) as found:
        assert found.session_uid == info.session_uid


@pytest.mark.parametrize("held", [True, False])
async def test_an_intercept_keeps_a_held_connection_unless_it_is_held_itself(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path, held: bool
) -> None:
    FakeManager(api)
    async with AsyncExitStack() as stack:
        await hold(connections, kubeconfig, stack, "one")
        await intercepted(connections, api, held=held)
    assert (connections.current is None) is held


async def test_a_connection_that_was_held_does_not_come_back_with_the_daemon(
    api: FakeApi, store: SessionStore, kubeconfig: Path
) -> None:
    FakeManager(api)
    killed = ConnectionService(store)
    stack = AsyncExitStack()
    before = await hold(killed, kubeconfig, stack, "one")
    assert killed.current is not None
    await killed.current.abandon()
    second = ConnectionService(store)
    second.begin()
    await second.settled()
    assert second.info() is None
    assert api.get(SESSIONS, before.session) is None
    assert store.load() is None
    await stack.aclose()


async def test_one_intercept_that_cannot_be_deleted_keeps_no_other_and_is_said(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path
) -> None:
    FakeManager(api)
    info = await connect(connections, kubeconfig)
    for name in ("bread", "cake", "dough"):
        await intercepted(connections, api, name=name, held=False)
    api.refuse = lambda request: (
        status(403, "Forbidden", "cake may not be deleted")
        if request.method == "DELETE" and request.path.endswith("/cake")
        else None
    )
    reply = await connections.quit()
    assert list(reply.left) == ["bread", "dough"]
    assert "intercept cake: you may not delete" in reply.unfinished
    assert "the traffic manager ends it" in reply.unfinished
    assert api.get(SESSIONS, info.session) is None
    assert connections.current is None


async def test_quitting_without_the_api_server_says_that_nothing_was_ended(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path, store: SessionStore
) -> None:
    FakeManager(api)
    await connect(connections, kubeconfig)
    await intercepted(connections, api, held=False)
    api.refuse = lambda request: status(503, "", "down")
    reply = await connections.quit()
    assert (list(reply.left), reply.was_connected) == ([], True)
    assert reply.unfinished
    assert store.load() is None


async def test_what_another_put_into_this_session_is_none_of_its_own(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path
) -> None:
    """The cluster proves the owner of an Intercept, not that its session is the owner's."""
    FakeManager(api)
    await connect(connections, kubeconfig)
    await intercepted(connections, api, held=False)
    mine = connections.require().intercepts
    (own,) = mine.all()
    body = replace(own, metadata=Metadata(name="evil", namespace="shop")).to_object()
    body["spec"]["owner"] = "mallory"
    other = Intercept.from_object(await connections.require().client.create(INTERCEPTS, body, namespace="shop"))
    assert not mine.is_own(other)
    await intercepted(connections, api, name="later", held=False)  # by then the watch has brought the other, too
    assert [one.metadata.name for one in mine.all()] == ["echo", "later"]


async def test_a_session_that_is_quit_before_it_has_come_back_does_not_come_back(
    api: FakeApi, store: SessionStore, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither with this daemon, whose heartbeat for it ends, nor with the next."""
    monkeypatch.setattr(service_module, "RESUME_SECONDS", 0.02)
    FakeManager(api)
    killed = ConnectionService(store)
    info = await connect(killed, kubeconfig)
    assert killed.current is not None
    await killed.current.abandon()
    asked = asyncio.Event()

    def refuse(request: web.Request) -> web.Response | None:
        """The last step of coming back, when the heartbeat has begun."""
        if request.path != "/version":
            return None
        asked.set()
        return status(503, "", "down")

    api.refuse = refuse
    second = ConnectionService(store)
    second.begin()
    await asyncio.wait_for(asked.wait(), 30)
    reply = await second.quit()
    assert reply.was_connected
    assert info.session in reply.unfinished
    assert store.load() is None
    assert "heartbeat" not in {task.get_name() for task in asyncio.all_tasks()}
    assert not (await second.quit()).was_connected


async def intercepted(connections: ConnectionService, api: FakeApi, *, name: str = "echo", held: bool) -> None:
    """An intercept of this session, known to its watch."""
    connection = connections.require()
    await connection.watch("shop")
    connection.hold(name, "shop", held=held)
    intercept = Intercept(
        metadata=Metadata(name=name, namespace="shop"),
        spec=InterceptSpec(
            owner="ada",
            session=SessionReference(name=connection.session.name, uid=connection.session.uid),
            workload=WorkloadReference(kind="Deployment", name="echo"),
            ports=(InterceptPort(local_port=8080),),
        ),
    )
    made = await connection.client.create(INTERCEPTS, intercept.to_object(), namespace="shop")
    await connection.intercepts.wait_known(made["metadata"]["uid"], namespace="shop")


async def test_a_session_that_is_gone_does_not_come_back(api: FakeApi, store: SessionStore, kubeconfig: Path) -> None:
    FakeManager(api)
    killed = ConnectionService(store)
    info = await connect(killed, kubeconfig)
    assert killed.current is not None
    await killed.current.abandon()
    api.remove(SESSIONS, info.session)
    second = ConnectionService(store)
    second.begin()
    await second.settled()
    info_after = second.info()
    assert info_after is not None
    assert not info_after.session_uid
    assert "had expired" in info_after.state
    assert store.load() is None
    assert not (await second.quit()).was_connected
    assert second.info() is None


async def test_no_manager(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    api.refuse = lambda request: (
        status(404, "NotFound", "no such resource") if request.path.endswith("/sessions") else None
    )
    with pytest.raises(UserError, match="no traffic manager in namespace telelens") as caught:
        await connect(connections, kubeconfig)
    assert "telelens helm install" in caught.value.hint
    api.refuse = None
    monkeypatch.setattr(session_module, "ACCEPT_SECONDS", 0.05)
    with pytest.raises(UserError, match="does not answer"):
        await connect(connections, kubeconfig)
    assert connections.current is None
    assert list((tmp_path / "session").iterdir()) == []


async def test_a_manager_that_comes_late_is_waited_for_and_that_is_said(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the one that led was killed and its Lease has to run out first."""
    monkeypatch.setattr(session_module, "LATE_SECONDS", 0.05)
    manager = FakeManager(api)
    created: list[tuple[str, Object]] = []
    api.created = lambda path, item: created.append((path, item))
    warned = asyncio.Event()
    told: list[str] = []

    def progress(text: str) -> None:
        told.append(text)
        if text.startswith(WARNING):
            warned.set()

    connecting = asyncio.create_task(connections.connect(ConnectRequest(kubeconfig=str(kubeconfig)), progress=progress))
    await asyncio.wait_for(warned.wait(), 30)
    assert "traffic manager in namespace telelens does not answer yet" in told[-1]
    manager.set_status(*created[0], manager.session_status)
    assert (await connecting).manager_version == "1.0"


async def test_an_outage_is_said_and_survived(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "HEARTBEAT_SECONDS", 0.02)
    monkeypatch.setattr(session_module, "RETRY_SECONDS", 0.02)
    FakeManager(api)
    info = await connect(connections, kubeconfig)
    stored = api.get(SESSIONS, info.session)
    assert stored is not None
    await until(lambda: "heartbeat" in (api.get(SESSIONS, info.session) or {}).get("status", {}))
    api.refuse = lambda request: status(503, "", "down")
    await until(lambda: connections.require().state != "connected")
    assert "cannot serve now" in connections.require().state
    api.refuse = None
    await until(lambda: connections.require().state == "connected")
    assert (api.get(SESSIONS, info.session) or {})["status"]["managerVersion"] == "1.0"


async def test_a_session_that_the_manager_took_away_is_made_again(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "HEARTBEAT_SECONDS", 0.02)
    monkeypatch.setattr(service_module, "RENEWAL_SECONDS", 0.02)
    FakeManager(api)
    info = await connect(connections, kubeconfig)
    api.remove(SESSIONS, info.session)
    await until(lambda: (now := connections.info()) is not None and now.session_uid != info.session_uid)


async def test_a_session_that_the_manager_refuses_is_said_at_once(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path
) -> None:
    FakeManager(api).session_status = {"accepted": False, "message": "its certificate is that of session twin"}
    with pytest.raises(session_module.SessionRefusedError, match="that of session twin"):
        await connect(connections, kubeconfig)
    assert await connections.quit()


@pytest.mark.parametrize(("silent", "why"), [(0.0, "had expired"), (60.0, "was ended in the cluster")])
async def test_why_the_session_ended_is_said_wherever_a_connection_is_missed(
    api: FakeApi,
    connections: ConnectionService,
    kubeconfig: Path,
    monkeypatch: pytest.MonkeyPatch,
    silent: float,
    why: str,
) -> None:
    monkeypatch.setattr(session_module, "HEARTBEAT_SECONDS", 0.02)
    monkeypatch.setattr(session_module, "SILENT_SECONDS", silent)
    monkeypatch.setattr(service_module, "RENEWAL_SECONDS", 0.02)
    FakeManager(api)
    info = await connect(connections, kubeconfig)
    api.refuse = lambda request: status(404, "NotFound", "gone") if request.path.endswith("/sessions") else None
    api.remove(SESSIONS, info.session)
    await until(lambda: connections.current is None and connections.info() is not None)
    with pytest.raises(UserError, match=f"not connected to a cluster; the session {why}"):
        connections.require()


async def test_a_namespace_that_does_not_exist_is_said_where_that_may_be_known(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path, tmp_path: Path
) -> None:
    FakeManager(api)
    for name in ("garage", "shop"):
        api.put("/api/v1/namespaces", {"metadata": {"name": name}})
    api.refuse = lambda request: status(404, "NotFound", "no") if request.path.endswith("/garrage") else None
    with pytest.raises(UserError, match="there is no namespace garrage") as caught:
        await connect(connections, kubeconfig, "garrage")
    assert (caught.value.code, caught.value.hint) == ("unknown-namespace", 'did you mean "garage"?')
    api.refuse = lambda request: (
        status(404, "NotFound", "no")
        if request.path.endswith("/garrage")
        else status(403, "Forbidden", "no")
        if request.path.endswith("/namespaces")
        else None
    )
    with pytest.raises(UserError, match="there is no namespace garrage") as caught:
        await connect(connections, kubeconfig, "garrage")
    assert "--namespace" in caught.value.hint
    assert connections.current is None
    await asyncio.sleep(0.5)  # What makes the session's key is not at work any more, either.
    assert list((tmp_path / "session").iterdir()) == []


async def test_who_may_not_read_namespaces_connects(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path
) -> None:
    FakeManager(api)
    api.refuse = lambda request: (
        status(403, "Forbidden", "no")
        if request.path.startswith("/api/v1/namespaces/") or request.path.endswith("accessreviews")
        else None
    )
    assert (await connect(connections, kubeconfig, "garrage")).namespace == "garrage"


async def test_who_may_not_intercept_there_is_warned(
    api: FakeApi, connections: ConnectionService, kubeconfig: Path
) -> None:
    FakeManager(api)
    api.refuse = lambda request: (
        web.json_response({"status": {"allowed": False}}) if request.path.endswith("accessreviews") else None
    )
    told: list[str] = []
    await connections.connect(ConnectRequest(kubeconfig=str(kubeconfig)), progress=told.append)
    (warning,) = [line for line in told if line.startswith("warning: ")]
    assert "namespace shop" in warning
    assert "telelens-intercept" in warning
