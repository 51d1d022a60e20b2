"""Who meets the agent by luck is not believed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest
from telelens_cluster.manager.canary import send_canaries, send_canary
from telelens_cluster.manager.observed import Outcome

ANSWER = b"the agent's word"
STRANGER = b"an application's"


@contextlib.asynccontextmanager
async def service(*answers: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Leads each connection to the next pod, and all that follow to the last; yields its port and what was answered."""
    given: list[bytes] = []

    class Pod(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            given.append(answers[min(len(given), len(answers) - 1)])
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(given[-1])

    server = await asyncio.get_running_loop().create_server(Pod, "127.0.0.1")
    async with server:
        yield server.sockets[0].getsockname()[1], given


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ((ANSWER,), Outcome.ANSWERED),
        ((STRANGER,), Outcome.STRANGER),
        ((ANSWER, STRANGER), Outcome.STRANGER),
        ((ANSWER, ANSWER, STRANGER, ANSWER), Outcome.STRANGER),
    ],
)
async def test_a_service_that_leads_elsewhere_too_is_found_out(answers: Sequence[bytes], outcome: Outcome) -> None:
    async with service(*answers) as (port, given):
        assert await send_canaries("127.0.0.1", port, ANSWER) is outcome
    if outcome is not Outcome.ANSWERED:
        assert given[-1] == STRANGER, "the first failure is enough"


async def test_a_pod_itself_is_tried_once() -> None:
    async with service(ANSWER, STRANGER) as (port, given):
        assert await send_canary("127.0.0.1", port, ANSWER) is Outcome.ANSWERED
    assert given == [ANSWER]


async def test_what_refuses_or_is_silent_is_not_tried_again() -> None:
    async with service(ANSWER) as (port, _):
        pass
    assert await send_canaries("127.0.0.1", port, ANSWER) is Outcome.REFUSED
    async with service(b"") as (port, given):
        assert await send_canaries("127.0.0.1", port, ANSWER, patience=0.1) is Outcome.STRANGER
    assert given == [b""]
