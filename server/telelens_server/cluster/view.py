"""One context of the kubeconfig: its client, and what of its cluster somebody has asked for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any

from telelens_daemons.errors import UserError
from telelens_daemons.kube.errors import CredentialsError
from telelens_daemons.kube.kubeconfig import Access
from telelens_daemons.kube.resources import SELF_SUBJECT_REVIEWS

from telelens_server.cluster.feed import Feed
from telelens_server.cluster.kinds import Kind, T

if TYPE_CHECKING:
    from telelens_daemons.kube.client import KubeClient

USER_AGENT = "telelens-server"
MOST_NAMESPACES = 16
"""Whoever types a namespace's name asks for many that are not there, letter by letter."""
IDLE_SECONDS = 120.0
"""Whoever is only looked at may have to make room for another that is."""
PROGRAM_REST_SECONDS = 30.0
"""A program that gave no credentials may have opened a browser: it is not run again at once."""


class ClusterView:
    """Lives from the first question until the kubeconfig says something else."""

    def __init__(
        self,
        access: Access,
        environment: Mapping[str, str],
        *,
        changed: Callable[[], None],
        troubled: Callable[[ClusterView, Feed[Any], UserError], None],
    ) -> None:
        self.access = access
        self.user = ""
        """As the API server calls them; empty as long as it has not said."""
        self._environment = environment
        self._changed = changed
        self._troubled = troubled
        self._stack = AsyncExitStack()
        self._opening: asyncio.Task[KubeClient] | None = None
        self._refused: UserError | None = None
        self._refused_at = 0.0
        self._introducing: asyncio.Task[None] | None = None
        self._feeds: dict[str, dict[str, Feed[Any]]] = {}
        self._used_at: dict[str, float] = {}
        self._stopping: set[asyncio.Task[None]] = set()

    @property
    def runs_programs(self) -> bool:
        """Whether asking this cluster runs a program that the kubeconfig names."""
        return "exec" in self.access.user_entry

    def is_watched(self, namespace: str) -> bool:
        """Whether anything of a namespace is."""
        return namespace in self._feeds

    def has_room(self, namespace: str) -> bool:
        """Whether asking for a namespace ends no watches but such as nobody has looked at for long."""
        if namespace in self._feeds or len(self._feeds) < MOST_NAMESPACES:
            return True
        return asyncio.get_running_loop().time() - self._used_at[next(iter(self._feeds))] > IDLE_SECONDS

    def known(self, kind: Kind[T], namespace: str) -> Feed[T] | None:
        """The same for whoever begins nothing."""
        return self._feeds.get(namespace, {}).get(kind.resource.plural)

    def feed(self, kind: Kind[T], namespace: str) -> Feed[T]:
        """What is known of a kind; asking begins the watch."""
        feeds = self._feeds.pop(namespace, None)
        if feeds is None:
            feeds = {}
            while len(self._feeds) >= MOST_NAMESPACES:
                oldest = next(iter(self._feeds))
                del self._used_at[oldest]
                self._end(self._feeds.pop(oldest))
        self._feeds[namespace] = feeds  # The one asked for last is the last to go.
        self._used_at[namespace] = asyncio.get_running_loop().time()
        known = feeds.get(kind.resource.plural)
        if known is None:
            known = feeds[kind.resource.plural] = Feed(
                kind,
                namespace,
                client=self._client,
                changed=self._changed,
                troubled=self._feed_troubled,
                recovered=self._hurry_feeds,
            )
        return known

    def hurry(self) -> None:
        """A user would like to know."""
        now = asyncio.get_running_loop().time()
        if self._refused is not None and now - self._refused_at < PROGRAM_REST_SECONDS:
            return
        self._refused = None
        self._hurry_feeds()

    async def stop(self) -> None:
        """End everything."""
        for task in (self._opening, self._introducing):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, UserError):
                    await task
        for feeds in self._feeds.values():
            await asyncio.gather(*(feed.stop() for feed in feeds.values()))
        await asyncio.gather(*self._stopping)
        await self._stack.aclose()

    def _hurry_feeds(self) -> None:
        """What one has got the others may get, too."""
        for feeds in self._feeds.values():
            for feed in feeds.values():
                if feed.trouble is not None:
                    feed.hurry()

    def _end(self, feeds: Mapping[str, Feed[Any]]) -> None:
        for feed in feeds.values():
            task = asyncio.create_task(feed.stop(), name=f"stop watching {feed.namespace}")
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)

    async def _client(self) -> KubeClient:
        if self._refused is not None:
            raise self._refused.again()
        if self._opening is None or (self._opening.done() and self._opening.exception() is not None):
            self._opening = asyncio.create_task(self._open(), name=f"open {self.access.context}")
        return await asyncio.shield(self._opening)

    async def _open(self) -> KubeClient:
        # In a thread: importing it takes a fifth of a second, in which others are answered.
        await asyncio.to_thread(import_module, "telelens_daemons.kube.watch")
        from telelens_daemons.kube.client import KubeClient

        client = KubeClient(self.access, environment=self._environment, user_agent=USER_AGENT)
        # A program that gives credentials is waited for here, once for all feeds.
        await client.credentials.headers()
        await self._stack.enter_async_context(client)
        self._introducing = asyncio.create_task(self._introduce(client), name="who am I")
        return client

    async def _introduce(self, client: KubeClient) -> None:
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        with contextlib.suppress(UserError, KeyError, TypeError, ValueError):  # Then nobody is called "you".
            review = await client.create(SELF_SUBJECT_REVIEWS, body)
            self.user = str(review["status"]["userInfo"]["username"])
            self._changed()

    def _feed_troubled(self, feed: Feed[Any], error: UserError) -> None:
        if isinstance(error, CredentialsError) and self.runs_programs:
            self._refused = error
            self._refused_at = asyncio.get_running_loop().time()
        self._troubled(self, feed, error)
