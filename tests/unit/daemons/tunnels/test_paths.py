"""Which way to an agent is taken: whether pods can be reached directly is decided once, until it proves wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telelens_daemons.kube.errors import ForbiddenError
from telelens_daemons.tunnels.paths import AgentAddress, Paths, Transport

AGENT = AgentAddress(namespace="shop", pod="echo-1", pod_uid="u", ip="127.0.0.1", pin=b"")


class Stream:
    """What a port-forward gives."""

    def __init__(self) -> None:
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


class Forwarder:
    """Dials when it is let to."""

    def __init__(self) -> None:
        self.stream = Stream()
        self.may_answer = asyncio.Event()
        self.refuses = False

    async def dial(self, *, namespace: str, pod: str, port: int) -> Any:
        await self.may_answer.wait()
        if self.refuses:
            raise ForbiddenError("pods/portforward is forbidden")
        return self.stream


class Place:
    """A pod's address, at which somebody listens or does not."""

    def __init__(self) -> None:
        self.server: asyncio.Server | None = None
        self.port = 0

    async def listen(self) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        self.server = await asyncio.start_server(answer, AGENT.ip, self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def go(self) -> None:
        """Twice is once."""
        assert self.server
        self.server.close()
        await self.server.wait_closed()


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    made = Place()
    await made.listen()
    yield made
    await made.go()


async def way(paths: Paths) -> Transport:
    transport, stream = await paths.dial(AGENT)
    stream.abort()
    return transport


async def test_a_route_is_taken_while_the_api_server_is_slow(place: Place) -> None:
    paths = Paths(Forwarder(), port=place.port)
    assert [await way(paths), await way(paths)] == [Transport.DIRECT, Transport.DIRECT]


async def test_without_a_route_every_dial_goes_through_the_api_server(place: Place) -> None:
    await place.go()
    forwarder = Forwarder()
    forwarder.may_answer.set()
    paths = Paths(forwarder, port=place.port)
    assert await way(paths) is Transport.PORT_FORWARD
    await place.listen()
    forwarder.may_answer.clear()
    dialing = asyncio.create_task(way(paths))
    await asyncio.sleep(0.05)
    forwarder.may_answer.set()
    assert await dialing is Transport.PORT_FORWARD, "decided once: a way that is open now is not tried"
    forwarder.may_answer.clear()
    paths.forget()
    assert await way(paths) is Transport.DIRECT, "the network has changed"


async def test_a_stranger_at_the_pods_address_is_not_asked_again(place: Place) -> None:
    forwarder = Forwarder()
    paths = Paths(forwarder, port=place.port)
    assert await way(paths) is Transport.DIRECT
    paths.direct_is_wrong()
    forwarder.may_answer.set()
    assert [await way(paths), await way(paths)] == [Transport.PORT_FORWARD, Transport.PORT_FORWARD]


async def test_a_route_that_goes_is_replaced_at_once(place: Place) -> None:
    forwarder = Forwarder()
    paths = Paths(forwarder, port=place.port)
    assert await way(paths) is Transport.DIRECT
    await place.go()
    forwarder.may_answer.set()
    assert await way(paths) is Transport.PORT_FORWARD


async def test_who_may_not_forward_ports_has_the_route(place: Place) -> None:
    forwarder = Forwarder()
    forwarder.refuses = True
    forwarder.may_answer.set()
    assert await way(Paths(forwarder, port=place.port)) is Transport.DIRECT


async def test_without_either_way_it_is_said_what_is_forbidden(place: Place) -> None:
    await place.go()
    forwarder = Forwarder()
    forwarder.refuses = True
    forwarder.may_answer.set()
    with pytest.raises(ForbiddenError, match="pods/portforward"):
        await way(Paths(forwarder, port=place.port))
