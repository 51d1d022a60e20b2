"""The Kubernetes API as plain dictionaries.

A thin layer over ``kubernetes.aio``: it takes that package's configuration, authentication and connection pool, and
leaves out its typed models, which cost memory and time and drop the fields that they do not know.
"""

from __future__ import annotations

import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from kubernetes.aio import config
from kubernetes.aio.client import ApiClient, Configuration

from telelens_cluster.manager.errors import ApiError, ApiUnreachable

_JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"

Object = Mapping[str, Any]


class Api:
    """A connection to the API server; an async context manager."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._host: str = client.configuration.host.rstrip("/")

    @classmethod
    async def connect(cls, kubeconfig: str | None = None) -> Self:
        """Configure from the pod's ServiceAccount, or from ``kubeconfig`` when the manager runs outside a cluster."""
        configuration = Configuration()
        if kubeconfig:
            await config.load_kube_config(config_file=kubeconfig, client_configuration=configuration)  # type: ignore[no-untyped-call]
        else:
            config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
        configuration.connection_pool_maxsize = 0  # watches hold connections: no upper bound
        return cls(ApiClient(configuration))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()  # type: ignore[no-untyped-call]

    async def get(self, path: str, **query: str | int) -> Object:
        """Read one object or one list."""
        return await self.request("GET", path, query=query)

    async def create(self, path: str, body: Object, **query: str | int) -> Object:
        """POST ``body`` to a collection."""
        return await self.request("POST", path, body=body, query=query)

    async def update(self, path: str, body: Object) -> Object:
        """PUT; raises ApiError with status 409 when ``body`` is not of the newest resourceVersion."""
        return await self.request("PUT", path, body=body)

    async def patch(self, path: str, body: Object | list[Object]) -> Object:
        """A JSON merge patch, or a JSON patch where ``body`` is a list."""
        return await self.request(
            "PATCH", path, body=body, content_type=JSON_PATCH if isinstance(body, list) else MERGE_PATCH
        )

    async def delete(self, path: str, *, uid: str | None = None) -> None:
        """Delete; absent is as good as deleted. With ``uid``, only that very object."""
        body: Object | None = {"preconditions": {"uid": uid}} if uid else None
        try:
            await self.request("DELETE", path, body=body)
        except ApiError as error:
            if error.status != 404 and not (uid and error.status == 409):
                raise

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Object | list[Object] | None = None,
        content_type: str = _JSON,
        timeout: float = 15.0,
    ) -> Object:
        """Send one request. Raises ApiError (it said no) and ApiUnreachable (it said nothing)."""
        limits = aiohttp.ClientTimeout(total=timeout)
        async with self._exchange(method, path, query or {}, body, content_type, limits) as response:
            payload = await response.read()
        answer = _decode(payload)
        if response.status >= 400:
            raise ApiError.from_status(response.status, answer)
        return answer

    async def watch(self, path: str, query: Mapping[str, str | int], *, silence: float) -> AsyncIterator[Object]:
        """Yield the events of a watch until the server ends it.

        Raises ApiUnreachable when the connection breaks or nothing, not even a bookmark, came for ``silence`` seconds.
        """
        limits = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=silence)
        async with self._exchange("GET", path, {**query, "watch": "true"}, None, _JSON, limits) as response:
            if response.status >= 400:
                raise ApiError.from_status(response.status, _decode(await response.read()))
            while line := await response.content.readline():
                yield _decode(line)

    @contextlib.asynccontextmanager
    async def _exchange(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        body: Object | list[Object] | None,
        content_type: str,
        limits: aiohttp.ClientTimeout,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = {"Accept": _JSON, "Content-Type": content_type, "User-Agent": "telelens-manager"}
        await self._client.update_params_for_auth(headers, [], ["BearerToken"], path, method, body)
        url = f"{self._host}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            answer = await self._client.rest_client.request(  # type: ignore[no-untyped-call]
                method, url, headers=headers, body=body, _request_timeout=limits
            )
            response: aiohttp.ClientResponse = answer.response
            async with response:
                yield response
        except (TimeoutError, aiohttp.ClientError, ssl.SSLError, OSError, ValueError) as error:
            raise ApiUnreachable(f"{method} {path}: {str(error) or type(error).__name__}") from error


def _decode(payload: bytes) -> Object:
    try:
        value = json.loads(payload)
    except ValueError:
        return {"message": payload[:500].decode(errors="replace")}
    return value if isinstance(value, dict) else {"message": str(value)}
