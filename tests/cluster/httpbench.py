"""The mechanism http at an agent of `agentbench`: its intercepts, and callers that keep their connections."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial

from agentbench import HTTP_APPLICATION, PATIENCE, AgentBench, Echo, HttpEcho, Identity, Lane, intercept, until
from telelens_schemas.wire.tunnel_pb2 import HttpHeader, HttpMatch, InterceptConfiguration


def by_header(name: str, regex: str) -> HttpMatch:
    """Of one."""
    return HttpMatch(headers=[HttpHeader(name=name, regex=regex)])


def http(
    uid: str,
    session: str,
    identity: Identity,
    match: HttpMatch | None,
    *,
    port: int = HTTP_APPLICATION,
    **rest: object,
) -> InterceptConfiguration:
    """One of this mechanism; without ``match`` it takes every request."""
    found = intercept(uid, session, identity, port=port, **rest)
    found.mechanism = "http"
    if match is not None:
        found.match.CopyFrom(match)
    return found


async def join(bench: AgentBench, identity: Identity, answers: Callable[[], Echo] | None = None) -> Lane:
    """The person's workstation is there, and has her requests."""
    who = identity.name
    lane = await bench.join(who, identity, answers=answers or partial(HttpEcho, who.encode()))
    await until(lambda: bench.manager.reaches(who))
    return lane


class Conversation:
    """A kept-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, path: str = "/", **headers: str) -> tuple[str, bytes]:
        """Who answers, and the request as it arrived there."""
        lines = [f"GET {path} HTTP/1.1", "Host: echo", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        return await self.answer()

    async def answer(self) -> tuple[str, bytes]:
        """Of a request that was sent."""
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readuntil(b"\r\n\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
            return fields[b"x-who"].decode() if b"x-who" in fields else head.decode(), await self.reader.readexactly(
                int(fields[b"content-length"])
            )


@contextlib.asynccontextmanager
async def conversation(bench: AgentBench, host: str = "", port: int = HTTP_APPLICATION) -> AsyncIterator[Conversation]:
    """One with a caller outside the pod."""
    reader, writer = await bench.connect(port, host)
    try:
        yield Conversation(reader, writer)
    finally:
        writer.close()


async def who(bench: AgentBench, path: str = "/", **headers: str) -> str:
    """Who answers a request on a connection of its own; empty when nobody does."""
    try:
        async with conversation(bench) as talk:
            return (await talk.ask(path, **headers))[0]
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        return ""
