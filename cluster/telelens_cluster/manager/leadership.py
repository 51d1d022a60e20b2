"""What only the leader does, from the moment when it wins the Lease to the moment when it loses it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable

from telelens_schemas.names import MANAGER_LEADER_LABEL
from telelens_schemas.wire.hello import make_hello
from telelens_schemas.wire.tunnel_pb2 import ManagerIdentity

from telelens_cluster.injector.settings import InjectionSettings
from telelens_cluster.manager.access import Access
from telelens_cluster.manager.agents import AgentListener, Agents
from telelens_cluster.manager.api import Api
from telelens_cluster.manager.authority import Authority
from telelens_cluster.manager.errors import ManagerError
from telelens_cluster.manager.intercepts import Intercepts
from telelens_cluster.manager.kinds import POD
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.namespaces import Namespaces
from telelens_cluster.manager.observed import Policy
from telelens_cluster.manager.previews import Previews
from telelens_cluster.manager.reconciler import Reconciler
from telelens_cluster.manager.refusals import Refusals
from telelens_cluster.manager.settings import Settings
from telelens_cluster.manager.tasks import Tasks
from telelens_cluster.manager.workstations import Workstations

_log = logging.getLogger(__name__)


class Leadership:
    """Wires the leader's parts together, once per term."""

    def __init__(
        self,
        api: Api,
        settings: Settings,
        *,
        authority: Authority,
        metrics: Metrics,
        injection: Callable[[], InjectionSettings],
    ) -> None:
        self._api = api
        self._settings = settings
        self._authority = authority
        self._metrics = metrics
        self._injection = injection

    @contextlib.asynccontextmanager
    async def term(self) -> AsyncIterator[None]:
        """Act for as long as the block runs."""
        agents = Agents(changed=lambda key: reconciler.poke(key))
        namespaces = Namespaces(
            self._api,
            changed=lambda key: reconciler.nudge(key),
            namespace_changed=lambda name: reconciler.poke_namespace(name),
        )
        intercepts = Intercepts(
            self._api,
            self._settings.namespaces,
            changed=lambda key: reconciler.poke(key),
            gone=lambda uid: access.forget(uid),
        )

        def session_changed(uid: str) -> None:
            for key in intercepts.workloads_of(uid):
                reconciler.poke(key)

        workstations = Workstations(
            self._api,
            self._settings,
            changed=session_changed,
            intercepts_of=intercepts.of_session,
        )
        access = Access(self._api, clock=asyncio.get_running_loop().time)
        reconciler = Reconciler(
            self._api,
            agents=agents,
            namespaces=namespaces,
            access=access,
            previews=Previews(access, self._settings.preview, self._settings.namespaces),
            policy=self._policy(),
            metrics=self._metrics,
            injection=self._injection,
            intercepts_of=intercepts.of_workload,
            session=workstations.state,
            learn=intercepts.learn,
        )
        hello = make_hello(self._settings.version)
        hello.manager.CopyFrom(ManagerIdentity(pod_name=self._settings.pod_name, pod_ip=self._settings.pod_ips[0]))
        self._metrics.gauge("agents", lambda: len(agents))
        self._metrics.gauge("sessions", lambda: len(list(workstations)))
        self._metrics.gauge("intercepts", lambda: len(intercepts))
        self._metrics.gauge("workloads_at_work", lambda: len(reconciler))
        async with Tasks() as watches, reconciler:
            # Sessions first: an intercept that is seen before its session would look like an orphan.
            watches.start(workstations.reflector.run(), name="watch of sessions")
            await workstations.reflector.synced.wait()
            watches.start(workstations.run(), name="silence of sessions")
            for reflector in intercepts.reflectors:
                watches.start(reflector.run(), name=f"watch of {reflector.path}")
            for reflector in intercepts.reflectors:
                await reflector.synced.wait()
            refusals = Refusals(self._metrics, clock=asyncio.get_running_loop().time)
            async with AgentListener(
                self._api, agents, hello=hello, context=self._authority.context, refusals=refusals
            ):
                await self._label()
                try:
                    yield
                finally:
                    await self._unlabel(self._settings.pod_name)

    def _policy(self) -> Policy:
        settings = self._settings
        return Policy(
            manager_addresses=settings.pod_ips,
            manager_namespace=settings.pod_namespace,
            canary_secret=secrets.token_bytes(32),
            agent_image=settings.agent_image,
            agent_timeout=settings.agent_timeout,
            linger=settings.linger,
        )

    async def _label(self) -> None:
        """Lead the agents' Service here, and nowhere else: a leader that was killed took no leave."""
        collection = POD.collection(self._settings.pod_namespace)
        await self._api.patch(
            POD.object(self._settings.pod_namespace, self._settings.pod_name),
            {"metadata": {"labels": {MANAGER_LEADER_LABEL: "true"}}},
        )
        labelled = await self._api.get(collection, labelSelector=f"{MANAGER_LEADER_LABEL}=true")
        for pod in labelled.get("items") or ():
            if pod["metadata"]["uid"] != self._settings.pod_uid:
                await self._unlabel(pod["metadata"]["name"])

    async def _unlabel(self, name: str) -> None:
        path = POD.object(self._settings.pod_namespace, name)
        try:
            async with asyncio.timeout(2):  # the Lease runs out meanwhile
                await self._api.patch(path, {"metadata": {"labels": {MANAGER_LEADER_LABEL: None}}})
        except (ManagerError, TimeoutError) as error:
            said = str(error) or "no answer in time"
            _log.warning("the leader's label of pod %s could not be removed: %s", name, said)
