"""HAProxy's runtime socket: replaces filters, canaries and certificates while requests run.

https://docs.haproxy.org/2.6/management.html#9.3: a new version of a map is prepared, filled and then taken at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from telelens_cluster.agent.http.haproxy_config import Files
from telelens_cluster.agent.http.tls.material import Material

SECONDS: Final = 5.0


class RuntimeSocketError(Exception):
    """HAProxy does not take what it is told."""


class Runtime:
    """Commands to one HAProxy. Every method raises RuntimeSocketError, OSError or TimeoutError."""

    __slots__ = ("_files",)

    def __init__(self, files: Files) -> None:
        self._files = files

    async def replace_filters(self, filters: Sequence[tuple[str, str]]) -> Mapping[str, str]:
        """``filters`` are (UID, pattern), the first one counts; returns by UID why one is left out."""
        version = await self._prepare("map", self._files.filters)
        refused = {}
        for uid, pattern in filters:
            said = await self._ask(f"add map @{version} {self._files.filters} <<\n{pattern} {uid}\n")
            if said:
                refused[uid] = said
        await self._commit("map", self._files.filters, version)
        return refused

    async def replace_headers(self, names: Iterable[str]) -> None:
        """Of which a request needs one to match a filter. To be told before the filters."""
        await self._replace("acl", self._files.headers, names)

    async def replace_canaries(self, addresses: Iterable[str]) -> None:
        """Whose connections the agent answers."""
        await self._replace("acl", self._files.canaries, addresses)

    async def replace_routes(self, routes: Mapping[int, str]) -> None:
        """``routes`` are by port, where its TLS is ended."""
        await self._replace("map", self._files.tls.routes, (f"{port} {name}" for port, name in sorted(routes.items())))

    async def replace_material(self, material: Material) -> None:
        """Certificates, keys and authorities, of the shape that there was; for connections from now on."""
        for file, pem in self._files.tls.contents(material).items():
            kind = "cert" if b"PRIVATE KEY-----" in pem else "ca-file"
            said = await self._ask(f"set ssl {kind} {file} <<\n{pem.decode('ascii')}")
            if "ransaction" in said:
                said = await self._ask(f"commit ssl {kind} {file}")
            if "Success!" not in said:
                await self._ask(f"abort ssl {kind} {file}")
                raise RuntimeSocketError(f"set ssl {kind} {file.name}: {said}")

    async def alive(self) -> None:
        """Return when HAProxy answers."""
        if "Version:" not in await self._ask("show info"):
            raise RuntimeSocketError("no answer to show info")

    async def _replace(self, kind: str, file: Path, entries: Iterable[str]) -> None:
        version = await self._prepare(kind, file)
        for entry in entries:
            if said := await self._ask(f"add {kind} @{version} {file} {entry}"):
                raise RuntimeSocketError(f"add {kind} {entry}: {said}")
        await self._commit(kind, file, version)

    async def _prepare(self, kind: str, file: object) -> int:
        said = await self._ask(f"prepare {kind} {file}")
        _, _, version = said.rpartition("New version created: ")
        if not version.isdecimal():
            raise RuntimeSocketError(f"prepare {kind}: {said}")
        return int(version)

    async def _commit(self, kind: str, file: object, version: int) -> None:
        if said := await self._ask(f"commit {kind} @{version} {file}"):
            raise RuntimeSocketError(f"commit {kind}: {said}")

    async def _ask(self, command: str) -> str:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_unix_connection(str(self._files.control))
            try:
                writer.write(f"{command}\n".encode())
                return (await reader.read()).decode("utf-8", "replace").strip()
            finally:
                writer.close()
