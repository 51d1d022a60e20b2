"""The agent: owns every part, starts and ends them, and passes each configuration on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from telelens_schemas.names import AGENT_PORT, REDIRECT_PORT
from telelens_schemas.wire.hello import make_hello
from telelens_schemas.wire.tunnel_pb2 import (
    AgentConfiguration,
    AgentIdentity,
    AgentStatus,
    EnvironmentReply,
    EnvironmentRequest,
    Hello,
)

from telelens_cluster.agent.certificate import own_certificate
from telelens_cluster.agent.configuration import Configuration, Intercept, change, from_message
from telelens_cluster.agent.connections import OldConnections
from telelens_cluster.agent.departure import LONGEST_SECONDS, depart
from telelens_cluster.agent.environment import answer_environment
from telelens_cluster.agent.farewell import GRACE_SECONDS, Farewell
from telelens_cluster.agent.gate import Gate
from telelens_cluster.agent.http.former import stop_former
from telelens_cluster.agent.manager_link import ManagerLink
from telelens_cluster.agent.memory import recall, remember
from telelens_cluster.agent.redirect import Redirect
from telelens_cluster.agent.settings import Settings, read_table_report
from telelens_cluster.agent.shadow import listen_on_shadow_ports
from telelens_cluster.agent.sockets import listen
from telelens_cluster.agent.start import Start
from telelens_cluster.agent.status import make_status
from telelens_cluster.agent.switches import DRAIN_ALL, Switch
from telelens_cluster.agent.table import START_SECONDS
from telelens_cluster.agent.toggle import Toggle
from telelens_cluster.agent.version import installed_version
from telelens_cluster.agent.workstations import Workstations

if TYPE_CHECKING:
    from telelens_cluster.agent.http.part import HttpPart

POLL_SECONDS: Final = 2.0
TUNNEL_BACKLOG: Final = 256
_LOOK_SECONDS: Final = 0.05
_LOOKS: Final = 2
"""So many in a row find nothing going on: a process that was held up looks before it reads what came meanwhile."""
_TOLD_SECONDS: Final = 10.0
"""How long HAProxy may take until it knows of a change, on a node that is busy: until then it sends more requests."""


class Agent:
    """An async context manager: listening and connected inside, everything undone outside."""

    def __init__(self, settings: Settings, *, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._environment = environment
        self._table = read_table_report(settings.run_directory)
        self._certificate = own_certificate(settings.run_directory)
        # Until the manager speaks: the pod may have started for an intercept.
        self._configuration = Configuration(lingering=frozenset(settings.injection.redirected))
        self._start = Start(settings.run_directory)
        self._toggle = Toggle()
        self._old = OldConnections()
        self._workstations = Workstations(changed=self._workstations_changed)
        self._redirect = Redirect(configuration=self._current, workstations=self._workstations)
        self._link = ManagerLink(
            settings, hello=self._hello_to_manager, status=self._status, configured=self._configured
        )
        self._servers: list[asyncio.Server] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when a part has ended, also one that began later than others."""
        self._report_due = False
        self._ending = False
        self._farewells: set[asyncio.Task[None]] = set()
        self._http: HttpPart | None = None
        self._switched: dict[Switch, frozenset[int]] = {}
        self._generation = 0
        self._version = installed_version()

    async def __aenter__(self) -> Self:
        gate = Gate(
            certificate=self._certificate,
            hello=make_hello(self._version),
            configuration=self._current,
            workstations=self._workstations,
            answer=self._answer,
        )
        self._servers += await listen(self._redirect.protocol, REDIRECT_PORT)
        self._servers += await listen(gate.protocol, AGENT_PORT, backlog=TUNNEL_BACKLOG)
        if not self._table.present:
            self._servers += await listen_on_shadow_ports(self._settings.injection.shadow_ports, self._redirect)
        remembered = recall(self._settings.run_directory)
        if remembered is not None:
            self._apply(from_message(remembered))
        else:
            self._apply(self._configuration)
            asyncio.get_running_loop().call_later(START_SECONDS, self._start_is_over)
        if self._http is None:
            stop_former(self._settings.run_directory)
        self._run(self._link.run(), name="manager link")
        self._run(self._toggle.refresh(), name="toggle")
        self._run(self._poll(), name="old connections")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._ending = True
        self._toggle.off()
        if kind is None:
            serving = self._http.depart(LONGEST_SECONDS) if self._http else asyncio.sleep(0)
            await asyncio.gather(depart(self._callers), serving)
        if self._http is not None:
            self._http.close()
        for server in self._servers:
            server.close()
        for task in self._farewells:
            task.cancel()
        await asyncio.gather(*self._farewells, return_exceptions=True)
        self._workstations.close("the agent ends")
        await self._redirect.close()

    async def failed(self) -> None:
        """Return never, unless a part of the agent fails: then raise what it raised."""
        await asyncio.shield(self._failure)

    def _callers(self) -> list[asyncio.Transport]:
        return self._redirect.callers() + self._workstations.callers()

    def _run(self, part: Coroutine[Any, Any, None], *, name: str) -> None:
        task = asyncio.create_task(part, name=name)
        task.add_done_callback(self._part_ended)
        self._tasks.append(task)

    def _part_ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or self._failure.done():
            return
        error = task.exception()
        if error is None:
            self._failure.set_result(None)
        else:
            self._failure.set_exception(error)

    def _current(self) -> Configuration:
        return self._configuration

    def _configured(self, message: AgentConfiguration) -> None:
        self._apply(from_message(message))
        try:
            remember(self._settings.run_directory, message)
        except OSError as error:
            print(f"telelens-agent: the configuration cannot be kept: {error}", flush=True)
        self._changed()

    def _apply(self, configuration: Configuration) -> None:
        before, self._configuration = self._configuration, configuration
        if self._http is None and configuration.http_ports:
            self._http = self._make_http()
        if self._http is not None:
            self._http.want(configuration)
        self._switch()
        self._old.watch(frozenset().union(*(i.tcp_ports for i in configuration.intercepts)))
        farewell = self._workstations.apply(change(before, configuration))
        if farewell.streams:
            task = asyncio.get_running_loop().create_task(self._see_off(farewell, before.pins), name="farewell")
            self._farewells.add(task)
            task.add_done_callback(self._farewells.discard)
        self._retire()

    async def _see_off(self, farewell: Farewell, pins: Mapping[str, bytes]) -> None:
        """Cut requests when HAProxy sends no more of them, and those that run have had time to be answered."""
        try:
            if self._http is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_TOLD_SECONDS):
                        await self._http.in_force()
            quiet = 0
            # Looks are counted, not seconds: while this process is held up, nothing that is going on can end.
            for _ in range(round(GRACE_SECONDS / _LOOK_SECONDS)):
                await asyncio.sleep(_LOOK_SECONDS)  # what HAProxy sent before arrives
                quiet = 0 if farewell.busy else quiet + 1
                if quiet == _LOOKS:
                    break
        finally:
            farewell.cut({uid for uid, pin in self._configuration.pins.items() if pins.get(uid) == pin})

    def _retire(self) -> None:
        """Take back what the application was given while its owner could not be reached, as the drain mode says."""
        for intercept in self._configuration.intercepts:
            if intercept.drain is not None and not intercept.http and self._delivers(intercept):
                self._redirect.retire(intercept.tcp_ports, at_once=intercept.drain is DRAIN_ALL)

    def _delivers(self, intercept: Intercept) -> bool:
        return not intercept.away and self._workstations.connected(intercept.session_uid)

    def _old_connections(self, intercept: Intercept) -> int:
        """Those from before the redirect, and those from before the tunnel."""
        relayed = self._redirect.relayed(intercept.tcp_ports) if self._delivers(intercept) else 0
        return self._old.count(intercept.tcp_ports) + relayed

    def _make_http(self) -> HttpPart:
        # Not before it is needed: every pod would pay for it.
        from telelens_cluster.agent.http.part import HttpPart

        http = HttpPart(
            run_directory=self._settings.run_directory,
            tls_directory=self._settings.tls_directory,
            tls_secrets=self._settings.injection.tls,
            pod_ip=self._settings.pod.ip,
            configuration=self._current,
            workstations=self._workstations,
            redirect=self._redirect,
            changed=self._http_changed,
        )
        self._run(http.run(), name="http")
        return http

    def _http_changed(self) -> None:
        self._switch()
        self._changed()

    def _workstations_changed(self) -> None:
        if self._http is not None:
            self._http.refresh()
        self._switch()
        self._retire()
        self._changed()

    def _switch(self) -> None:
        """Have the pod's table send to each what it can take now."""
        if self._ending:
            return  # its tunnels close: nothing is to be switched on again for that
        if self._http:
            self._switched = self._configuration.switched(self._delivers, self._http.switch, self._http.lower_names)
        else:
            self._switched = self._configuration.switched(self._delivers, None)
        if self._table.present:
            self._toggle.set(self._switched)
        if not self._start.is_over and self._has_started():
            self._start.over()

    def _has_started(self) -> bool:
        """Whether requests reach whoever the pod starts for, as far as they can be reached."""
        configuration = self._configuration
        if not self._table.present:
            return True
        known = configuration.generation > 0 and (self._http is None or self._http.settled)
        return known and all(one.away or self._reached(one) for one in configuration.intercepts)

    def _reached(self, intercept: Intercept) -> bool:
        """Whether its requests come to its owner, as far as they can: a tunnel alone is not enough for those that are
        judged one by one."""
        if not self._workstations.connected(intercept.session_uid):
            return False
        http = self._http
        if not intercept.http or intercept.away or http is None or http.error(intercept.uid):
            return True
        return http.serves(intercept.uid)

    def _start_is_over(self) -> None:
        """The manager never spoke: do not stay on the path for it."""
        if not self._configuration.generation and not self._configuration.intercepts:
            self._apply(Configuration())

    async def _poll(self) -> None:
        """Notice what no event tells: old connections that end, a toggle that fails."""
        said: tuple[str, list[int]] = ("", [])
        while True:
            await asyncio.sleep(POLL_SECONDS)
            self._retire()
            self._old.poll()
            seen = self._toggle.error, list(map(self._old_connections, self._configuration.intercepts))
            if seen != said:
                said = seen
                self._changed()

    def _changed(self) -> None:
        """Report soon: what happens within one turn of the event loop is one report."""
        if not self._report_due:
            self._report_due = True
            asyncio.get_running_loop().call_soon(self._report)

    def _report(self) -> None:
        self._report_due = False
        self._link.report()

    def _status(self) -> AgentStatus:
        if self._http is None or self._http.settled:
            self._generation = self._configuration.generation
        return make_status(
            self._configuration,
            generation=self._generation,
            switched=self._switched,
            error=self._http.error if self._http else lambda uid: "",
            http2=self._http.http2 if self._http else {},
            table=self._table,
            toggle_error=self._toggle.error,
            reached=self._reached,
            old_connections=self._old_connections,
        )

    def _answer(self, request: EnvironmentRequest, session_uid: str) -> EnvironmentReply:
        return answer_environment(
            request,
            session_uid,
            configuration=self._configuration,
            injection=self._settings.injection,
            carried=self._environment,
        )

    def _hello_to_manager(self) -> Hello:
        """With the token of this moment: the kubelet renews it."""
        pod, hello = self._settings.pod, make_hello(self._version)
        try:
            token = self._settings.token_file.read_text().strip()
        except OSError as error:
            print(f"telelens-agent: no service account token: {error}", flush=True)
            token = ""
        hello.agent.CopyFrom(
            AgentIdentity(
                pod_name=pod.name,
                pod_namespace=pod.namespace,
                pod_uid=pod.uid,
                pod_ip=pod.ip,
                service_account_token=token,
                certificate=self._certificate.der,
            )
        )
        return hello
