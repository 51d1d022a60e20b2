"""Answers from the clusters that specifications mean, out of what is known at the moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from telelens_daemons.errors import UserError
from telelens_schemas.specification.facts import ContextFacts, Facts, NamespaceFacts, ServiceFacts
from telelens_schemas.specification.places import Place
from telelens_schemas.specification.shapes import Names

from telelens_server.cluster.contexts import Contexts
from telelens_server.cluster.describing import described, ports_of, previews_of, status_of
from telelens_server.cluster.feed import Feed
from telelens_server.cluster.headers import header_names
from telelens_server.cluster.interceptions import Preview
from telelens_server.cluster.kinds import INTERCEPT, NAMESPACE
from telelens_server.cluster.patience import Patience
from telelens_server.cluster.scope import Scope, all_settled
from telelens_server.cluster.troubles import Troubles
from telelens_server.cluster.view import ClusterView
from telelens_server.names import Asked, Known, Name

MOST_VIEWS = 8
OF_CLUSTERS = frozenset(
    {
        Names.CONTEXT,
        Names.NAMESPACE,
        Names.WORKLOAD,
        Names.SERVICE,
        Names.PORT,
        Names.CONTAINER,
        Names.HEADER,
    }
)


class Answers:
    """Who asks for names is a user: what is missing is said. What is only looked at (``glimpse``) makes no noise, and
    begins nothing that runs a program or ends what a user has asked for."""

    def __init__(
        self, environment: Mapping[str, str], *, say: Callable[[str], None], changed: Callable[[], None]
    ) -> None:
        self.contexts = Contexts(environment, self._reconsider)
        self._environment = environment
        self._changed = changed
        self._troubles = Troubles(say)
        self._patience = Patience(changed)
        self._views: dict[str, ClusterView] = {}
        self._stopping: set[asyncio.Task[None]] = set()
        self._asked: set[tuple[str, str, str]] = set()

    def names(self, asked: Asked) -> Known:
        """What is known now."""
        if asked.names not in OF_CLUSTERS:
            return Known()
        self.contexts.refresh()
        if not self.contexts.is_settled:
            return Known((), complete=False)
        if asked.names is Names.CONTEXT:
            return Known([self._context(name) for name in self.contexts.names])
        if asked.names is Names.HEADER:
            return self._headers(asked)
        view = self._view(asked.context)
        if asked.names is Names.NAMESPACE:
            return self._namespaces(view) if view is not None else Known()
        scope = self._scope(view, asked.namespace)
        if scope is None:
            return Known()
        feeds = self._wanted(scope, asked.names)
        return Known(list(_names_in(scope, asked)), all_settled(feeds))

    async def settled(self, asked: Asked) -> None:
        """Returns when names and facts are complete, or will not be for a while."""
        await self.contexts.settled()
        view = self._view(asked.context) if asked.names is not Names.CONTEXT else None
        scope = self._scope(view, asked.namespace)
        if asked.names is Names.NAMESPACE and view is not None:
            await view.feed(NAMESPACE, "").settled()
        elif scope is not None:
            for feed in (*self._wanted(scope, asked.names), scope.intercept_feed):
                await feed.settled()

    def facts(self, asked: Asked) -> str:
        """What is known of a workload, as Markdown; empty: nothing."""
        if not self.contexts.is_settled:
            return ""
        scope = self._scope(self._view(asked.context), asked.namespace)
        if scope is None or asked.workload is None:
            return ""
        return described(scope, asked.workload, datetime.now().astimezone())

    def interceptions(self, place: Place, workload: str, kind: str | None, now: datetime) -> str:
        """Who intercepts a workload since when; empty: nobody, or it is not known."""
        scope = self._known_scope(place)
        return status_of(scope.intercepts_of(workload, kind), scope.user, now) if scope is not None else ""

    def previews(self, place: Place, workload: str) -> tuple[Preview, ...]:
        """The preview URLs of whoever intercepts a workload; nothing: there is none, or it is not known."""
        scope = self._known_scope(place)
        return previews_of(scope.intercepts_of(workload), scope.user) if scope is not None else ()

    def _known_scope(self, place: Place) -> Scope | None:
        """Where all intercepts are known."""
        view = self._glimpse_view(place.context)
        scope = self._glimpse(view, place.namespace) if view is not None else None
        return scope if scope is not None and scope.intercept_feed.is_sure else None

    def glimpse(self, places: Iterable[Place]) -> Facts:
        """What is certain of places to look at, nobody having asked."""
        inside: dict[str, dict[str, NamespaceFacts]] = {}
        views: dict[str, ClusterView] = {}
        for place in places:
            view = self._glimpse_view(place.context)
            if view is None:
                continue
            name = view.access.context
            views[name] = view
            scope = self._glimpse(view, place.namespace)
            if scope is not None:
                inside.setdefault(name, {})[scope.namespace] = scope.facts
        known = self.contexts.is_settled and self.contexts.problem is None
        return Facts(
            contexts=tuple(self.contexts.names) if known else None,
            current_context=self.contexts.current or None,
            by_context={name: _context_facts(view, inside.get(name, {})) for name, view in views.items()},
        )

    def _glimpse(self, view: ClusterView, namespace: str | None) -> Scope | None:
        """``None`` where nobody is to look, or not yet: whoever types a name shall not have each letter watched."""
        name = namespace or view.access.namespace
        if view.is_watched(name):
            return self._scope(view, name)
        if not view.has_room(name) or not self._patience.is_over((view.access.context, name)):
            return None
        return self._scope(view, name)

    def _glimpse_view(self, context: str | None) -> ClusterView | None:
        self.contexts.refresh()
        if not self.contexts.is_settled:
            return None
        name = context or self.contexts.current
        view = self._views.get(name)
        if view is not None:
            return view
        try:
            view = self._new_view(name)
        except UserError:
            return None
        if view.runs_programs or len(self._views) >= MOST_VIEWS:
            return None
        self._views[name] = view
        return view

    async def stop(self) -> None:
        """End everything."""
        self.contexts.stop()
        await asyncio.gather(*(view.stop() for view in self._views.values()), *self._stopping)
        self._views.clear()

    def _context(self, name: str) -> Name:
        is_current = name == self.contexts.current
        return Name(name, "current" if is_current else self.contexts.cluster_of(name))

    def _headers(self, asked: Asked) -> Known:
        """Some are known without any cluster: nobody misses the others."""
        scope = self._scope(self._glimpse_view(asked.context), asked.namespace)
        feed = scope.intercept_feed if scope is not None else None
        return Known(list(header_names(feed.records if feed else ())), feed is None or feed.is_settled)

    def _namespaces(self, view: ClusterView) -> Known:
        feed = view.feed(NAMESPACE, "")
        self._want(view.access.context, feed)
        found = {one.name: "" for one in feed.records}
        if not feed.is_complete and feed.is_settled:
            own = self.contexts.namespaces_like(view.access.context)
            found |= {name: f"of context {context}" for name, context in own.items()}
        return Known([Name(name, detail) for name, detail in sorted(found.items())], feed.is_settled)

    def _view(self, context: str | None) -> ClusterView | None:
        """For a user's question."""
        name = context or self.contexts.current
        view = self._views.pop(name, None)
        if view is None:
            try:
                view = self._new_view(name)
            except UserError as error:
                self._troubles.add(name, error)
                return None
            while len(self._views) >= MOST_VIEWS:
                self._end(next(iter(self._views)))
        self._views[name] = view  # The one asked for last is the last to go.
        view.hurry()
        return view

    def _new_view(self, context: str) -> ClusterView:
        access = self.contexts.access(context)
        return ClusterView(access, self._environment, changed=self._changed, troubled=self._troubled)

    def _scope(self, view: ClusterView | None, namespace: str | None) -> Scope | None:
        """``None`` also where it is known that there is no such namespace: nobody shall watch it."""
        if view is None:
            return None
        wanted = namespace or view.access.namespace
        namespaces = view.known(NAMESPACE, "")
        if namespaces is not None and namespaces.is_sure and all(one.name != wanted for one in namespaces.records):
            return None
        return Scope(view, wanted)

    def _wanted(self, scope: Scope, names: Names) -> Sequence[Feed[Any]]:
        feeds: list[Feed[Any]] = [*scope.workload_feeds]
        if names is not Names.WORKLOAD:
            feeds.append(scope.service_feed)
        for feed in feeds:
            self._want(scope.context, feed)
        return feeds

    def _want(self, context: str, feed: Feed[Any]) -> None:
        self._asked.add((context, feed.kind.resource.plural, feed.namespace))
        if feed.trouble is not None and not feed.is_complete:
            self._troubles.add(context, feed.trouble, feed.kind.resource, feed.namespace)

    def _troubled(self, view: ClusterView, feed: Feed[Any], error: UserError) -> None:
        context = view.access.context
        is_asked = (context, feed.kind.resource.plural, feed.namespace) in self._asked
        if is_asked and not feed.is_complete and feed.kind is not INTERCEPT:
            self._troubles.add(context, error, feed.kind.resource, feed.namespace)

    def _reconsider(self) -> None:
        """The kubeconfig says something else."""
        for name, view in list(self._views.items()):
            try:
                is_same = self.contexts.access(name) == view.access
            except UserError:
                is_same = False
            if not is_same:
                self._end(name)
        self._changed()

    def _end(self, name: str) -> None:
        task = asyncio.create_task(self._views.pop(name).stop(), name=f"leave context {name}")
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)


def _context_facts(view: ClusterView, inside: Mapping[str, NamespaceFacts]) -> ContextFacts:
    namespaces = view.feed(NAMESPACE, "")
    return ContextFacts(
        default_namespace=view.access.namespace,
        namespaces=tuple(one.name for one in namespaces.records) if namespaces.is_sure else None,
        inside=inside,
    )


def _names_in(scope: Scope, asked: Asked) -> Iterator[Name]:
    match asked.names:
        case Names.WORKLOAD:
            yield from (Name(one.name, one.state) for one in scope.workloads)
        case Names.SERVICE:
            yield from (Name(one.name, ports_of(one)) for one in _services(scope, asked))
        case Names.PORT:
            yield from _port_names(_services(scope, asked))
        case Names.CONTAINER:
            workloads = scope.workloads_called(asked.workload)
            yield from (Name(name, one.facts.title) for one in workloads for name in one.facts.containers)


def _services(scope: Scope, asked: Asked) -> Sequence[ServiceFacts]:
    """The service asked for, else those of the workload, else all."""
    if asked.names is Names.PORT and asked.service is not None:
        return [one for one in scope.services if one.name == asked.service]
    return scope.services_of(scope.workloads_called(asked.workload)) or scope.services


def _port_names(services: Iterable[ServiceFacts]) -> Iterator[Name]:
    seen: set[str] = set()
    for service in services:
        for port in service.ports:
            for name in (port.name, str(port.number)):
                if name and name not in seen:
                    seen.add(name)
                    yield Name(name, f"{port.title} of {service.name}")
