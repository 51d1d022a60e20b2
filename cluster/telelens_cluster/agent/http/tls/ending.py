"""Which ports' TLS HAProxy is to end: by the Secrets as they are, and by what the application speaks.

A port is left alone, its TLS untouched, as long as anything is missing: callers meet what they met before.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from telelens_cluster.agent.http.tls.application import Spoken, spoken_on
from telelens_cluster.agent.http.tls.lines import route
from telelens_cluster.agent.http.tls.material import BrokenMaterialError, Material, MaterialError, read_material
from telelens_cluster.agent.injection import TlsSecrets

LOOK_SECONDS: Final = 2.0
_SOON: Final = 1.0
LATE_SECONDS: Final = 30.0
"""Between two questions about a port that is left alone, or whose application must show who it is."""


@dataclass(slots=True)
class _Port:
    """What is known about one, and when it is to be asked again."""

    spoken: Spoken | None = None
    due: float = 0.0
    delay: float = _SOON


class TlsEnding:
    """``run`` is its task; ``changed`` is called when ``material`` or ``routes`` may be others."""

    def __init__(
        self,
        *,
        directory: Path,
        secrets: TlsSecrets,
        host: str,
        changed: Callable[[], None],
        late: float = LATE_SECONDS,
    ) -> None:
        self._late = late
        self._directory = directory
        self._secrets = secrets
        self._host = host
        self._changed = changed
        self._ports: dict[int, _Port] = {}
        self._problem = ""
        self._refused: Material | None = None
        self.wanted = secrets != TlsSecrets()
        """Whether the pod template names a Secret at all."""
        self.material: Material | None = None
        """What TLS is ended with; None where it cannot be."""
        if self.wanted:
            self._look()

    @property
    def http2(self) -> dict[int, bool]:
        """Of ports whose TLS is ended, whether they speak HTTP/2 in it."""
        ended = self._ended()
        return {number: ended[number].http2 for number in ended}

    def error(self, ports: Collection[int]) -> str:
        """Why requests to one of ``ports`` are not judged, and in a second line what to do; empty where they are."""
        for number in sorted(ports & self._ports.keys()):
            spoken = self._ports[number].spoken
            if spoken is None or not spoken.tls:
                continue
            if self.material is None:
                return f"port {number} speaks TLS, which passes untouched: {self._problem}"
            if spoken.problem:
                return f"port {number} speaks TLS, which passes untouched: of its application, {spoken.problem}"
        return ""

    def refused(self, material: Material, reason: str) -> None:
        """HAProxy does not start with this material: it is not asked to again."""
        self._refused = material
        if self.material == material:
            self.material = None
            self._say(reason)

    async def routes(self, ports: Collection[int]) -> dict[int, str]:
        """Where TLS of each port is ended, for HAProxy; asks the application where it has to be."""
        if not self.wanted:
            return {}
        for gone in self._ports.keys() - set(ports):
            del self._ports[gone]
        for number in ports:
            self._ports.setdefault(number, _Port())
        await asyncio.gather(*(self._ask(number, port) for number, port in self._due()))
        if self.material is None:
            return {}
        return {
            number: route(http2=one.http2, mutual=one.mutual, lower=one.lower_names)
            for number, one in self._ended().items()
        }

    async def run(self) -> None:
        """Until cancelled."""
        while self.wanted:
            await asyncio.sleep(LOOK_SECONDS)
            if self._look() or self._due():
                self._changed()

    def _ended(self) -> dict[int, Spoken]:
        if self.material is None:
            return {}
        known = {number: port.spoken for number, port in self._ports.items() if port.spoken is not None}
        return {number: spoken for number, spoken in known.items() if spoken.tls and not spoken.problem}

    def _look(self) -> bool:
        """Read the Secrets; whether there is something new."""
        before = self.material, self._problem
        found, problem = self.material, ""
        try:
            found = read_material(self._directory, self._secrets)
        except BrokenMaterialError as error:
            problem = str(error)  # a renewal that went wrong leaves in use what was good
        except MaterialError as error:
            found, problem = None, str(error)
        if found is not None and found == self._refused:
            return False
        self._say(problem)
        if found != self.material:
            self.material, self._refused = found, None
            for port in self._ports.values():
                port.due, port.delay = 0.0, _SOON
        return (self.material, self._problem) != before

    def _say(self, problem: str) -> None:
        if problem and problem != self._problem:
            print("telelens-agent:", problem.replace("\n", "; "), flush=True)
        self._problem = problem

    def _due(self) -> list[tuple[int, _Port]]:
        now = asyncio.get_running_loop().time()
        return [(number, port) for number, port in self._ports.items() if port.due <= now]

    async def _ask(self, number: int, port: _Port) -> None:
        """Soon again where nobody listened yet, and ever more seldom where the answer does not do."""
        material = self.material
        spoken = await spoken_on(self._host, number, material)
        now = asyncio.get_running_loop().time()
        if material is not self.material:
            return  # with another one it may answer otherwise: it is asked again
        if spoken is None:
            port.due = now + _SOON
            return
        port.spoken = spoken
        if not spoken.tls:
            port.due, port.delay = now + port.delay, port.delay * 2
        elif spoken.problem:
            port.due, port.delay = now + port.delay, min(port.delay * 2, self._late)
        else:
            # One that is renewed without its authority would be refused by HAProxy, which has nothing else for callers.
            port.due = now + self._late if material and (material.trust or spoken.mutual) else math.inf
            port.delay = _SOON
