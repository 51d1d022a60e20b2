"""The door to everything that a cluster says: opened by the first question, not by the server's start."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from telelens_schemas.specification.facts import Facts
from telelens_schemas.specification.places import Place

from telelens_server.cluster.interceptions import Preview
from telelens_server.names import Asked, Known

if TYPE_CHECKING:
    from telelens_server.cluster.answers import Answers

GATHERING_SECONDS = 0.1
"""Changes come in crowds: whoever listens is told of those of one moment together."""
REST_FACTOR = 10
"""After telling comes a rest so many times as long as it took: a busy cluster must not keep an editor busy."""
_ROOM = "telelens_server.cluster.answers"


class LiveCluster:
    """``say`` tells the user, once, why names are missing."""

    def __init__(self, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._environment = environment
        self._say = say
        self._answers: Answers | None = None
        self._opening: asyncio.Task[Answers] | None = None
        self._listeners: list[Callable[[], None]] = []
        self._telling: asyncio.TimerHandle | None = None
        self._rested_at = 0.0

    def listen(self, listener: Callable[[], None]) -> None:
        """Call ``listener``, soon, whenever another answer may be due."""
        self._listeners.append(listener)

    def names(self, asked: Asked) -> Known:
        """What is known now."""
        answers = self.answers
        return answers.names(asked) if answers is not None else Known((), complete=False)

    async def settled(self, asked: Asked) -> None:
        """Returns when ``names`` is complete, or will not be for a while."""
        answers = self.answers or await self._opened()
        await answers.settled(asked)

    def facts(self, asked: Asked) -> str:
        """Kind, replicas, services and ports of a workload, and who intercepts it."""
        answers = self.answers
        return answers.facts(asked) if answers is not None else ""

    def interceptions(self, place: Place, workload: str, kind: str | None, now: datetime) -> str:
        """Who intercepts a workload since when, nobody having asked the cluster for it."""
        answers = self.answers
        return answers.interceptions(place, workload, kind, now) if answers is not None else ""

    def previews(self, place: Place, workload: str) -> tuple[Preview, ...]:
        """The preview URLs of whoever intercepts a workload, nobody having asked the cluster for it."""
        answers = self.answers
        return answers.previews(place, workload) if answers is not None else ()

    def glimpse(self, places: Iterable[Place]) -> Facts:
        """What is certain of places, nobody having asked the cluster for it."""
        answers = self.answers
        return answers.glimpse(places) if answers is not None else Facts()

    @property
    def answers(self) -> Answers | None:
        """``None`` as long as it is not ready; asking makes it so, and then listeners are told."""
        if self._answers is None and self._opening is None:
            self._opening = asyncio.create_task(self._open(), name="open the clusters' room")
        return self._answers

    async def stop(self) -> None:
        """End every watch, before the editor goes."""
        if self._answers is not None:
            await self._answers.stop()
        elif self._opening is not None:
            self._opening.cancel()
        if self._telling is not None:
            self._telling.cancel()

    async def _opened(self) -> Answers:
        assert self._opening is not None
        return await asyncio.shield(self._opening)

    async def _open(self) -> Answers:
        # In a thread: others are answered meanwhile.
        await asyncio.to_thread(import_module, _ROOM)
        from telelens_server.cluster.answers import Answers

        self._answers = Answers(self._environment, say=self._say, changed=self._changed)
        self._changed()
        return self._answers

    def _changed(self) -> None:
        if self._telling is None and self._listeners:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_at(max(loop.time() + GATHERING_SECONDS, self._rested_at), self._tell)

    def _tell(self) -> None:
        self._telling = None
        clock = asyncio.get_running_loop().time
        began = clock()
        for listener in self._listeners:
            listener()
        self._rested_at = clock() + REST_FACTOR * (clock() - began)
