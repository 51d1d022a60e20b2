"""Turns decisions into deeds: one task per workload, woken by events, each deed idempotent."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from telelens_schemas.resources import EnvironmentGrant, Intercept, InterceptStatus, ResourceError, format_time
from telelens_schemas.wire.tunnel_pb2 import AgentConfiguration

from telelens_cluster.injector.settings import InjectionSettings
from telelens_cluster.manager.access import Access
from telelens_cluster.manager.agents import Agents
from telelens_cluster.manager.api import Api
from telelens_cluster.manager.canary import PATIENCE, SHORT_PATIENCE, send_canaries, send_canary
from telelens_cluster.manager.configuration import same
from telelens_cluster.manager.decision import Decision, decide
from telelens_cluster.manager.errors import ApiError, ManagerError
from telelens_cluster.manager.injection_plan import Action, Rehearse, Roll
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.kinds import INTERCEPT
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.namespace_view import NamespaceView
from telelens_cluster.manager.namespaces import Namespaces
from telelens_cluster.manager.observed import (
    AgentState,
    CanaryResult,
    CanaryRoute,
    Memory,
    Observed,
    Policy,
    SessionState,
)
from telelens_cluster.manager.previews import Previews
from telelens_cluster.manager.rehearsal import rehearse
from telelens_cluster.manager.rollout import roll, roll_back
from telelens_cluster.manager.status_patch import status_patch
from telelens_cluster.manager.tasks import Tasks

_log = logging.getLogger(__name__)
Object = Mapping[str, Any]
FIRST_WORD: Final = 0.5
"""Seconds for which a fresh agent may tell what it redirects before it is configured."""
_IDLE: Final = 30.0
_ANSWER: Final = 0.03
_HASTY_ATTEMPTS: Final = 4
_LONGEST_PAUSE: Final = 30.0


@dataclass(slots=True)
class _Work:
    """The state of one workload's task."""

    key: WorkloadKey
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    memory: Memory = field(default_factory=Memory)
    canaries: dict[CanaryRoute, CanaryResult] = field(default_factory=dict)
    under_way: set[CanaryRoute] = field(default_factory=set)
    greeted: dict[str, float] = field(default_factory=dict)
    """Pod UID → since when a fresh agent has been silent."""


class Reconciler:
    """An owner of tasks; an async context manager."""

    def __init__(
        self,
        api: Api,
        *,
        agents: Agents,
        namespaces: Namespaces,
        access: Access,
        previews: Previews,
        policy: Policy,
        metrics: Metrics,
        injection: Callable[[], InjectionSettings],
        intercepts_of: Callable[[WorkloadKey], list[Object]],
        session: Callable[[str], SessionState | None],
        learn: Callable[[Object], None],
    ) -> None:
        self._api = api
        self._agents = agents
        self._namespaces = namespaces
        self._access = access
        self._previews = previews
        self._policy = policy
        self._metrics = metrics
        self._injection = injection
        self._intercepts_of = intercepts_of
        self._session = session
        self._learn = learn
        self._work: dict[WorkloadKey, _Work] = {}
        self._tasks = Tasks()
        # Greater than any that a former process sent.
        self._generations = itertools.count(time.time_ns() // 1_000_000)

    async def __aenter__(self) -> Reconciler:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.cancel()

    def __len__(self) -> int:
        return len(self._work)

    def poke(self, key: WorkloadKey) -> None:
        """Something changed that may concern ``key``."""
        work = self._work.get(key)
        if work is None:
            work = self._work[key] = _Work(key)
            self._tasks.start(self._run(work), name=f"reconcile {key}")
        work.woken.set()

    def nudge(self, key: WorkloadKey) -> None:
        """Something changed that concerns ``key`` if it is at work at all."""
        if key in self._work:
            self.poke(key)

    def poke_namespace(self, namespace: str) -> None:
        """Something changed that may concern any workload at work in ``namespace``."""
        for key in list(self._work):
            if key.namespace == namespace:
                self.poke(key)

    async def _run(self, work: _Work) -> None:
        pause = 0.5
        try:
            async with self._namespaces.hold(work.key.namespace) as view:
                while True:
                    work.woken.clear()
                    try:
                        wait = await self._reconcile(work, view)
                        pause = 0.5
                    except Exception as error:  # one workload's trouble, or our bug: neither may end its care
                        wait, pause = pause, min(pause * 2, _LONGEST_PAUSE)
                        known = isinstance(error, ManagerError)
                        _log.warning("%s: %s", work.key, error, exc_info=None if known else error)
                    if wait is None and self._is_idle(work):
                        wait = _IDLE
                    try:
                        async with asyncio.timeout(wait):
                            await work.woken.wait()
                    except TimeoutError:
                        if self._is_idle(work):
                            break
        finally:
            del self._work[work.key]
        if work.woken.is_set():  # woken while it was ending
            self.poke(work.key)

    def _is_idle(self, work: _Work) -> bool:
        return not (self._intercepts_of(work.key) or self._agents.of(work.key) or work.memory.lingering)

    async def _reconcile(self, work: _Work, view: NamespaceView) -> float | None:
        objects = {one["metadata"]["uid"]: one for one in self._intercepts_of(work.key)}
        grants = dict(zip(objects, await asyncio.gather(*map(self._access.grant, objects.values())), strict=True))
        observed = self._observe(work, view, objects, grants)
        decision = decide(observed, self._policy)
        work.memory = decision.memory
        work.canaries = {route: known for route, known in work.canaries.items() if route in decision.routes}
        told, silent = self._configure(work, decision.configuration, observed.now)
        self._send_canaries(work, decision.canaries)
        if told and not decision.action and await self._is_answered(work):
            return 0  # what the agents say goes into one write with what is known already
        await self._write_statuses(objects, decision)
        await self._delete(decision.deletions)
        if decision.action:
            await self._act(work, view, decision.action)
        waits = (decision.wake_in, silent, self._access.expires_in(objects))
        return min((wait for wait in waits if wait is not None), default=None)

    def _observe(
        self, work: _Work, view: NamespaceView, objects: Mapping[str, Object], grants: Mapping[str, EnvironmentGrant]
    ) -> Observed:
        intercepts = [one for item in objects.values() if (one := _readable(item))]
        names = {one.spec.session.name for one in intercepts}
        agents = {
            uid: AgentState(certificate=one.certificate, status=one.status, configuration=one.configuration)
            for uid, one in self._agents.of(work.key).items()
        }
        return Observed(
            key=work.key,
            now=asyncio.get_running_loop().time(),
            wall=datetime.now(UTC),
            workload=view.workload(work.key),
            namespace=view.namespace,
            services=view.services(),
            pods=view.pods(work.key),
            neighbours=view.neighbours(work.key),
            intercepts=tuple(intercepts),
            sessions={name: state for name in names if (state := self._session(name))},
            agents=agents,
            grants=grants,
            canaries=work.canaries,
            memory=work.memory,
        )

    async def _is_answered(self, work: _Work) -> bool:
        """Whether something new is heard within the moment that an agent needs to answer."""
        try:
            async with asyncio.timeout(_ANSWER):
                await work.woken.wait()
        except TimeoutError:
            return False
        return True

    def _configure(self, work: _Work, wanted: AgentConfiguration, now: float) -> tuple[bool, float | None]:
        """Tell every agent. Returns whether there was something to tell, and when to come back for those that have
        not said their first word yet."""
        agents = self._agents.of(work.key)
        work.greeted = {uid: work.greeted.get(uid, now) for uid, one in agents.items() if one.status is None}
        told = False
        wait: float | None = None
        for uid, agent in agents.items():
            if (since := work.greeted.get(uid)) is not None and now - since < FIRST_WORD:
                wait = min(wait or FIRST_WORD, FIRST_WORD - (now - since))
                continue
            if agent.configuration is None or not same(agent.configuration, wanted):
                message = AgentConfiguration()
                message.CopyFrom(wanted)
                message.generation = next(self._generations)
                agent.configure(message)
                told = True
        return told, wait

    def _send_canaries(self, work: _Work, routes: tuple[CanaryRoute, ...]) -> None:
        for route in routes:
            if route not in work.under_way:
                work.under_way.add(route)
                self._tasks.start(self._try_route(work, route), name=f"canary to {route.address}:{route.port}")

    async def _try_route(self, work: _Work, route: CanaryRoute) -> None:
        known = work.canaries.get(route)
        hasty = not route.pod_uid and (known is None or known.attempts < _HASTY_ATTEMPTS)
        patience = SHORT_PATIENCE if hasty else PATIENCE
        try:
            answer = self._policy.canary_answer(work.key)
            send = send_canary if route.pod_uid else send_canaries
            outcome = await send(route.address, route.port, answer, patience=patience)
        finally:
            work.under_way.discard(route)
        now = asyncio.get_running_loop().time()
        work.canaries[route] = CanaryResult(outcome, now, attempts=known.attempts + 1 if known else 1)
        self._metrics.count("canaries", outcome=outcome.name.lower())
        self.poke(work.key)

    async def _write_statuses(self, objects: Mapping[str, Object], decision: Decision) -> None:
        writes = [self._write_status(objects[uid], status) for uid, status in decision.statuses.items()]
        for failure in await asyncio.gather(*writes, return_exceptions=True):
            if isinstance(failure, BaseException):
                raise failure

    async def _write_status(self, item: Object, wanted: InterceptStatus) -> None:
        intercept = Intercept.from_object(item)
        former = intercept.status
        written = item.get("status") is not None
        since = former.since if written and former.phase is wanted.phase and former.since else None
        preview = await self._previews.state(item, intercept, wanted)
        wanted = replace(wanted, since=since or format_time(datetime.now(UTC)), preview=preview)
        if written and former == wanted:
            return
        metadata = item["metadata"]
        path = INTERCEPT.object(metadata["namespace"], metadata["name"], "status")
        try:
            self._learn(await self._api.patch(path, status_patch(metadata["uid"], wanted)))
        except ApiError as error:
            if error.status not in (404, 409):  # deleted meanwhile, perhaps made anew: not the one we mean
                raise
            return
        if not written or former.phase is not wanted.phase:
            self._metrics.count("phases", phase=wanted.phase.value)
            said = f": {wanted.message}" if wanted.message else ""
            _log.info("Intercept %s/%s is %s%s", metadata["namespace"], metadata["name"], wanted.phase.value, said)

    async def _delete(self, intercepts: tuple[Intercept, ...]) -> None:
        for one in intercepts:
            metadata = one.metadata
            assert metadata.namespace
            _log.info("deleting Intercept %s/%s: its session is gone", metadata.namespace, metadata.name)
            await self._api.delete(INTERCEPT.object(metadata.namespace, metadata.name), uid=metadata.uid)

    async def _act(self, work: _Work, view: NamespaceView, action: Action) -> None:
        workload = view.workload(work.key)
        if workload is None:
            return
        if isinstance(action, Rehearse):
            rehearsal = await rehearse(
                self._api,
                work.key,
                workload,
                namespace=view.namespace,
                settings=self._injection(),
                intercepts=action.intercepts,
            )
            work.memory = replace(work.memory, rehearsal=rehearsal)
        elif isinstance(action, Roll):
            mark = await roll(self._api, work.key, enable=action.enable)
            _log.info("rolled %s so that its pods get an agent", work.key)
            self._metrics.count("rollouts")
            if action.again:
                work.memory = replace(work.memory, rolled=(*work.memory.rolled, mark))
        else:
            await roll_back(self._api, work.key, workload, action.pods)
            work.memory = replace(work.memory, rehearsal=None)
            _log.warning("rolled %s back: it cannot have agents", work.key)
            self._metrics.count("rollbacks")
        if isinstance(action, Rehearse):
            work.woken.set()  # what it showed is to be decided upon


def _readable(item: Object) -> Intercept | None:
    try:
        return Intercept.from_object(item)
    except ResourceError as error:
        _log.warning("Intercept %s cannot be read: %s", item["metadata"]["name"], error)
        return None
