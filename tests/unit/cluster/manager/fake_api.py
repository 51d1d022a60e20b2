"""An API server of one dictionary, for what needs no more."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import ApiError, ApiUnreachable

Object = Mapping[str, Any]


class FakeApi:
    """Objects by path; ``answers`` are given to creates of that path instead of storing them."""

    def __init__(self, objects: Mapping[str, Object] | None = None) -> None:
        self.objects: dict[str, Any] = dict(objects or {})
        self.answers: dict[str, Object] = {}
        self.calls: list[tuple[str, str]] = []
        self.down = False
        self.version = 100
        self.watches: dict[str, asyncio.Queue[Object | Exception]] = {}

    def as_api(self) -> Api:
        """For the eyes of the type checker."""
        return cast(Api, self)

    def put(self, path: str, item: Object) -> dict[str, Any]:
        """Store with a new resourceVersion."""
        self.version += 1
        stored: dict[str, Any] = copy.deepcopy(dict(item))
        stored["metadata"] = {"uid": f"uid-of-{path}", **stored["metadata"], "resourceVersion": str(self.version)}
        self.objects[path] = stored
        return stored

    async def get(self, path: str, **query: str | int) -> Object:
        self._called("GET", path)
        if path in self.objects:
            return cast(Object, copy.deepcopy(self.objects[path]))
        items = [one for where, one in self.objects.items() if where.rpartition("/")[0] == path]
        if items or path in self.watches:
            return {"metadata": {"resourceVersion": str(self.version)}, "items": copy.deepcopy(items)}
        raise ApiError(404, "NotFound", f"{path} is not there")

    async def request(self, method: str, path: str, *, timeout: float = 1) -> Object:
        return await self.get(path)

    async def create(self, path: str, body: Object, **query: str | int) -> Object:
        self._called("POST", path)
        if path in self.answers:
            return self.answers[path]
        where = f"{path}/{body['metadata']['name']}"
        if where in self.objects:
            raise ApiError(409, "AlreadyExists", "it is there")
        return self.put(where, body)

    async def update(self, path: str, body: Object) -> Object:
        self._called("PUT", path)
        if self.objects[path]["metadata"]["resourceVersion"] != body["metadata"]["resourceVersion"]:
            raise ApiError(409, "Conflict", "it was changed")
        return self.put(path, body)

    async def patch(self, path: str, body: Any) -> Object:
        self._called("PATCH", path)
        return self.put(path, {**self.objects.get(path, {"metadata": {}}), "patched": body})

    async def delete(self, path: str, *, uid: str | None = None) -> None:
        self._called("DELETE", path)
        self.objects.pop(path, None)

    async def watch(self, path: str, query: Object, *, silence: float) -> AsyncIterator[Object]:
        self._called("WATCH", path)
        queue = self.watches.setdefault(path, asyncio.Queue())
        while event := await queue.get():
            if isinstance(event, Exception):
                raise event
            yield event

    def _called(self, verb: str, path: str) -> None:
        self.calls.append((verb, path))
        if self.down:
            raise ApiUnreachable("nobody answers")
