"""Objects of one kind in one namespace: listed page by page, then watched, whatever networks and API servers do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic

from telelens_daemons.errors import UserError
from telelens_daemons.kube.errors import ForbiddenError, GoneError, ServerError, UnreachableError

from telelens_server.cluster.kinds import Kind, T

if TYPE_CHECKING:
    from telelens_daemons.kube.client import KubeClient

PAGE_SIZE = 250
"""So few that reading one page holds up no other answer: about 5 ms of Deployments."""
MOST_OBJECTS = 20_000
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
LONGEST_FIRST_PAUSE = 30.0
"""Of a cluster that was never reached: it may be one that is switched off for days. A question does not wait."""
FIRST_REFUSED_PAUSE = 2.0
"""An API server that has just started refuses for a moment what it allows later."""
LONGEST_REFUSED_PAUSE = 60.0
SHORT_WATCH = 1.0
HURRY_SECONDS = 1.0
"""Whoever types asks at every key."""


class TooManyError(UserError):
    """More objects than an editor should hold."""

    code = "too-many"


class Feed(Generic[T]):
    """``records`` is what is known now; nobody waits for it unless they ask to.

    Differs from the daemon's ``Reflector`` in what it is for: what comes first is offered at once, a beginning that
    fails is tried again, too, and only what somebody asks for is kept of an object.
    """

    def __init__(
        self,
        kind: Kind[T],
        namespace: str,
        *,
        client: Callable[[], Awaitable[KubeClient]],
        changed: Callable[[], None],
        troubled: Callable[[Feed[Any], UserError], None],
        recovered: Callable[[], None] = lambda: None,
    ) -> None:
        self.kind = kind
        self.namespace = namespace
        self.trouble: UserError | None = None
        """Why it is not up to date."""
        self.is_complete = False
        """Whether the whole list was there once; it may be old while there is trouble."""
        self._client = client
        self._changed = changed
        self._troubled = troubled
        self._recovered = recovered
        self._found: dict[str, T] = {}
        self._sorted: tuple[T, ...] | None = None
        self._version = ""
        self._refusals = 0
        self._tried_at = 0.0
        self._settled = asyncio.Event()
        self._hurry = asyncio.Event()
        self._task = asyncio.create_task(self._keep(), name=f"watch {kind.resource.describe(namespace)}")

    @property
    def records(self) -> Sequence[T]:
        """By name."""
        if self._sorted is None:
            self._sorted = tuple(self._found[name] for name in sorted(self._found))
        return self._sorted

    @property
    def is_settled(self) -> bool:
        """Whether the list is there, or will not be for a while."""
        return self._settled.is_set()

    @property
    def is_sure(self) -> bool:
        """Whether what is not among the records does not exist."""
        return self.is_complete and self.trouble is None

    async def settled(self) -> None:
        """Returns when it is."""
        await self._settled.wait()

    def hurry(self) -> None:
        """Somebody would like to know, or has reason to hope: do not wait for the next attempt."""
        rested = asyncio.get_running_loop().time() - self._tried_at > HURRY_SECONDS
        if rested and not isinstance(self.trouble, ForbiddenError | TooManyError):
            self._hurry.set()

    async def stop(self) -> None:
        """End the watch."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _keep(self) -> None:
        clock = asyncio.get_running_loop().time
        pause = FIRST_PAUSE
        while True:
            began = self._tried_at = clock()
            try:
                await self._follow(await self._client())
            except GoneError:
                self._version = ""
            except UserError as error:
                self._stumbled(error)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                # Somebody stands between: a proxy that asks for a login, a gateway.
                what = self.kind.resource.describe(self.namespace)
                message = f"what was answered for {what} is not what an API server says"
                self._stumbled(ServerError(message, hint="check the context's server", detail=repr(error)))
            if clock() - began > SHORT_WATCH and self.trouble is None:
                pause = FIRST_PAUSE
                continue
            self._hurry.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), self._patience(pause))
            pause = min(pause * 2, LONGEST_PAUSE if self.is_complete else LONGEST_FIRST_PAUSE)

    def _patience(self, pause: float) -> float | None:
        if isinstance(self.trouble, TooManyError):
            return None
        if self.trouble is None or isinstance(self.trouble, UnreachableError | ServerError):
            return pause
        return min(FIRST_REFUSED_PAUSE * 2.0 ** min(self._refusals - 1, 10), LONGEST_REFUSED_PAUSE)

    def _stumbled(self, error: UserError) -> None:
        refused = not isinstance(error, UnreachableError | ServerError)
        self._refusals = self._refusals + 1 if refused else 0
        self.trouble = error
        if isinstance(error, ForbiddenError) and not self._version and (self._refusals > 1 or not self.is_complete):
            # What may not be listed is absent. Who may list but not watch keeps the list and gets it anew in a while.
            self._found, self._sorted, self.is_complete = {}, None, False
        # What happened meanwhile is told by a list only.
        self._version = ""
        self._settled.set()
        self._troubled(self, error)
        self._changed()

    async def _follow(self, client: KubeClient) -> None:
        from telelens_daemons.kube.watch import watch_once

        if not self._version:
            await self._list(client)
        async for event, item in watch_once(
            client, self.kind.resource, namespace=self.namespace, version=self._version
        ):
            self._version = str(item["metadata"]["resourceVersion"])
            if event != "BOOKMARK" and self._take(self._found, item, gone=event == "DELETED"):
                self._changed()

    async def _list(self, client: KubeClient) -> None:
        found: dict[str, T] = {}
        if not self.is_complete:
            self._found, self._sorted = found, None
        version = ""
        async for page, now in client.pages(self.kind.resource, namespace=self.namespace, size=PAGE_SIZE):
            for item in page:
                self._take(found, item, gone=False)
            version = now
            if len(found) > MOST_OBJECTS:
                what = self.kind.resource.describe(self.namespace)
                raise TooManyError(f"there are more than {MOST_OBJECTS:,} {what}", hint="only the first are offered")
            self._changed()
        self._found, self._sorted, self._version = found, None, version
        had_trouble = self.trouble is not None
        self.is_complete, self.trouble, self._refusals = True, None, 0
        self._settled.set()
        self._changed()
        if had_trouble:
            self._recovered()

    def _take(self, found: dict[str, T], item: Mapping[str, Any], *, gone: bool) -> bool:
        """Whether anything is another now: much changes in a cluster that nobody here asks for."""
        try:
            record = self.kind.read(item)
        except (KeyError, TypeError, ValueError, AttributeError):
            return False  # An object of a shape that nobody promised names nothing.
        before = found.get(record.name)
        if gone:
            found.pop(record.name, None)
        else:
            found[record.name] = record
        self._sorted = None
        return before is not None if gone else before != record
