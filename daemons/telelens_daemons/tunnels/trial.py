"""A handshake with an agent and no more: whether it can be reached, and is the one that is meant."""

from __future__ import annotations

import asyncio

from telelens_schemas.wire.errors import WireError
from telelens_schemas.wire.tls import TlsChannel

from telelens_daemons.kube.bytestream import ByteStream
from telelens_daemons.tunnels.errors import StrangerError, TunnelError

TRIAL_SECONDS = 5.0


async def reach(stream: ByteStream, tls: TlsChannel) -> None:
    """Return when the agent has proved who it is; the stream is over then. Raises TunnelError,
    StrangerError where somebody else answers.

    That a connection is there proves nothing: the kernel takes it for an agent that stands still, the API server for a
    pod that is gone. No Hello is said, which would have the agent take the lane in place of the one that is suspected.
    """
    trial = _Trial(stream, tls)
    stream.attach(trial)
    tls.start()
    trial.send()
    try:
        async with asyncio.timeout(TRIAL_SECONDS):
            await trial.over
    except TimeoutError as error:
        raise TunnelError("the agent does not answer") from error
    finally:
        stream.abort()


class _Trial:
    """What the stream tells."""

    def __init__(self, stream: ByteStream, tls: TlsChannel) -> None:
        self._stream = stream
        self._tls = tls
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def send(self) -> None:
        """What the handshake has to say."""
        if data := self._tls.take_outgoing():
            self._stream.write(data)

    def received(self, data: bytes) -> None:
        if self.over.done():
            return
        try:
            self._tls.feed(data)
        except WireError as error:
            self.over.set_exception(StrangerError(str(error)))
            return
        self.send()
        if self._tls.established:
            self.over.set_result(None)

    def paused(self) -> None:
        """A handshake is short."""

    def resumed(self) -> None:
        """As before."""

    def lost(self, reason: str) -> None:
        if not self.over.done():
            self.over.set_exception(TunnelError(reason))
