"""Keeps HAProxy running and told, for as long as some port needs it."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final

from telelens_cluster.agent.configuration import Configuration
from telelens_cluster.agent.http.desk import Desk
from telelens_cluster.agent.http.filters import Filters, filters_of
from telelens_cluster.agent.http.haproxy import Haproxy, HaproxyError, Known, RefusedError, new_files
from telelens_cluster.agent.http.retry import Retry
from telelens_cluster.agent.http.runtime import RuntimeSocketError
from telelens_cluster.agent.http.tls.ending import TlsEnding
from telelens_cluster.agent.http.tls.lines import sockets
from telelens_cluster.agent.http.tls.material import Material
from telelens_cluster.agent.sockets import BACKLOG

IDLE_SECONDS: Final = 5.0
"""For callers whose connection began while the redirect still led here: the kernel asks them twice more within that."""
_FAILURES: Final = (HaproxyError, RuntimeSocketError, OSError, TimeoutError)


class State(enum.Enum):
    """Where connections to ports of this mechanism may go."""

    OFF = "no port needs it"
    STARTING = "the agent itself relays to the application meanwhile"
    UP = "HAProxy has them"
    DOWN = "HAProxy does not start: nothing is redirected"


class HttpMechanism:
    """``run`` is its task; ``changed`` is called whenever ``state``, ``settled`` or ``errors`` change."""

    def __init__(
        self,
        *,
        run_directory: Path,
        desk: Desk,
        tls: TlsEnding,
        connected: Callable[[str], bool],
        changed: Callable[[], None],
    ) -> None:
        self._run_directory = run_directory
        self._tls = tls
        self._desk = desk
        self._connected = connected
        self._changed = changed
        self._configuration = Configuration()
        self._told: Filters | None = None
        self._routes: Mapping[int, str] = {}
        self._refused: dict[str, str] = {}
        self._served: frozenset[str] = frozenset()
        self._haproxy: Haproxy | None = None
        self._watches: set[asyncio.Task[None]] = set()
        self._leaving: asyncio.TimerHandle | None = None
        self._wake = asyncio.Event()
        self._starts = 0
        self._restart = Retry(self._wake.set)
        """Of HAProxy, which is down or has ended."""
        self._exchange = Retry(self._wake.set)
        """Of the one that runs with former Secrets for another."""
        self._unrouted: frozenset[int] = frozenset()
        """Ports whose TLS only another one could end."""
        self.state = State.OFF
        self._settled = asyncio.Event()
        self._settled.set()

    @property
    def settled(self) -> bool:
        """Whether the last configuration is in force, as far as it can be."""
        return self._settled.is_set()

    async def in_force(self) -> None:
        """Return when it is."""
        await self._settled.wait()

    def inward(self, *, lower_names: bool) -> str:
        """HAProxy's own unix socket, for connections whose destination it cannot see; empty while it is not up."""
        if self._haproxy is None or self.state is not State.UP:
            return ""
        return str(self._haproxy.files.inward_lower if lower_names else self._haproxy.files.inward)

    def error(self, uid: str, ports: Collection[int]) -> str:
        """Why an intercept of these ports cannot be served."""
        if self.state is State.DOWN:
            return self._restart.reason
        if self._exchange.reason and (waiting := sorted(self._unrouted.intersection(ports))):
            return f"port {waiting[0]} speaks TLS, which passes untouched: {self._exchange.reason}"
        return self._refused.get(uid, "")

    def serves(self, uid: str) -> bool:
        """Whether HAProxy sends the requests of this intercept to its owner; also while it is being started again."""
        return uid in self._served

    def want(self, configuration: Configuration) -> None:
        """From now on this."""
        self._configuration = configuration
        self._settled.clear()
        if not configuration.http_ports:
            self.state = State.OFF
        elif self.state is State.OFF:
            self.state = State.STARTING
        self._wake.set()

    def refresh(self) -> None:
        """A workstation came or went."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            configuration = self._configuration
            try:
                if configuration.http_ports:
                    await self._serve(configuration)
                else:
                    await self._let_go()
            except _FAILURES as error:
                self._fail_open(_reason(error))
            if configuration is self._configuration:
                self._settled.set()
            self._changed()

    async def depart(self, seconds: float) -> None:
        """The pod ends: wait, so long at most, until every request that HAProxy has taken on is answered."""
        # Its end is wanted: nothing is to be switched on again for it.
        haproxy, self._haproxy = self._haproxy, None
        if haproxy is not None:
            haproxy.stop()
        if self._watches:
            await asyncio.wait(self._watches, timeout=seconds)
        if haproxy is not None:
            haproxy.kill()

    def close(self) -> None:
        """End what is there."""
        self._restart.succeeded()
        self._exchange.succeeded()
        for task in self._watches:
            task.cancel()
        if self._haproxy is not None:
            self._haproxy.kill()

    async def _serve(self, configuration: Configuration) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        # It may end at any moment; what is told to one that is gone fails.
        haproxy = self._haproxy or await self._start_alone()
        has_secrets = await haproxy.takes(self._tls.material)
        # Nobody's requests wait for what another one may need to start.
        await self._tell(haproxy, configuration)
        if has_secrets:
            self._exchange.succeeded()
        elif not self._exchange.is_waiting:
            await self._succeed(haproxy)
            if self._haproxy is not None:
                await self._tell(self._haproxy, configuration)

    async def _tell(self, haproxy: Haproxy, configuration: Configuration) -> None:
        wanted = filters_of(configuration, connected=self._connected)
        if self._told is None or wanted.canaries != self._told.canaries:
            await haproxy.runtime.replace_canaries(sorted(wanted.canaries))
        if self._told is None or wanted.headers != self._told.headers:
            await haproxy.runtime.replace_headers(sorted(wanted.headers))
        if self._told is None or wanted.patterns != self._told.patterns:
            refused = await haproxy.runtime.replace_filters(wanted.patterns)
            self._refused = {**wanted.refused, **refused}
        else:
            self._refused = {**self._refused, **wanted.refused}
        self._told = wanted
        wanted_routes = await self._tls.routes(configuration.http_ports)
        # What only another one could end is ended as before, until that has its place.
        former = ((port, name) for port, name in self._routes.items() if port in wanted_routes)
        routes = {port: name for port, name in (*former, *wanted_routes.items()) if name in haproxy.endings}
        if routes != self._routes:
            await haproxy.runtime.replace_routes(routes)
            self._routes = routes
        if haproxy is not self._haproxy:
            return  # it ended meanwhile, and another one is on its way
        self._restart.succeeded()
        self._unrouted = frozenset(wanted_routes.keys() - routes.keys())
        self._served = frozenset(uid for uid, _ in wanted.patterns) - self._refused.keys()
        self.state = State.UP if self._configuration.http_ports else State.OFF

    async def _start_alone(self) -> Haproxy:
        """With the Secrets as they are; where HAProxy refuses them, with none: requests in clear text are not to suffer
        from what they hold."""
        material = self._tls.material
        try:
            return await self._start(material)
        except RefusedError as error:
            if material is None:
                raise
            self._tls.refused(material, str(error))
            return await self._start(None)

    async def _succeed(self, former: Haproxy) -> None:
        """Have another one in its place, with the Secrets as they are. What is open is not to suffer where none starts:
        then the ``former`` one goes on, and it is tried again."""
        material = self._tls.material
        try:
            await self._start(material)
        except RefusedError as error:
            if material is not None:
                self._tls.refused(material, str(error))
        except _FAILURES as error:
            await former.runtime.alive()  # one that hangs goes, too
            reason = _reason(error)
            if reason != self._exchange.reason:
                print(
                    f"telelens-agent: {reason}; the HAProxy that runs goes on with the Secrets that it has", flush=True
                )
            self._exchange.later(reason)

    async def _start(self, material: Material | None) -> Haproxy:
        self._starts += 1
        files = new_files(self._run_directory, self._starts)
        known = self._known(material)
        former = self._haproxy
        with contextlib.ExitStack() as undo:
            undo.callback(shutil.rmtree, files.folder, ignore_errors=True)
            server = await asyncio.get_running_loop().create_unix_server(
                self._desk.protocol, str(files.desk), backlog=BACKLOG
            )
            undo.callback(server.close)
            haproxy = await Haproxy.start(files, known, material, former=former)
            undo.callback(haproxy.kill)
            haproxy.take_over(self._run_directory, former)
            undo.pop_all()
        self._haproxy, self._told, self._routes = haproxy, None, known.routes
        self._exchange.succeeded()
        if former is not None:
            former.stop()
        watch = asyncio.get_running_loop().create_task(self._watch(haproxy, server), name="HAProxy")
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)
        return haproxy

    def _known(self, material: Material | None) -> Known:
        """To one that takes another's place connections come at once: those to the desk are not to miss it."""
        if self._haproxy is None or self._told is None:
            return Known()
        patterns = [(uid, pattern) for uid, pattern in self._told.patterns if uid not in self._refused]
        there = sockets(material.shape) if material else ()
        routes = {port: name for port, name in self._routes.items() if name in there}
        return Known(patterns, self._told.headers, self._told.canaries, routes)

    async def _watch(self, haproxy: Haproxy, server: asyncio.Server) -> None:
        """One that another took the place of hands over to the desk until its end."""
        try:
            end = await haproxy.ended()
        finally:
            server.close()
        shutil.rmtree(haproxy.files.folder, ignore_errors=True)
        if haproxy is not self._haproxy:
            return
        print(f"telelens-agent: {end}", flush=True)
        self._haproxy = None
        if self._configuration.http_ports:
            self.state = State.STARTING
            self._restart.later()
        self._changed()

    async def _let_go(self) -> None:
        """Nobody needs it: what it serves goes on to its end, by no filter."""
        self.state = State.OFF
        self._restart.succeeded()
        self._refused = {}
        self._served = frozenset()
        self._told = None
        await self._tls.routes(())  # the application is asked no more
        if self._haproxy is None:
            return
        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._leave)
        with contextlib.suppress(*_FAILURES):
            await self._haproxy.runtime.replace_filters(())

    def _leave(self) -> None:
        self._leaving = None
        haproxy, self._haproxy = self._haproxy, None
        if haproxy is not None:
            haproxy.stop()

    def _fail_open(self, problem: str) -> None:
        if problem != self._restart.reason:
            print(f"telelens-agent: {problem}", flush=True)
        self.state = State.DOWN
        haproxy, self._haproxy = self._haproxy, None
        if haproxy is not None:
            haproxy.kill()
        self._restart.later(problem)


def _reason(failure: BaseException) -> str:
    return str(failure) or "HAProxy does not answer"
