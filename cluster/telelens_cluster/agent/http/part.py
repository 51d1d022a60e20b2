"""The mechanism as the agent sees it: everything of it, joined to the agent's other parts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from telelens_cluster.agent.configuration import Configuration
from telelens_cluster.agent.http.desk import Desk
from telelens_cluster.agent.http.http2_check import Http2Check
from telelens_cluster.agent.http.mechanism import HttpMechanism, State
from telelens_cluster.agent.http.proxy_header import write
from telelens_cluster.agent.http.tls.ending import TlsEnding
from telelens_cluster.agent.injection import TlsSecrets
from telelens_cluster.agent.redirect import Redirect
from telelens_cluster.agent.sockets import Address
from telelens_cluster.agent.switches import ACTIVE_HTTP, ACTIVE_TCP, Switch
from telelens_cluster.agent.workstations import Workstations

_SWITCHES: Final = {State.STARTING: ACTIVE_TCP, State.UP: ACTIVE_HTTP}
_RETIRE_SECONDS: Final = 0.5


class HttpPart:
    """``run`` is its task; ``changed`` is called when ``switch``, ``settled`` or an error changes."""

    def __init__(
        self,
        *,
        run_directory: Path,
        tls_directory: Path,
        tls_secrets: TlsSecrets,
        pod_ip: str,
        configuration: Callable[[], Configuration],
        workstations: Workstations,
        redirect: Redirect,
        changed: Callable[[], None],
    ) -> None:
        self._redirect = redirect
        self._configuration = configuration
        self._changed = changed
        desk = Desk(configuration=configuration, workstations=workstations, redirect=redirect)
        self._tls = TlsEnding(directory=tls_directory, secrets=tls_secrets, host=pod_ip, changed=self.refresh)
        self._mechanism = HttpMechanism(
            run_directory=run_directory,
            desk=desk,
            tls=self._tls,
            connected=workstations.connected,
            changed=self._mechanism_changed,
        )
        self._check = Http2Check(pod_ip, changed)
        self.in_force = self._mechanism.in_force
        self.serves = self._mechanism.serves
        self.depart = self._mechanism.depart
        self.close = self._mechanism.close

    def want(self, configuration: Configuration) -> None:
        """From now on this."""
        self._mechanism.want(configuration)
        self._check.ask(frozenset().union(*(one.tcp_ports for one in configuration.intercepts if one.http)))

    def refresh(self) -> None:
        """A workstation came or went, or a certificate."""
        self._mechanism.refresh()

    def error(self, uid: str) -> str:
        """Why an intercept cannot be served."""
        intercept = self._configuration().intercept(uid)
        if intercept is None or not intercept.http:
            return ""
        return self._mechanism.error(uid, intercept.tcp_ports) or self._tls.error(intercept.tcp_ports)

    @property
    def http2(self) -> dict[int, bool]:
        """By container port, whether its application speaks HTTP/2; what it speaks within TLS counts more."""
        return {**self._check.answers, **self._tls.http2}

    @property
    def settled(self) -> bool:
        """Whether the last configuration is in force, as far as it can be."""
        return self._mechanism.settled

    @property
    def switch(self) -> Switch | None:
        """The set of the pod's table that this mechanism's ports are in."""
        return _SWITCHES.get(self._mechanism.state)

    @property
    def lower_names(self) -> frozenset[int]:
        """Container ports whose applications write the names of headers without capitals."""
        return self._check.lower_names

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._mechanism.run())
            group.create_task(self._tls.run())
            group.create_task(self._retire())

    def _mechanism_changed(self) -> None:
        up = self._mechanism.state is State.UP
        self._redirect.inward = self._inward if up else None
        self._changed()

    def _inward(self, source: Address, destination: Address) -> tuple[str, bytes]:
        return self._mechanism.inward(lower_names=destination.port in self.lower_names), write(source, destination)

    async def _retire(self) -> None:
        """What came while HAProxy was not there yet would be the application's for as long as it is kept open."""
        while True:
            await asyncio.sleep(_RETIRE_SECONDS)
            if self._mechanism.state is State.UP:
                self._redirect.retire(self._configuration().http_ports)
