"""Which Intercept a preview URL means, and where the Service is that it leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
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
_MOST_ADDRESSES: Final = 1000


class Hosts:
    """Intercepts by the host names of their preview URLs."""

    def __init__(self) -> None:
        self._by_host: dict[str, Object] = {}

    def changed(self, old: Object | None, new: Object | None) -> None:
        """An Intercept came, went, or is another now."""
        if old is not None and (host := _host(old)):
            self._by_host.pop(host, None)
        if new is not None and (host := _host(new)):
            self._by_host[host] = new

    def find(self, host: str) -> Intercept | None:
        """The one whose URL has this host name."""
        item = self._by_host.get(host)
        if item is None:
            return None
        try:
            return Intercept.from_object(item)
        except ResourceError:
            return None


class Addresses:
    """Where Services are, as the API server says it: a name could lead out of the cluster."""

    def __init__(self, api: Api, *, clock: Callable[[], float]) -> None:
        self._api = api
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[str, float]] = {}
        self._asking = asyncio.Lock()

    async def locate(self, namespace: str, name: str) -> str:
        """The address of a Service. Raises NoPreview."""
        async with self._asking:  # a page asks for fifty things at once
            found, until = self._known.get((namespace, name), ("", 0.0))
            if until <= self._clock():
                found = await self._ask(namespace, name)
                if len(self._known) >= _MOST_ADDRESSES:
                    self._known.clear()
                self._known[namespace, name] = (found, self._clock() + _FRESH)
        return found

    async def _ask(self, namespace: str, name: str) -> str:
        try:
            service = await self._api.get(SERVICE.object(namespace, name))
        except ApiError as error:
            if error.status == 403:
                raise NoPreview(f"previews are not served in namespace {namespace}") from error
            if error.status == 404:
                raise NoPreview(f"there is no Service {name} in namespace {namespace}") from error
            raise NoPreview("the API server does not say where its Service is") from error
        except ManagerError as error:
            raise NoPreview("the API server does not say where its Service is") from error
        spec = service.get("spec") or {}
        address = str(spec.get("clusterIP") or "")
        if spec.get("type") == "ExternalName" or address in ("", "None"):
            raise NoPreview(f"Service {name} in namespace {namespace} has no address of its own in the cluster")
        return address


def _host(item: Object) -> str:
    preview = (item.get("status") or {}).get("preview") or {}
    return host_of(str(preview.get("url") or ""))
