"""A small API server: objects by path, with versions, watches and failures on demand. The boundary of our client."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

PLURALS = (
    "namespaces",
    "pods",
    "services",
    "deployments",
    "statefulsets",
    "sessions",
    "intercepts",
    "interceptspecifications",
)

Object = dict[str, Any]
Answer = Callable[[web.Request], web.Response | None]


class FakeApi:
    """Keeps objects under the path of their collection; ``refuse`` answers requests instead, while it is set."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.refuse: Answer | None = None
        self.created: Callable[[str, Object], None] = lambda path, item: None
        self._objects: dict[str, dict[str, Object]] = {}
        self._versions = itertools.count(100)
        self._events: dict[str, list[tuple[str, Object]]] = {}
        self._watches: dict[str, list[asyncio.Queue[tuple[str, Object] | None]]] = {}
        self._uids = itertools.count(1)

    def put(self, path: str, item: Object) -> Object:
        """Store an object in a collection and tell the watches."""
        collection = self._objects.setdefault(path, {})
        name = item["metadata"]["name"]
        known = collection.get(name)
        metadata = {"uid": f"uid-{next(self._uids)}", "creationTimestamp": "2026-01-01T00:00:00Z"}
        metadata |= (known or {}).get("metadata", {}) | item["metadata"]
        stored = {**item, "metadata": metadata | {"resourceVersion": str(next(self._versions))}}
        collection[name] = stored
        self._tell(path, "MODIFIED" if known else "ADDED", stored)
        return stored

    def remove(self, path: str, name: str) -> Object | None:
        """Delete an object."""
        item = self._objects.get(path, {}).pop(name, None)
        if item is not None:
            item["metadata"]["resourceVersion"] = str(next(self._versions))
            self._tell(path, "DELETED", item)
        return item

    def get(self, path: str, name: str) -> Object | None:
        """An object as stored."""
        return self._objects.get(path, {}).get(name)

    def tell(self, path: str, kind: str, item: Object) -> None:
        """Send an event of any kind to the watches."""
        self._tell(path, kind, item)

    def is_watched(self) -> bool:
        """Whether anybody watches anything."""
        return any(self._watches.values())

    def end_watches(self) -> None:
        """Close every watch, as servers do."""
        for queues in self._watches.values():
            for queue in queues:
                queue.put_nowait(None)

    def _tell(self, path: str, kind: str, item: Object) -> None:
        self._events.setdefault(path, []).append((kind, item))
        for queue in self._watches.get(path, []):
            queue.put_nowait((kind, item))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.method, request.path, dict(request.headers)))
        if self.refuse is not None and (answer := self.refuse(request)) is not None:
            return answer
        if request.path == "/version":
            return web.json_response({"gitVersion": "v1.35.4"})
        if request.path.endswith("/selfsubjectreviews"):
            return web.json_response({"status": {"userInfo": {"username": "ada"}}})
        if request.path.endswith("/selfsubjectaccessreviews"):
            return web.json_response({"status": {"allowed": True}})
        if request.path.startswith("/api/v1/namespaces/") and request.path.count("/") == 4:
            return web.json_response({"metadata": {"name": request.path.rpartition("/")[2]}})
        return await self._object(request)

    async def _object(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removesuffix("/status")
        if request.method == "POST":
            item = await request.json()
            if self.get(path, item["metadata"]["name"]):
                return status(409, "AlreadyExists", "already exists")
            stored = self.put(path, item)
            self.created(path, stored)
            return web.json_response(stored, status=201)
        if request.method == "GET" and request.query.get("watch"):
            return await self._watch(request, path)
        collection, _, name = path.rpartition("/")
        if name in self._objects.get(collection, {}):
            return await self._one(request, collection, name)
        if request.method == "GET" and name in PLURALS:
            return self._list(request, path)
        return status(404, "NotFound", f'"{name}" not found')

    def _list(self, request: web.Request, path: str) -> web.Response:
        items = list(self._objects.get(path, {}).values())
        start = int(request.query.get("continue") or 0)
        end = start + int(request.query.get("limit") or len(items))
        metadata = {"resourceVersion": str(next(self._versions))} | ({"continue": str(end)} if end < len(items) else {})
        return web.json_response({"metadata": metadata, "items": items[start:end]})

    async def _one(self, request: web.Request, collection: str, name: str) -> web.Response:
        item = self._objects[collection][name]
        if request.method == "DELETE":
            self.remove(collection, name)
        elif request.method == "PUT":
            new = await request.json()
            if new["metadata"]["resourceVersion"] != item["metadata"]["resourceVersion"]:
                return status(409, "Conflict", "the object has been modified")
            item = self.put(collection, new)
        return web.json_response(item)

    async def _watch(self, request: web.Request, path: str) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        queue: asyncio.Queue[tuple[str, Object] | None] = asyncio.Queue()
        # What happened between the list and the watch is told, as by a real server.
        for event in self._events.get(path, []):
            version = event[1].get("metadata", {}).get("resourceVersion", "0")
            if int(version) > int(request.query["resourceVersion"]):
                queue.put_nowait(event)
        self._watches.setdefault(path, []).append(queue)
        try:
            while (event := await queue.get()) is not None:
                line = json.dumps({"type": event[0], "object": event[1]}) + "\n"
                # In two parts: a line is not a chunk.
                await response.write(line[:10].encode())
                await response.write(line[10:].encode())
        finally:
            self._watches[path].remove(queue)
        return response

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[FakeApi]:
        """Serve on a port, by default a free one."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(application, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            self.end_watches()
            await runner.cleanup()


def status(code: int, reason: str, message: str) -> web.Response:
    """A Status object."""
    body = {"kind": "Status", "code": code, "reason": reason, "message": message}
    return web.json_response(body, status=code)
