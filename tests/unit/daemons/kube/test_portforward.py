"""Dialling through the API server, and giving that up."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telelens_daemons.kube import portforward
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.errors import UnreachableError
from telelens_daemons.kube.portforward import PortForwarder
from unit.waiting import until


class Connecting:
    """Stands for picows: connects when told to."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.state = "not begun"

    async def connect(self, *_: Any, **__: Any) -> tuple[object, Connecting]:
        self.state = "dialling"
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.state = "cancelled"
            raise
        self.state = "connected"
        return None, self

    def abort(self) -> None:
        self.state = "aborted"


@pytest.fixture
def connecting(monkeypatch: pytest.MonkeyPatch) -> Connecting:
    made = Connecting()
    monkeypatch.setattr(portforward, "ws_connect", made.connect)
    return made


async def test_a_dial_that_is_given_up_is_not_cut_in_the_middle(client: KubeClient, connecting: Connecting) -> None:
    dialling = asyncio.create_task(PortForwarder(client).dial(namespace="shop", pod="echo-1", port=9900))
    await until(lambda: connecting.state == "dialling")
    dialling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dialling
    assert connecting.state == "dialling"
    connecting.go_on.set()
    await until(lambda: connecting.state == "aborted")


async def test_nor_is_one_that_takes_too_long(
    client: KubeClient, connecting: Connecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portforward, "CONNECT_SECONDS", 0.05)
    with pytest.raises(UnreachableError, match="no answer in time"):
        await PortForwarder(client).dial(namespace="shop", pod="echo-1", port=9900)
    connecting.go_on.set()
    await until(lambda: connecting.state == "aborted")
