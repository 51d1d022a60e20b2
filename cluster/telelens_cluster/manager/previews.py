"""Which intercepts have a preview URL: as one is wanted, possible, and its owner may reach where it enters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from telelens_schemas.resources import Intercept, InterceptStatus, PreviewState

from telelens_cluster.manager.access import Access
from telelens_cluster.preview.domain import Domain
from telelens_cluster.preview.upstream import NoPreview, upstream_of

_NO_DOMAIN = "the traffic manager has no domain for previews: an administrator sets the chart's value preview.url"


class Previews:
    """Says what becomes of the wish for a URL; what was given stays as long as the intercept."""

    def __init__(self, access: Access, domain: Domain | None, namespaces: tuple[str, ...] = ()) -> None:
        """``namespaces`` are those that are served; empty: every one."""
        self._access = access
        self._domain = domain
        self._namespaces = namespaces

    async def state(
        self, item: Mapping[str, Any], intercept: Intercept, wanted: InterceptStatus
    ) -> PreviewState | None:
        """For the status that is ``wanted`` of an ``intercept``; ``item`` is the API server's form of it."""
        if intercept.spec.preview is None:
            return None
        if self._domain is None:
            return PreviewState(reason=_NO_DOMAIN)
        former = intercept.status.preview
        given = former.url if former is not None and self._domain.covers(former.url) else ""
        if not wanted.ports:  # where it leads is not known yet, or not at the moment
            return PreviewState(url=given) if given else None
        if reason := await self._reason_against(item, replace(intercept, status=wanted)):
            return PreviewState(url=given, reason=reason)
        return PreviewState(url=given or self._domain.new_url())

    async def _reason_against(self, item: Mapping[str, Any], intercept: Intercept) -> str:
        """Why it leads nowhere, or not yet; empty: it does."""
        try:
            namespace = upstream_of(intercept).namespace
        except NoPreview as error:
            return str(error)
        if namespace == intercept.metadata.namespace:
            return ""
        if self._namespaces and namespace not in self._namespaces:
            return f"the traffic manager does not serve namespace {namespace}"
        # Who may forward ports there reaches it without us.
        right = await self._access.forwarding(item, namespace)
        return "" if right.allowed else right.reason
