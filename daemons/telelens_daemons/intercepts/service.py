"""Makes and leaves intercepts. Used by the gRPC servicer and by specification runs alike."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from telelens_schemas.resources import (
    Intercept,
    InterceptPort,
    InterceptSpec,
    Metadata,
    Phase,
    SessionReference,
    WorkloadReference,
)
from telelens_schemas.wire.daemon_pb2 import InterceptInfo, InterceptRequest
from telelens_schemas.workloads import (
    Target,
    TargetError,
    did_you_mean,
    resolve_target,
    workload_unsupported_reason,
)

from telelens_daemons.connection.connection import Connection
from telelens_daemons.connection.own_intercepts import INTERCEPTS
from telelens_daemons.connection.rights import intercept_role_needed
from telelens_daemons.connection.service import ConnectionService, Progress
from telelens_daemons.errors import UserError, first_user_error
from telelens_daemons.intercepts.age import age
from telelens_daemons.intercepts.claims import explained, what_to_do, whose
from telelens_daemons.intercepts.errors import CODES, InterceptFailedError
from telelens_daemons.intercepts.filters import drain_of, match_of, mechanism_of
from telelens_daemons.intercepts.http_versions import differing_versions
from telelens_daemons.intercepts.info import describe
from telelens_daemons.intercepts.local_ports import asked_ports, check_free, silent_ports, with_local_ports
from telelens_daemons.intercepts.own_names import own_names
from telelens_daemons.intercepts.preview import preview_of
from telelens_daemons.intercepts.workloads import find_workload
from telelens_daemons.kube.client import KubeObject
from telelens_daemons.kube.errors import ConflictError, ForbiddenError, KubeError, RefusedError
from telelens_daemons.kube.resources import SERVICES
from telelens_daemons.session.session import NoManagerError
from telelens_daemons.tunnels.errors import TunnelError

logger = logging.getLogger(__name__)

MANAGER_SECONDS = 10.0
"""How long the manager may take to say anything at all about a new intercept."""
TUNNEL_SECONDS = 30.0
"""How long no tunnel may come up, for one reason or another, once there are agents to reach."""
LEAVE_SECONDS = 5.0


class InterceptService:
    """Works on whatever connection the ConnectionService has; raises NotConnectedError without one."""

    def __init__(self, connections: ConnectionService) -> None:
        self._connections = connections
        self._undoing: set[asyncio.Future[None]] = set()
        self._comparing: set[asyncio.Task[list[str]]] = set()

    async def create(self, request: InterceptRequest, *, progress: Progress) -> InterceptInfo:
        """Return the ACTIVE intercept with its environment.

        Raises UserError when it cannot become active; then, and when cancelled, nothing of it is left.
        """
        await self._connections.settled()
        connection = self._connections.require()
        namespace = request.namespace or connection.access.namespace
        await self._check_new(connection, request.name, namespace)
        self._connections.forget_notice()
        mechanism = mechanism_of(request)
        drain = drain_of(request, mechanism)
        match = match_of(request, session_uid=connection.session.uid)
        asked = asked_ports(request.ports)
        with intercept_role_needed(namespace):
            groups, (workload, target) = await asyncio.gather(
                connection.owner_groups(), self._target(connection, request, namespace, asked)
            )
        ports = with_local_ports(asked, target.ports)
        spec = InterceptSpec(
            owner=connection.session.session.spec.owner,
            owner_groups=groups,
            session=SessionReference(name=connection.session.name, uid=connection.session.uid),
            workload=WorkloadReference(kind=workload["kind"], name=workload["metadata"]["name"]),
            service=target.service,
            container=target.container,
            ports=ports,
            mechanism=mechanism,
            match=match,
            drain=drain,
            preview=preview_of(request),
        )
        check_free(spec, namespace, connection.intercepts.all())
        progress(f"Using {workload['kind']} {workload['metadata']['name']}")
        creating = asyncio.ensure_future(self._create(connection, request, namespace, spec))
        try:
            intercept = await asyncio.shield(creating)
        except asyncio.CancelledError:
            # The API server may have it already: wait for the answer, then take it away.
            creating.add_done_callback(lambda task: self._undo_created(connection, task))
            raise
        if request.hold and connection.tunnels is not None:
            uid = intercept.metadata.uid or ""
            connection.tunnels.destinations.hold(uid, lambda: self._begin_comparing(uid))
        try:
            active = await self._wait_active(connection, intercept, progress)
            if request.hold:  # Who holds it starts the handler next.
                return await self._with_environment(connection, active)
            for address in await silent_ports(ports):
                progress(f"nothing is listening on {address} yet")
            info, lines = await asyncio.gather(self._with_environment(connection, active), differing_versions(active))
            for line in lines:
                progress(line)
            return info
        except BaseException:
            await asyncio.shield(self._undo(connection, intercept))
            raise

    async def differing_versions(self, uid: str) -> list[str]:
        """See the function of this name; what it finds is also said where the intercept is shown from now on."""
        connection = self._connections.current
        intercept = connection.intercepts.get(uid) if connection is not None else None
        if connection is None or intercept is None:
            return []
        lines = await differing_versions(intercept)
        if connection.tunnels is not None and connection.intercepts.get(uid) is not None:
            connection.tunnels.destinations.warn(uid, "; ".join(lines))
            connection.intercepts.touched()
        return lines

    async def leave(self, name: str, *, namespace: str = "") -> InterceptInfo:
        """End an intercept of this session and return what it was. ``name`` is what it is called or what was asked
        for; ``namespace`` empty: wherever it is."""
        await self._connections.settled()
        connection = self._connections.require()
        own = connection.intercepts.all()
        there = [one for one in own if namespace in ("", one.metadata.namespace)]
        called = own_names(name, connection.session.session.spec.owner)
        found = next(filter(None, ([one for one in there if one.metadata.name == tried] for tried in called)), [])
        if not found:
            names = [one.metadata.name for one in own]
            ended = any(one.metadata.name == name for one in connection.intercepts.taken_since(0.0))
            raise UserError(
                f'you have no intercept "{name}"',
                hint="it was ended from outside: somebody deleted it in the cluster"
                if ended
                else did_you_mean(name, names) or "you have none at all",
                code="unknown-intercept",
            )
        if len(found) > 1:
            places = ", ".join(str(one.metadata.namespace) for one in found)
            raise UserError(
                f'you have several intercepts "{name}": in {places}', hint="say which: --namespace", code="ambiguous"
            )
        info = self._describe(connection, found[0])
        await self._delete(connection, found[0])
        return info

    def mine(self) -> list[InterceptInfo]:
        """The intercepts of this session as they are now, without environments."""
        connection = self._connections.current
        if connection is None:
            return []
        return [self._describe(connection, intercept) for intercept in connection.intercepts.all()]

    async def changes(self, uid: str) -> AsyncGenerator[InterceptInfo, None]:
        """Yield the intercept whenever its status changes; ends when it is gone."""
        connection = self._connections.require()
        last: InterceptInfo | None = None
        async with aclosing(connection.intercepts.states(uid)) as states:
            async for intercept in states:
                info = self._describe(connection, intercept)
                if info != last:
                    last = info
                    yield info

    async def _check_new(self, connection: Connection, name: str, namespace: str) -> None:
        own = connection.intercepts.all()
        if any(one.metadata.name == name and one.metadata.namespace == namespace for one in own):
            raise await self._exists(connection, name, namespace)

    async def _target(
        self,
        connection: Connection,
        request: InterceptRequest,
        namespace: str,
        asked: Sequence[InterceptPort],
    ) -> tuple[KubeObject, Target]:
        client = connection.client
        try:
            async with asyncio.TaskGroup() as group:
                finding = group.create_task(
                    find_workload(
                        client,
                        name=request.workload or request.name,
                        kind=request.workload_kind,
                        namespace=namespace,
                    )
                )
                services = group.create_task(client.list_all(SERVICES, namespace=namespace))
                group.create_task(connection.watch(namespace))
        except BaseExceptionGroup as group:
            raise first_user_error(group) from group
        workload = finding.result()
        if reason := workload_unsupported_reason(workload):
            raise UserError(reason, code="unsupported-workload")
        try:
            target = resolve_target(
                workload,
                services.result(),
                service=request.service or None,
                container=request.container or None,
                ports=asked,
            )
        except TargetError as error:
            raise UserError(error.message, hint=error.hint, code="unknown-target") from error
        return workload, target

    async def _create(
        self, connection: Connection, request: InterceptRequest, namespace: str, spec: InterceptSpec
    ) -> Intercept:
        """Where another workstation's intercept has the name, though none of its requests, a name beside it does."""
        for name in own_names(request.name, spec.owner):
            named = replace(spec, match=match_of(request, session_uid=spec.session.uid, name=name))
            body = Intercept(metadata=Metadata(name=name, namespace=namespace), spec=named).to_object()
            body.pop("status", None)
            await self._check_new(connection, name, namespace)
            connection.hold(name, namespace, held=request.hold)
            try:
                with intercept_role_needed(namespace):
                    return Intercept.from_object(await connection.client.create(INTERCEPTS, body, namespace=namespace))
            except ConflictError as error:
                connection.hold(name, namespace, held=False)
                refusal = error
            except RefusedError as error:
                raise await explained(connection, error, namespace) from error
        raise await self._exists(connection, request.name, namespace) from refusal

    async def _exists(self, connection: Connection, name: str, namespace: str) -> UserError:
        try:
            other = Intercept.from_object(await connection.client.get(INTERCEPTS, name, namespace=namespace))
        except KubeError as error:
            return error
        created = age(other.metadata.creation_timestamp or "")
        return UserError(
            f'the intercept "{name}" exists in namespace {namespace}: made by {whose(connection, other)} {created} ago',
            hint=what_to_do(connection, other),
            code="exists",
        )

    async def _wait_active(self, connection: Connection, intercept: Intercept, progress: Progress) -> Intercept:
        uid = intercept.metadata.uid or ""
        deadline: float | None = asyncio.get_running_loop().time() + MANAGER_SECONDS
        await self._wait_seen(connection, intercept)
        told = obstacle = ""
        async with aclosing(connection.intercepts.states(uid)) as states:
            while True:
                try:
                    async with asyncio.timeout_at(deadline):
                        current = await anext(states, None)
                except TimeoutError as error:
                    raise (_no_tunnel(obstacle) if obstacle else _nobody_serves(connection, intercept)) from error
                if current is None:
                    name = intercept.metadata.name
                    raise UserError(f'the intercept "{name}" was deleted by somebody', code="deleted")
                status = current.status
                if status.phase is Phase.ACTIVE:
                    return current
                if status.phase in CODES:
                    raise await explained(connection, InterceptFailedError(current), current.metadata.namespace or "")
                before, obstacle = obstacle, _obstacle(connection, current)
                if obstacle and not before:
                    deadline = asyncio.get_running_loop().time() + TUNNEL_SECONDS
                elif not obstacle and (before or status.since is not None or status.message):
                    deadline = None
                if (message := obstacle or status.message) and message != told:
                    told = message
                    progress(told)

    async def _wait_seen(self, connection: Connection, intercept: Intercept) -> None:
        """The answer to the creation may be here before the watch's event. Raises ForbiddenError."""
        metadata = intercept.metadata
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MANAGER_SECONDS):
                await connection.intercepts.wait_known(metadata.uid or "", namespace=metadata.namespace or "")

    async def _with_environment(self, connection: Connection, intercept: Intercept) -> InterceptInfo:
        info = self._describe(connection, intercept)
        if not intercept.status.environment.allowed:
            return info
        assert connection.tunnels is not None
        try:
            reply = await connection.tunnels.environment(intercept)
        except UserError as error:
            info.environment_denied_reason = error.message
            return info
        info.environment.update(reply.environment)
        info.environment_denied_reason = reply.denied_reason
        return info

    async def _undo(self, connection: Connection, intercept: Intercept) -> None:
        try:
            await self._delete(connection, intercept)
        except KubeError as error:
            logger.warning("the intercept %s could not be taken back: %s", intercept.metadata.name, error)

    def _undo_created(self, connection: Connection, creating: asyncio.Future[Intercept]) -> None:
        if not creating.cancelled() and creating.exception() is None:
            task = asyncio.ensure_future(self._undo(connection, creating.result()))
            self._undoing.add(task)
            task.add_done_callback(self._undoing.discard)

    def _begin_comparing(self, uid: str) -> None:
        """Nobody listened yet when the intercept was made."""
        task = asyncio.create_task(self.differing_versions(uid), name=f"HTTP versions of {uid}")
        self._comparing.add(task)
        task.add_done_callback(self._comparing.discard)

    async def _delete(self, connection: Connection, intercept: Intercept) -> None:
        await connection.delete(intercept)
        # Deleted it is; the watch brings the news a moment later, or later still when it is being renewed.
        await connection.intercepts.wait_gone(intercept.metadata.uid or "", seconds=LEAVE_SECONDS)

    def _describe(self, connection: Connection, intercept: Intercept) -> InterceptInfo:
        host = connection.session.session.spec.host
        return describe(intercept, mine=True, tunnels=connection.tunnels, host=host)


def _nobody_serves(connection: Connection, intercept: Intercept) -> NoManagerError:
    manager, namespace = connection.manager_namespace, intercept.metadata.namespace
    return NoManagerError(
        f'no traffic manager has taken up the intercept "{intercept.metadata.name}" in {MANAGER_SECONDS:g} s:'
        f" the one in namespace {manager} is down, or does not serve namespace {namespace}",
        hint=f"see whether it runs: kubectl -n {manager} get pods; if it does, have {namespace} added to the chart's"
        " value `namespaces` (telelens helm upgrade), or say where another is: --manager-namespace",
    )


def _no_tunnel(obstacle: str) -> TunnelError:
    return TunnelError(
        f"no tunnel has come up in {TUNNEL_SECONDS:g} s: {obstacle}",
        hint="see whether the pod runs, and whether `kubectl port-forward` reaches it; then try again",
    )


def _obstacle(connection: Connection, intercept: Intercept) -> str:
    """What on this side keeps the intercept from becoming active. Raises what no waiting will change."""
    errors = connection.tunnels.errors(intercept) if connection.tunnels else []
    for error in errors:
        if isinstance(error, ForbiddenError):
            with intercept_role_needed(intercept.metadata.namespace or ""):
                raise error
    return errors[0].message if errors else ""
