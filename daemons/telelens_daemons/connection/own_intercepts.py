"""The intercepts of this session, wherever they are, as the API server has them now."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing

from telelens_schemas.names import API_GROUP, API_VERSION, INTERCEPT_PLURAL
from telelens_schemas.resources import Intercept, ResourceError

from telelens_daemons.kube.client import KubeClient, KubeObject
from telelens_daemons.kube.errors import ForbiddenError
from telelens_daemons.kube.resources import Resource
from telelens_daemons.kube.watch import Reflector

logger = logging.getLogger(__name__)

INTERCEPTS = Resource(API_GROUP, API_VERSION, INTERCEPT_PLURAL)

MOST_TAKEN = 50
"""Of the intercepts that others have ended, so many are remembered."""

Changed = Callable[[], None]


class OwnIntercepts:
    """One watch per namespace in which this session has, or had, an intercept."""

    def __init__(self, client: KubeClient, *, changed: Changed) -> None:
        self._session_uid = ""
        self._owner = ""
        self._client = client
        self._changed = changed
        self._reflectors: dict[str, Reflector] = {}
        self._starting = asyncio.Lock()
        self._waiters: set[asyncio.Event] = set()
        self._expected_ends: set[str] = set()
        self._taken: list[tuple[float, Intercept]] = []

    def begin(self, *, session_uid: str, owner: str) -> None:
        """Say whose they are."""
        self._session_uid, self._owner = session_uid, owner

    def is_own(self, intercept: Intercept) -> bool:
        """Anybody may name any session in an Intercept; whose it is, its owner proves, who cannot be another's."""
        return (intercept.spec.session.uid, intercept.spec.owner) == (self._session_uid, self._owner)

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that are watched."""
        return tuple(sorted(self._reflectors))

    def all(self) -> list[Intercept]:
        """Those of this session, oldest first."""
        found = [item for reflector in self._reflectors.values() for item in self._own(reflector)]
        return sorted(found, key=lambda item: item.metadata.creation_timestamp or "")

    def get(self, uid: str) -> Intercept | None:
        """One of them."""
        return next((item for item in self.all() if item.metadata.uid == uid), None)

    async def watch(self, namespace: str) -> None:
        """Watch a namespace from now on. Raises KubeError."""
        async with self._starting:
            if namespace not in self._reflectors:
                reflector = Reflector(self._client, INTERCEPTS, namespace=namespace, troubled=self.touched)
                reflector.subscribe(self._on_change)
                await reflector.start()
                self._reflectors[namespace] = reflector
                self._on_change({}, False)

    async def states(self, uid: str) -> AsyncGenerator[Intercept, None]:
        """Yield an intercept now and after each change of it or of its tunnels; end when it is gone."""
        event = asyncio.Event()
        self._waiters.add(event)
        try:
            while (current := self.get(uid)) is not None:
                event.clear()
                yield current
                await event.wait()
        finally:
            self._waiters.discard(event)

    async def wait_known(self, uid: str, *, namespace: str) -> None:
        """Return when the watch has brought an intercept that was just created.

        Raises ForbiddenError when the owner may not watch there.
        """
        event = asyncio.Event()
        self._waiters.add(event)
        try:
            while self.get(uid) is None:
                problem = self._reflectors[namespace].problem
                if isinstance(problem, ForbiddenError):
                    raise problem
                event.clear()
                await event.wait()
        finally:
            self._waiters.discard(event)

    async def wait_gone(self, uid: str, *, seconds: float) -> None:
        """Return when the watch, too, has seen an intercept go, or when it takes longer than that."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), aclosing(self.states(uid)) as states:
                async for _ in states:
                    pass

    def expect_end(self, uid: str) -> None:
        """This workstation is about to delete it."""
        self._expected_ends.add(uid)

    def taken_since(self, moment: float) -> list[Intercept]:
        """Those that others have deleted since then (``time.monotonic``)."""
        return [intercept for when, intercept in self._taken if when >= moment]

    def hurry(self) -> None:
        """The network has been away."""
        for reflector in self._reflectors.values():
            reflector.hurry()

    def touched(self) -> None:
        """Something else that belongs to an intercept's state has changed (its tunnels)."""
        for event in self._waiters:
            event.set()

    async def stop(self) -> None:
        """End all watches."""
        for reflector in self._reflectors.values():
            await reflector.stop()
        self._reflectors.clear()
        self.touched()

    def _on_change(self, item: KubeObject, gone: bool) -> None:
        if gone:
            self._note_end(item)
        self._changed()
        self.touched()

    def _note_end(self, item: KubeObject) -> None:
        uid = item["metadata"]["uid"]
        expected = uid in self._expected_ends
        self._expected_ends.discard(uid)
        for intercept in self._read([item]):
            if not expected:
                self._taken = [*self._taken, (time.monotonic(), intercept)][-MOST_TAKEN:]

    def _own(self, reflector: Reflector) -> list[Intercept]:
        return self._read(reflector.objects.values())

    def _read(self, items: Iterable[KubeObject]) -> list[Intercept]:
        own = []
        for item in items:
            if item.get("spec", {}).get("session", {}).get("uid") != self._session_uid:
                continue  # many are others', and need not be read whole
            try:
                intercept = Intercept.from_object(item)
            except ResourceError as error:
                logger.warning("an Intercept cannot be read: %s", error)
                continue
            if self.is_own(intercept):
                own.append(intercept)
        return own
