"""Why names are missing, told to the user once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from telelens_daemons.errors import UserError
from telelens_daemons.kube.errors import ForbiddenError
from telelens_daemons.kube.resources import Resource
from telelens_schemas.suggestions import listing

GATHERING_SECONDS = 0.5
"""Refusals come one after the other: those that follow each other sooner than that are one message."""
LONGEST_SECONDS = 3.0
"""Nobody is told later than that."""


class Troubles:
    """Says each once: a refusal for each context, namespace and resource; anything else for each context."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said: set[tuple[str, ...]] = set()
        self._refused: dict[str, list[str]] = {}
        self._alone: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._first = 0.0

    def add(self, context: str, error: UserError, resource: Resource | None = None, namespace: str = "") -> None:
        """Something that a user asked for is missing."""
        refused = resource.describe() if isinstance(error, ForbiddenError) and resource is not None else ""
        key = (context, error.code, refused, namespace if refused else "")
        if key in self._said:
            return
        self._said.add(key)
        if refused:
            self._refused.setdefault(namespace, []).append(refused)
        else:
            self._alone.append(f"{error.message}{f' ({error.hint})' if error.hint else ''}")
        loop = asyncio.get_running_loop()
        if self._timer is None:
            self._first = loop.time()
        else:
            self._timer.cancel()
        due = min(loop.time() + GATHERING_SECONDS, self._first + LONGEST_SECONDS)
        self._timer = loop.call_at(due, self._tell)

    def _tell(self) -> None:
        self._timer = None
        told = list(self._alone)
        if self._refused:
            what = "; ".join(
                listing(resources) + (f" in namespace {namespace}" if namespace else "")
                for namespace, resources in self._refused.items()
            )
            told.append(f"you may not list {what} (ask for a role that allows: list {what})")
        self._alone, self._refused = [], {}
        self._say(f"Names from the cluster are missing: {'; '.join(told)}")
