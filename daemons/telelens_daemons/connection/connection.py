"""One connection to one cluster, from the first request to the last."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass

from telelens_schemas.names import MANAGER_NAMESPACE
from telelens_schemas.resources import GROUP_LENGTH, MOST_GROUPS, Intercept
from telelens_schemas.wire.daemon_pb2 import ConnectionInfo, ConnectRequest

from telelens_daemons.connection.access import access_of
from telelens_daemons.connection.namespace_check import check_namespace
from telelens_daemons.connection.own_intercepts import INTERCEPTS, OwnIntercepts
from telelens_daemons.errors import WARNING, first_user_error
from telelens_daemons.kube.client import KubeClient, KubeObject
from telelens_daemons.kube.errors import ConflictError, KubeError, NotFoundError
from telelens_daemons.kube.kubeconfig import config_paths
from telelens_daemons.kube.portforward import PortForwarder
from telelens_daemons.kube.resources import SELF_SUBJECT_REVIEWS
from telelens_daemons.session.session import SessionKeeper, new_session_name
from telelens_daemons.session.store import SavedSession, SessionStore, merged
from telelens_daemons.tunnels.identity import TunnelIdentity
from telelens_daemons.tunnels.paths import Paths
from telelens_daemons.tunnels.tunnel_set import TunnelSet
from telelens_daemons.username import username
from telelens_daemons.version import version

logger = logging.getLogger(__name__)

QUIT_SECONDS = 10.0
DELETED_SECONDS = 2.0
LANES = 1


@dataclass(frozen=True, slots=True)
class Farewell:
    """What came of quitting."""

    ended: tuple[str, ...]
    """Names of the intercepts that were deleted."""
    unfinished: str
    """What could not be ended in the cluster, and why; empty: nothing."""


def left_to_the_manager(reason: str, *, session_ended: bool = False) -> str:
    """What happens to that which cannot be deleted from here."""
    when = "within seconds" if session_ended else "when it has heard nothing of this workstation for some minutes"
    return f"not everything could be ended in the cluster: {reason}; the traffic manager ends it {when}"


class Connection:
    """Made by ``establish`` or ``resume``; ended by ``quit`` (undoes all) or ``abandon`` (leaves all in place)."""

    def __init__(self, request: ConnectRequest, *, store: SessionStore, expired: Callable[[Connection], None]) -> None:
        self.request = ConnectRequest()
        self.request.CopyFrom(request)
        self.access = access_of(request)
        # What is current in the kubeconfig may be another when the session is made again, by this daemon or the next.
        self.request.kubeconfig = os.pathsep.join(map(str, config_paths(request.kubeconfig, request.environment)))
        self.request.context = self.access.context
        self.request.namespace = self.access.namespace
        self.manager_namespace = request.manager_namespace or MANAGER_NAMESPACE
        self.client = KubeClient(self.access, environment=dict(request.environment), user_agent=f"telelens/{version()}")
        self.session = SessionKeeper(
            self.client,
            namespace=self.manager_namespace,
            back=self._on_network_back,
            expired=lambda: expired(self),
        )
        self.intercepts = OwnIntercepts(self.client, changed=self._on_intercepts_changed)
        self.tunnels: TunnelSet | None = None
        self._store = store
        self._held: set[str] = set()
        self._server_version = ""

    async def establish(self, *, progress: Callable[[str], None]) -> None:
        """Make a new session. Raises UserError; then, and when cancelled, nothing of it is left."""
        progress(f"connecting to {self.access.context or self.access.server}")
        try:
            async with asyncio.TaskGroup() as group:
                owner = group.create_task(self._whoami())
                version_task = group.create_task(self.client.version())
                certificate = group.create_task(self._store.make_certificate())
                warning = group.create_task(check_namespace(self.client, self.access.namespace))
            self._server_version = version_task.result()
            host = platform.node() or "unknown"
            await self.session.create(
                name=new_session_name(username({}) or "nobody", host),
                owner=owner.result(),
                host=host,
                certificate=certificate.result(),
                version=version(),
            )
            self._begin()
            self.save()
            await self.session.start()
            progress("waiting for the traffic manager")
            await self.session.wait_accepted(late=lambda text: progress(f"{WARNING}{text}"))
            if warning.result():
                progress(f"{WARNING}{warning.result()}")
        except BaseException as error:
            await asyncio.shield(self.quit())
            if isinstance(error, BaseExceptionGroup):
                raise first_user_error(error) from error
            raise

    async def resume(self, saved: SavedSession) -> bool:
        """Come back as the session of a daemon that was killed; False when that session is gone.

        Raises KubeError when the API server cannot be asked; trying again may help.
        """
        if not await self.session.find(name=saved.name, uid=saved.uid):
            return False
        self._begin()
        for namespace in saved.intercept_namespaces:
            with contextlib.suppress(NotFoundError):
                await self.intercepts.watch(namespace)
        # The calls that held them, and whatever served them, ended with the daemon that was killed.
        for intercept in self.intercepts.all():
            if _place(intercept.metadata.namespace, intercept.metadata.name) in saved.held_intercepts:
                await self.delete(intercept)
                await self.intercepts.wait_gone(intercept.metadata.uid or "", seconds=DELETED_SECONDS)
                logger.info("ended %s: what it was made for went with the last daemon", intercept.metadata.name)
        self.save()
        await self.session.start()
        self._server_version = await self.client.version()
        return True

    async def quit(self) -> Farewell:
        """Delete the intercepts and the session. One that cannot be deleted keeps no other."""
        ended: list[str] = []
        problems: list[str] = []

        async def end(intercept: Intercept) -> None:
            try:
                await self.delete(intercept)
            except KubeError as error:
                problems.append(f"intercept {intercept.metadata.name}: {error.message}")
            else:
                ended.append(intercept.metadata.name)

        session_ended = False
        try:
            async with asyncio.timeout(QUIT_SECONDS):
                await asyncio.gather(*(end(intercept) for intercept in self.intercepts.all()))
                await self.session.stop()
                await self.session.delete()
                session_ended = True
        except KubeError as error:
            problems.append(f"the session: {error.message}")
        except TimeoutError:
            problems.append(f"the API server did not answer within {QUIT_SECONDS:g} s")
        finally:
            await self.abandon()
        self._store.clear()
        unfinished = left_to_the_manager(problems[0], session_ended=session_ended) if problems else ""
        if unfinished:
            logger.warning("%s", unfinished)
        return Farewell(tuple(sorted(ended)), unfinished)

    async def abandon(self) -> None:
        """Let go of everything here; in the cluster all stays as it is."""
        await self.session.stop()
        await self.intercepts.stop()
        if self.tunnels:
            await self.tunnels.close("the workstation has disconnected")
        await self.client.__aexit__()

    async def watch(self, namespace: str) -> None:
        """Have this session's intercepts of a namespace known, also to a daemon that comes after this one."""
        if namespace not in self.intercepts.namespaces:
            await self.intercepts.watch(namespace)
            self.save()

    def hold(self, name: str, namespace: str, *, held: bool) -> None:
        """Note, before an intercept is made, whether a daemon that comes after this one shall end it.

        By name, as it has no UID yet: a daemon killed between the API server's answer and a note would leave it.
        """
        before = set(self._held)
        (self._held.add if held else self._held.discard)(_place(namespace, name))
        if self._held != before:
            self.save()

    @property
    def is_unused(self) -> bool:
        """Whether it was made for calls that hold it and has no intercept that would outlive them."""
        places = (_place(one.metadata.namespace, one.metadata.name) for one in self.intercepts.all())
        return bool(self.request.holder) and self._held.issuperset(places)

    def keep(self) -> None:
        """From now on it stays, whoever it was made for."""
        if self.request.holder:
            self.request.holder = ""
            self.save()

    async def delete(self, intercept: Intercept) -> None:
        """Delete an intercept; twice is once."""
        metadata = intercept.metadata
        self.intercepts.expect_end(metadata.uid or "")
        with contextlib.suppress(NotFoundError, ConflictError):
            await self.client.delete(
                INTERCEPTS, metadata.name, namespace=metadata.namespace or "", uid=metadata.uid or ""
            )

    def save(self) -> None:
        """Keep on disk what a later daemon needs to come back."""
        namespaces: tuple[str, ...] = ()
        for namespace in self.intercepts.namespaces:
            namespaces = merged(namespaces, namespace)
        self._store.save(
            SavedSession(
                request=self.request,
                name=self.session.name,
                uid=self.session.uid,
                intercept_namespaces=namespaces,
                held_intercepts=tuple(sorted(self._held)),
            )
        )

    @property
    def ended_with_session(self) -> list[str]:
        """Names of the intercepts that the manager took away together with a session that is gone."""
        taken = self.intercepts.taken_since(self.session.alive_at)
        return sorted({intercept.metadata.name for intercept in [*taken, *self.intercepts.all()]})

    @property
    def state(self) -> str:
        """``connected``, or why not and for how long."""
        if self.session.problem is None:
            return "connected"
        seconds = time.monotonic() - self.session.problem_since
        return f"{self.session.problem.message} (for {seconds:.0f} s; trying on)"

    def info(self, *, already_connected: bool = False) -> ConnectionInfo:
        """What ``status`` says."""
        session = self.session.session
        return ConnectionInfo(
            context=self.access.context,
            cluster=self.access.cluster,
            server=self.access.server,
            server_version=self._server_version,
            namespace=self.access.namespace,
            manager_namespace=self.manager_namespace,
            manager_version=session.status.manager_version or "",
            owner=session.spec.owner,
            session=session.metadata.name,
            session_uid=session.metadata.uid or "",
            name=self.request.name,
            already_connected=already_connected,
            agent_image=session.status.agent_image or "",
            state=self.state,
        )

    async def owner_groups(self) -> tuple[str, ...]:
        """The groups that an Intercept made now may name: as the API server sees them at this moment."""
        groups = (await self._user_info()).get("groups") or ()
        return tuple(one for one in groups if len(one) <= GROUP_LENGTH)[:MOST_GROUPS]

    async def _whoami(self) -> str:
        return str((await self._user_info())["username"])

    async def _user_info(self) -> KubeObject:
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        review = await self.client.create(SELF_SUBJECT_REVIEWS, body)
        found: KubeObject = review["status"]["userInfo"]
        return found

    def _begin(self) -> None:
        self.intercepts.begin(session_uid=self.session.uid, owner=self.session.session.spec.owner)
        identity = TunnelIdentity(
            session_uid=self.session.uid,
            certificate=self._store.certificate,
            key=self._store.key,
            version=version(),
        )
        self.tunnels = TunnelSet(
            identity=identity,
            paths=Paths(PortForwarder(self.client)),
            changed=self.intercepts.touched,
            lanes=LANES,
        )

    def _on_intercepts_changed(self) -> None:
        if self.tunnels:
            self.tunnels.update(self.intercepts.all())

    def _on_network_back(self) -> None:
        self.intercepts.hurry()
        if self.tunnels:
            self.tunnels.hurry()


def _place(namespace: str | None, name: str) -> str:
    return f"{namespace}/{name}"
