"""Over real sockets and uvloop: its transports differ from asyncio's where it matters (pausing, half-close)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import cast

import pytest
import uvloop
from telelens_cluster.agent.configuration import Configuration
from telelens_cluster.agent.redirect import Redirect
from telelens_cluster.agent.sockets import Address
from telelens_cluster.agent.workstations import Workstations

Talk = Callable[[socket.socket, socket.socket, Redirect], Awaitable[None]]


class Arrival(asyncio.Protocol):
    def __init__(self, redirect: Redirect, destination: Address) -> None:
        self._redirect = redirect
        self._destination = destination

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._redirect.to_application(cast(asyncio.Transport, transport), self._destination)


def relayed(talk: Talk, *, early: bytes = b"") -> None:
    """Run ``talk`` with both ends of a relayed connection; ``early`` is sent before the application is reached."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        redirect = Redirect(configuration=Configuration, workstations=Workstations(lambda: None))
        with socket.create_server(("127.0.0.1", 0)) as application:
            application.setblocking(False)
            destination = Address(*application.getsockname())
            server = await loop.create_server(lambda: Arrival(redirect, destination), "127.0.0.1", 0)
            with socket.socket() as caller:
                caller.setblocking(False)
                await loop.sock_connect(caller, server.sockets[0].getsockname())
                await loop.sock_sendall(caller, early)
                accepted, _ = await loop.sock_accept(application)
                with accepted:
                    async with asyncio.timeout(5):
                        await talk(caller, accepted, redirect)
            server.close()
            await redirect.close()
            for _ in range(100):
                if not redirect.callers():
                    break
                await asyncio.sleep(0.01)
            assert not redirect.callers()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


async def receive_all(sock: socket.socket) -> bytes:
    loop, chunks = asyncio.get_running_loop(), []
    while data := await loop.sock_recv(sock, 1 << 16):
        chunks.append(data)
    return b"".join(chunks)


def test_what_was_said_before_the_application_was_reached_is_not_lost() -> None:
    async def talk(caller: socket.socket, application: socket.socket, redirect: Redirect) -> None:
        caller.shutdown(socket.SHUT_WR)
        assert await receive_all(application) == b"early"

    relayed(talk, early=b"early")


@pytest.mark.parametrize("first", ["caller", "application"])
def test_half_close(first: str) -> None:
    async def talk(caller: socket.socket, application: socket.socket, redirect: Redirect) -> None:
        one, other = (caller, application) if first == "caller" else (application, caller)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(one, b"question")
        one.shutdown(socket.SHUT_WR)
        assert await receive_all(other) == b"question"
        await loop.sock_sendall(other, b"answer")
        other.shutdown(socket.SHUT_WR)
        assert await receive_all(one) == b"answer"

    relayed(talk)


@pytest.mark.parametrize("first", ["caller", "application"])
def test_a_reset_is_passed_on(first: str) -> None:
    async def talk(caller: socket.socket, application: socket.socket, redirect: Redirect) -> None:
        one, other = (caller, application) if first == "caller" else (application, caller)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        one.close()
        with pytest.raises(ConnectionResetError):
            await asyncio.get_running_loop().sock_recv(other, 1)

    relayed(talk)


def test_who_does_not_read_stops_the_sender() -> None:
    async def talk(caller: socket.socket, application: socket.socket, redirect: Redirect) -> None:
        loop, chunk, sent = asyncio.get_running_loop(), bytes(1 << 16), 0
        while sent < 256 << 20:
            try:
                async with asyncio.timeout(0.3):
                    await loop.sock_sendall(caller, chunk)
            except TimeoutError:
                break
            sent += len(chunk)
        assert sent < 64 << 20, "the kernel's buffers and a little more"
        received = 0
        while received < sent:
            received += len(await loop.sock_recv(application, 1 << 20))

    relayed(talk)


def test_an_application_that_does_not_listen_resets_the_caller() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        redirect = Redirect(configuration=Configuration, workstations=Workstations(lambda: None))
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            destination = Address(*nobody.getsockname())
        server = await loop.create_server(lambda: Arrival(redirect, destination), "127.0.0.1", 0)
        with socket.socket() as caller:
            caller.setblocking(False)
            await loop.sock_connect(caller, server.sockets[0].getsockname())
            with pytest.raises(ConnectionResetError):
                await loop.sock_recv(caller, 1)
        server.close()
        assert not redirect.callers()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
