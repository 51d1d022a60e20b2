"""Requests to one API server as one user, with every failure mapped to a KubeError."""

from __future__ import annotations

import json
import os
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from multidict import CIMultiDict

from telelens_daemons.kube.credentials import ClientCertificate, Credentials
from telelens_daemons.kube.errors import KubeError, UnreachableError, error_from_status
from telelens_daemons.kube.kubeconfig import Access
from telelens_daemons.kube.proxy import proxy_for
from telelens_daemons.kube.resources import Resource
from telelens_daemons.kube.timeouts import request_seconds
from telelens_daemons.kube.tls import server_hostname, tls_context

CONNECT_SECONDS = 5.0
REQUEST_SECONDS = 15.0
PAGE_SIZE = 500

KubeObject = dict[str, Any]


class KubeClient:
    """An async context manager; its constructor does no I/O, but raises UserError for a bad ``--request-timeout``."""

    def __init__(self, access: Access, *, environment: Mapping[str, str], user_agent: str) -> None:
        self.access = access
        self.credentials = Credentials(access, environment=environment)
        self.proxy = proxy_for(
            access.server,
            proxy_url=str(access.cluster_entry.get("proxy-url") or ""),
            environment=environment,
        )
        self._user_agent = user_agent
        self._seconds = request_seconds(access.flags.request_timeout, default=REQUEST_SECONDS)
        self._http: aiohttp.ClientSession | None = None
        self._certificate: ClientCertificate | None = None
        self._context: ssl.SSLContext | None = None
        self._hostname = server_hostname(access)

    async def __aenter__(self) -> KubeClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._http:
            await self._http.close()
            self._http = None

    @property
    def server(self) -> str:
        """The API server's URL."""
        return self.access.server

    async def get(self, resource: Resource, name: str, *, namespace: str = "") -> KubeObject:
        """Read one object."""
        return await self._call("GET", "get", resource, namespace, name)

    async def list_all(
        self, resource: Resource, *, namespace: str = "", labels: str = "", fields: str = ""
    ) -> list[KubeObject]:
        """Read all objects, page by page."""
        items, _ = await self.list_with_version(resource, namespace=namespace, labels=labels, fields=fields)
        return items

    async def list_with_version(
        self, resource: Resource, *, namespace: str = "", labels: str = "", fields: str = ""
    ) -> tuple[list[KubeObject], str]:
        """Read all objects and the resource version to watch from."""
        items: list[KubeObject] = []
        version = ""
        async for page, now in self.pages(resource, namespace=namespace, labels=labels, fields=fields):
            items += page
            version = now
        return items, version

    async def pages(
        self, resource: Resource, *, namespace: str = "", labels: str = "", fields: str = "", size: int = PAGE_SIZE
    ) -> AsyncIterator[tuple[list[KubeObject], str]]:
        """Read all objects, each page as it comes, with the resource version to watch from once it is the last."""
        query = selectors(labels, fields) | {"limit": str(size)}
        while True:
            page = await self._call("GET", "list", resource, namespace, query=query)
            yield [without_bulk(item) for item in page.get("items") or ()], str(page["metadata"]["resourceVersion"])
            token = page["metadata"].get("continue")
            if not token:
                return
            query["continue"] = token

    async def create(self, resource: Resource, body: KubeObject, *, namespace: str = "") -> KubeObject:
        """Create an object and return it as stored."""
        return await self._call("POST", "create", resource, namespace, body=body)

    async def put(
        self,
        resource: Resource,
        name: str,
        body: KubeObject,
        *,
        namespace: str = "",
        subresource: str = "",
        timeout: aiohttp.ClientTimeout | None = None,
    ) -> KubeObject:
        """Replace an object or a subresource of it; raises ConflictError when it changed meanwhile."""
        return await self._call(
            "PUT", "update", resource, namespace, name, subresource=subresource, body=body, timeout=timeout
        )

    async def patch(self, resource: Resource, name: str, body: KubeObject, *, namespace: str = "") -> KubeObject:
        """Merge-patch an object (RFC 7386)."""
        return await self._call("PATCH", "patch", resource, namespace, name, body=body)

    async def delete(self, resource: Resource, name: str, *, namespace: str = "", uid: str = "") -> KubeObject:
        """Delete an object; with ``uid`` only that very one."""
        body: KubeObject = {"kind": "DeleteOptions", "apiVersion": "v1"}
        if uid:
            body["preconditions"] = {"uid": uid}
        return await self._call("DELETE", "delete", resource, namespace, name, body=body)

    async def version(self) -> str:
        """The server's version, like ``v1.35.4``."""
        async with self.request("GET", "/version", verb="get", describe="/version") as response:
            return str((await response.json()).get("gitVersion", ""))

    async def ssl_context(self) -> ssl.SSLContext | None:
        """The context of the moment, for what speaks to the server by other means (port-forward)."""
        await self._session()
        return self._context

    @asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        *,
        verb: str,
        describe: str,
        query: Mapping[str, str] | None = None,
        body: KubeObject | None = None,
        timeout: aiohttp.ClientTimeout | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request and yield the response once it is a success; every failure becomes a KubeError."""
        more = headers or {}
        try:
            response = await self._send(method, path, query=query, body=body, timeout=timeout, more=more)
            if response.status == 401 and self.credentials.can_renew:
                response.release()
                self.credentials.forget()
                response = await self._send(method, path, query=query, body=body, timeout=timeout, more=more)
            async with response:
                if response.status >= 400:
                    raise status_error(
                        response.status, await response.read(), server=self.server, verb=verb, resource=describe
                    )
                yield response
        except KubeError:
            raise
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise unreachable(self.server, error, proxy=self.proxy) from error

    async def _call(
        self,
        method: str,
        verb: str,
        resource: Resource,
        namespace: str,
        name: str = "",
        *,
        subresource: str = "",
        query: Mapping[str, str] | None = None,
        body: KubeObject | None = None,
        timeout: aiohttp.ClientTimeout | None = None,
    ) -> KubeObject:
        path = resource.path(namespace, name, subresource)
        describe = resource.describe(namespace, subresource)
        async with self.request(
            method, path, verb=verb, describe=describe, query=query, body=body, timeout=timeout
        ) as response:
            return without_bulk(json.loads(await response.read()))

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None,
        body: KubeObject | None,
        timeout: aiohttp.ClientTimeout | None,
        more: Mapping[str, str],
    ) -> aiohttp.ClientResponse:
        http = await self._session()
        headers = CIMultiDict(more)
        headers.extend(await self.credentials.headers())
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            patching = method == "PATCH"
            headers["Content-Type"] = "application/merge-patch+json" if patching else "application/json"
        return await http.request(
            method,
            self.server + path,
            params=query,
            data=data,
            headers=headers,
            timeout=timeout or aiohttp.ClientTimeout(total=self._seconds, sock_connect=CONNECT_SECONDS),
            proxy=self.proxy,
            server_hostname=self._hostname,
            allow_redirects=False,
        )

    async def _session(self) -> aiohttp.ClientSession:
        certificate = await self.credentials.client_certificate()
        if self._http is None or certificate != self._certificate:
            if self._http:
                await self._http.close()
            self._certificate = certificate
            self._context = tls_context(self.access, certificate)
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=self._context or False, limit=0, keepalive_timeout=60, socket_factory=lively_socket
                ),
                headers={"User-Agent": self._user_agent, "Accept": "application/json"},
            )
        return self._http


def lively_socket(info: tuple[Any, ...]) -> socket.socket:
    """A socket on which a peer that has gone is noticed within about 20 s, also by a watch that only listens."""
    family, kind, protocol, *_ = info
    created = socket.socket(family, kind, protocol)
    created.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 2)):
        if hasattr(socket, name):
            created.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        created.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 20_000)
    return created


def selectors(labels: str, fields: str) -> dict[str, str]:
    """Query parameters of a list or watch."""
    query = {}
    if labels:
        query["labelSelector"] = labels
    if fields:
        query["fieldSelector"] = fields
    return query


def without_bulk(item: KubeObject) -> KubeObject:
    """Drop what nobody here reads and what would be most of the memory."""
    metadata = item.get("metadata")
    if isinstance(metadata, dict):
        metadata.pop("managedFields", None)
    return item


def status_error(status: int, body: bytes, *, server: str, verb: str, resource: str) -> KubeError:
    """The error of an answer whose body may be a ``Status`` object."""
    reason, message = "", body.decode(errors="replace").strip()[:500]
    try:
        document = json.loads(body)
        reason, message = str(document.get("reason") or ""), str(document.get("message") or "")
    except (ValueError, AttributeError):
        pass
    return error_from_status(status, reason, message, server=server, verb=verb, resource=resource)


def unreachable(server: str, error: BaseException, *, proxy: str | None = None) -> UnreachableError:
    """Say which host did not answer, and why."""
    through = f" through the proxy {proxy.rpartition('@')[2]}" if proxy else ""
    return UnreachableError(
        f"the API server {server} cannot be reached{through}: {_why(error)}",
        hint="check the network and the VPN, and that the cluster of this context is running",
        detail=repr(error),
    )


def _why(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"its certificate is not trusted: {error.certificate_error}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, (aiohttp.ClientConnectorDNSError, socket.gaierror)):
        return "its name does not resolve"
    if isinstance(error, (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError)):
        return "the connection was cut"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__
