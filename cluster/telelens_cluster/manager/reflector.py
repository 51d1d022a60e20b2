"""One collection of the API, kept in memory by list and watch."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import ApiError, ApiUnreachable

_log = logging.getLogger(__name__)
_PAGE: Final = 500
_SILENCE: Final = 150.0
"""Seconds: the API server sends a bookmark about once a minute, so a watch that says less is dead."""
_LONGEST_PAUSE: Final = 15.0

Object = Mapping[str, Any]


class Reflector:
    """Keeps ``items`` equal to what the API server holds under ``path``.

    ``changed(old, new)`` is called for every difference (None where the object is new or gone), also for those that
    happened during a gap. ``gap()`` is called when time passed that the watch did not see.
    """

    def __init__(
        self,
        api: Api,
        path: str,
        *,
        changed: Callable[[Object | None, Object | None], None],
        gap: Callable[[], None] = lambda: None,
        selectors: Mapping[str, str] | None = None,
    ) -> None:
        self._api = api
        self.path = path
        self._changed = changed
        self._gap = gap
        self._selectors = dict(selectors or {})
        self._items: dict[tuple[str, str], Object] = {}
        self.synced = asyncio.Event()

    def __iter__(self) -> Iterator[Object]:
        return iter(self._items.values())

    def get(self, namespace: str, name: str) -> Object | None:
        """The object as last seen."""
        return self._items.get((namespace, name))

    def learn(self, item: Object) -> None:
        """Take what the API server answered to a write of ours, instead of waiting for the watch to say the same."""
        key = _key(item)
        known = self._items.get(key)
        if known and int(known["metadata"]["resourceVersion"]) < int(item["metadata"]["resourceVersion"]):
            self._items[key] = _trimmed(item)

    async def run(self) -> None:
        """List, watch, and begin anew when the watch is lost; for ever."""
        pause = 0.1
        version = ""
        while True:
            try:
                if not version:
                    version = await self._list()
                    pause = 0.1
                version = await self._watch(version)
            except ApiError as error:
                # 410 Gone: too much happened since; every other refusal, too, is answered by beginning anew.
                version = ""
                if error.status == 410:
                    self._gap()
                    continue
                _log.warning("watch of %s refused: %s", self.path, error.message)
            except ApiUnreachable as error:
                version = ""
                self._gap()
                _log.warning("watch of %s lost: %s", self.path, error)
            else:
                continue
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 (jitter)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _list(self) -> str:
        found: dict[tuple[str, str], Object] = {}
        query: dict[str, str | int] = {**self._selectors, "limit": _PAGE}
        while True:
            page = await self._api.get(self.path, **query)
            for item in page.get("items") or ():
                found[_key(item)] = _trimmed(item)
            metadata = page["metadata"]
            if not (rest := metadata.get("continue")):
                break
            query["continue"] = rest
        for key in [key for key in self._items if key not in found]:
            self._replace(key, None)
        for key, item in found.items():
            self._replace(key, item)
        self.synced.set()
        return str(metadata["resourceVersion"])

    async def _watch(self, version: str) -> str:
        query: dict[str, str | int] = {
            **self._selectors,
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": random.randint(240, 300),  # noqa: S311 (spreads the reconnects)
        }
        async for event in self._api.watch(self.path, query, silence=_SILENCE):
            kind, item = event.get("type"), event.get("object")
            if kind == "ERROR" or not item:
                raise ApiError.from_status(500, item or event)
            version = str(item["metadata"]["resourceVersion"])
            if kind == "DELETED":
                self._replace(_key(item), None)
            elif kind != "BOOKMARK":
                self._replace(_key(item), _trimmed(item))
        return version

    def _replace(self, key: tuple[str, str], new: Object | None) -> None:
        old = self._items.pop(key, None)
        if new is not None:
            self._items[key] = new
        if old is None and new is None:
            return
        if old and new and old["metadata"]["resourceVersion"] == new["metadata"]["resourceVersion"]:
            return
        if old and new and old["metadata"]["uid"] != new["metadata"]["uid"]:
            self._changed(old, None)
            old = None
        self._changed(old, new)


def _key(item: Object) -> tuple[str, str]:
    metadata = item["metadata"]
    return metadata.get("namespace") or "", metadata["name"]


def _trimmed(item: Object) -> Object:
    """Without ``managedFields``, which are often half of an object and of no use to us."""
    item["metadata"].pop("managedFields", None)
    return item
