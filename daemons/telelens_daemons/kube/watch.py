"""Objects of one kind, kept up to date by a watch that survives what networks and API servers do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping

import aiohttp

from telelens_daemons.kube.client import CONNECT_SECONDS, KubeClient, KubeObject, selectors, without_bulk
from telelens_daemons.kube.errors import GoneError, KubeError, error_from_status
from telelens_daemons.kube.resources import Resource

logger = logging.getLogger(__name__)

WATCH_SECONDS = 290
FIRST_BACKOFF = 0.1
LONGEST_BACKOFF = 2.0
LARGEST_EVENT = 16 * 1024 * 1024

Changed = Callable[[KubeObject, bool], None]
"""Called with the object and whether it is gone."""


class Reflector:
    """Lists, then watches; lists again after 410; tries again, with backoff, after anything else.

    ``start`` returns when the first list is there, or raises why it is not. Afterwards failures show in ``problem``,
    and ``troubled`` is called when there is one.
    """

    def __init__(
        self,
        client: KubeClient,
        resource: Resource,
        *,
        namespace: str = "",
        fields: str = "",
        troubled: Callable[[], None] | None = None,
    ) -> None:
        self.objects: dict[str, KubeObject] = {}
        self.problem: KubeError | None = None
        self._client = client
        self._resource = resource
        self._namespace = namespace
        self._fields = fields
        self._troubled = troubled
        self._version = ""
        self._subscribers: list[Changed] = []
        self._task: asyncio.Task[None] | None = None
        self._interrupt = asyncio.Event()

    @property
    def namespace(self) -> str:
        """The namespace that is watched."""
        return self._namespace

    def subscribe(self, changed: Changed) -> Callable[[], None]:
        """Call ``changed`` at every change from now on; the returned function ends that."""
        self._subscribers.append(changed)
        return lambda: self._subscribers.remove(changed) if changed in self._subscribers else None

    async def start(self) -> None:
        """List once, then keep watching in a task."""
        await self._list()
        what = self._resource.describe(self._namespace)
        self._task = asyncio.create_task(self._keep_watching(), name=f"watch {what}")

    async def stop(self) -> None:
        """End the watch."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def hurry(self) -> None:
        """The network has been away: begin the watch anew at once instead of waiting for it to notice."""
        self._interrupt.set()

    async def _keep_watching(self) -> None:
        backoff = FIRST_BACKOFF
        while True:
            self._interrupt.clear()
            watching = asyncio.ensure_future(self._watch())
            interrupted = asyncio.ensure_future(self._interrupt.wait())
            try:
                await asyncio.wait((watching, interrupted), return_when=asyncio.FIRST_COMPLETED)
                if watching.done():
                    watching.result()
                backoff = FIRST_BACKOFF
                self.problem = None
            except GoneError:
                self._version = ""
            except KubeError as error:
                if self.problem is None:
                    logger.warning("watch of %s: %s", self._resource.describe(self._namespace), error.message)
                self.problem = error
                if self._troubled:
                    self._troubled()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._interrupt.wait(), backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF)
            finally:
                for task in (watching, interrupted):
                    task.cancel()
                await asyncio.gather(watching, interrupted, return_exceptions=True)

    async def _watch(self) -> None:
        if not self._version:
            await self._list()
        async for kind, item in watch_once(
            self._client,
            self._resource,
            namespace=self._namespace,
            fields=self._fields,
            version=self._version,
        ):
            self.problem = None
            self._version = str(item["metadata"]["resourceVersion"])
            if kind != "BOOKMARK":
                self._put(item, gone=kind == "DELETED")

    async def _list(self) -> None:
        items, version = await self._client.list_with_version(
            self._resource, namespace=self._namespace, fields=self._fields
        )
        present = {item["metadata"]["uid"] for item in items}
        for known in list(self.objects.values()):
            if known["metadata"]["uid"] not in present:
                self._put(known, gone=True)
        for item in items:
            before = self.objects.get(item["metadata"]["uid"])
            same = before and before["metadata"]["resourceVersion"] == item["metadata"]["resourceVersion"]
            if not same:
                self._put(item, gone=False)
        self._version = version

    def _put(self, item: KubeObject, *, gone: bool) -> None:
        uid = item["metadata"]["uid"]
        if gone:
            self.objects.pop(uid, None)
        else:
            self.objects[uid] = item
        for changed in list(self._subscribers):
            changed(item, gone)


async def watch_once(
    client: KubeClient,
    resource: Resource,
    *,
    version: str,
    namespace: str = "",
    fields: str = "",
) -> AsyncIterator[tuple[str, KubeObject]]:
    """Yield (type, object) until the server ends the watch. Raises KubeError; GoneError means: list again."""
    query = selectors("", fields) | {
        "watch": "1",
        "resourceVersion": version,
        "allowWatchBookmarks": "true",
        "timeoutSeconds": str(WATCH_SECONDS),
    }
    describe = resource.describe(namespace)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=WATCH_SECONDS + 10)
    async with client.request(
        "GET", resource.path(namespace), verb="watch", describe=describe, query=query, timeout=timeout
    ) as response:
        async for line in _lines(response.content):
            event = json.loads(line)
            if event["type"] == "ERROR":
                raise _watch_error(event["object"], client.server, describe)
            yield event["type"], without_bulk(event["object"])


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    # Not StreamReader.readline: its limit is a fraction of the size that an object may have.
    rest = b""
    async for chunk in content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line:
                yield line
        if len(rest) > LARGEST_EVENT:
            raise aiohttp.ClientPayloadError("an event of a watch is larger than 16 MiB")


def _watch_error(status: Mapping[str, object], server: str, describe: str) -> KubeError:
    code = status.get("code")
    return error_from_status(
        code if isinstance(code, int) else 500,
        str(status.get("reason") or ""),
        str(status.get("message") or ""),
        server=server,
        verb="watch",
        resource=describe,
    )
