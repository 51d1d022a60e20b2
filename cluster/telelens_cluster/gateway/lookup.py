"""Which Intercept a preview URL means, and where the Service is that it leads to."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from telelens_schemas.resources import Intercept, ResourceError

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import ApiError, ManagerError
from telelens_cluster.manager.kinds import SERVICE
from telelens_cluster.preview.domain import host_of
from telelens_cluster.preview.upstream import NoPreview

Object = Mapping[str, Any]
_FRESH: Final = 5.0
"""Seconds for which a Service's address counts."""
_PATIENCE: Final = 5.0
_MOST_ADDRESSES: Final = 1000


class Hosts:
    """Intercepts by the host names of their preview URLs."""

    def __init__(self) -> None:
        self._by_host: dict[str, Intercept] = {}

    def changed(self, old: Object | None, new: Object | None) -> None:
        """An Intercept came, went, or is another now."""
        for item in (old, new):
            if item is not None:
                self._by_host.pop(_host(item), None)
        if new is not None and (host := _host(new)):
            with contextlib.suppress(ResourceError):
                self._by_host[host] = Intercept.from_object(new)

    def find(self, host: str) -> Intercept | None:
        """The one whose URL has this host name, and leads somewhere."""
        found = self._by_host.get(host)
        preview = found.status.preview if found is not None else None
        return found if preview is not None and preview.working_url else None


@dataclass(slots=True)
class _Known:
    """What was said of a Service: an address, or why there is none."""

    address: str = ""
    problem: str = ""
    until: float = -math.inf
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Addresses:
    """Where Services are, as the API server says it: a name could lead out of the cluster.

    While the API server is away, what it said last counts: visitors do not wait for it.
    """

    def __init__(self, api: Api, *, clock: Callable[[], float]) -> None:
        self._api = api
        self._clock = clock
        self._known: dict[tuple[str, str], _Known] = {}

    async def locate(self, namespace: str, name: str) -> str:
        """The address of a Service. Raises NoPreview."""
        if len(self._known) >= _MOST_ADDRESSES and (namespace, name) not in self._known:
            self._known.clear()
        known = self._known.setdefault((namespace, name), _Known())
        async with known.asking:  # a page asks for fifty things at once
            if known.until <= self._clock():
                await self._renew(known, namespace, name)
                known.until = self._clock() + _FRESH
        if known.problem:
            raise NoPreview(known.problem)
        return known.address

    async def _renew(self, known: _Known, namespace: str, name: str) -> None:
        try:
            service = await self._api.request("GET", SERVICE.object(namespace, name), timeout=_PATIENCE)
        except ManagerError as error:
            status = error.status if isinstance(error, ApiError) else 0
            if status in _REASONS:
                known.address, known.problem = "", _REASONS[status].format(name=name, namespace=namespace)
            elif not known.address:
                known.problem = "the API server does not say where its Service is"
            return
        known.address, known.problem = _address(service.get("spec") or {})
        if known.problem:
            known.problem = f"Service {name} in namespace {namespace} {known.problem}"


_REASONS: Final = {
    403: "previews are not served in namespace {namespace}",
    404: "there is no Service {name} in namespace {namespace}",
}


def _address(spec: Object) -> tuple[str, str]:
    """The address, or why it is not followed: it could lead where its maker may not go."""
    address = str(spec.get("clusterIP") or "")
    if spec.get("type") == "ExternalName" or address in ("", "None"):
        return "", "has no address of its own in the cluster"
    return (address, "") if spec.get("selector") else ("", "selects no pods")


def _host(item: Object) -> str:
    preview = (item.get("status") or {}).get("preview") or {}
    return host_of(str(preview.get("url") or ""))
