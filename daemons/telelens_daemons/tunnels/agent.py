"""The tunnel to one pod's agent: one or several lanes, each kept up until it is no longer wanted."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Iterator

from telelens_schemas.wire.tunnel_pb2 import Control, EnvironmentReply

from telelens_daemons.errors import UserError
from telelens_daemons.tunnels.delivery import Deliveries
from telelens_daemons.tunnels.destinations import Destinations
from telelens_daemons.tunnels.errors import StrangerError, TunnelError
from telelens_daemons.tunnels.identity import TunnelIdentity
from telelens_daemons.tunnels.lane import DEAD, Lane
from telelens_daemons.tunnels.paths import AgentAddress, Paths, Transport
from telelens_daemons.tunnels.trial import reach

logger = logging.getLogger(__name__)

FIRST_BACKOFF = 0.1
LONGEST_BACKOFF = 2.0
SUSPECT_SECONDS = 3.0
"""So long at least a lane that the network's absence may have ended has to answer, from when the agent is reached
otherwise."""
CUT_OFF_SECONDS = 15.0
"""An agent that has not heard a desk for so long has ended its tunnel."""
CUT_OFF_SUSPECT_SECONDS = 1.0
"""Unless it stood still itself."""
LONGEST_SUSPICION = 30.0
"""And from when it was asked, where the agent is not."""
ENVIRONMENT_SECONDS = 5.0


class AgentTunnel:
    """Dials, and dials again with backoff when a lane is lost; ``changed`` is called whenever that shows."""

    def __init__(
        self,
        address: AgentAddress,
        *,
        identity: TunnelIdentity,
        paths: Paths,
        destinations: Destinations,
        deliveries: Deliveries,
        changed: Callable[[], None],
        lanes: int = 1,
    ) -> None:
        self.address = address
        self.destinations = destinations
        self.deliveries = deliveries
        self.transport: Transport | None = None
        self.error: UserError | None = None
        self._identity = identity
        self._paths = paths
        self._changed = changed
        self._lanes: dict[int, Lane] = {}
        self._lane_count = lanes
        self._keepers: list[asyncio.Task[None]] = []
        self._hurry = [asyncio.Event() for _ in range(lanes)]
        self._request_ids = itertools.count(1)
        self._requests: dict[int, asyncio.Future[EnvironmentReply]] = {}

    def start(self) -> None:
        """Begin to dial."""
        self._keepers = [
            asyncio.create_task(self._keep(number), name=f"tunnel to {self.address.pod}, lane {number}")
            for number in range(self._lane_count)
        ]

    async def close(self, reason: str) -> None:
        """End all lanes."""
        for keeper in self._keepers:
            keeper.cancel()
        for lane in list(self._lanes.values()):
            lane.close(reason)
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for request in self._requests.values():
            request.cancel()

    @property
    def problem(self) -> str:
        """Why a lane is not up, in one line; empty when all is well."""
        return self.error.message if self.error else ""

    @property
    def connected(self) -> bool:
        """Whether at least one lane is up."""
        return bool(self._lanes)

    def hurry(self) -> None:
        """The network has been away: check what is up, dial at once what is not."""
        for hurry in self._hurry:
            hurry.set()

    async def environment(self, intercept_uid: str) -> EnvironmentReply:
        """Ask the agent for the environment. Raises TunnelError."""
        if not self._lanes:
            raise TunnelError(f"no tunnel to the agent in pod {self.address.pod}")
        lane = self._lanes[min(self._lanes)]
        number = next(self._request_ids)
        reply: asyncio.Future[EnvironmentReply] = asyncio.get_running_loop().create_future()
        self._requests[number] = reply
        request = Control()
        request.environment_request.id = number
        request.environment_request.intercept_uid = intercept_uid
        try:
            lane.tunnel.send_control(request)
            async with asyncio.timeout(ENVIRONMENT_SECONDS):
                return await reply
        except TimeoutError as error:
            raise TunnelError(f"the agent in pod {self.address.pod} does not give the environment") from error
        finally:
            self._requests.pop(number, None)

    def control(self, control: Control) -> None:
        """A lane brought a control message."""
        if control.WhichOneof("message") == "environment_reply":
            reply = self._requests.get(control.environment_reply.id)
            if reply is not None and not reply.done():
                reply.set_result(control.environment_reply)

    async def _keep(self, number: int) -> None:
        backoff = FIRST_BACKOFF
        while True:
            self._hurry[number].clear()
            try:
                lane = await self._connect(number)
            except UserError as error:
                self._failed(error)
                await self._pause(number, backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF)
                continue
            backoff = FIRST_BACKOFF
            self._lanes[number] = lane
            self.error = None
            logger.info("tunnel to %s, lane %d: up (%s)", self.address.pod, number, self.transport)
            self._changed()
            try:
                reason = await self._until_gone(number, lane)
            finally:
                del self._lanes[number]
            self._failed(TunnelError(reason))

    async def _until_gone(self, number: int, lane: Lane) -> str:
        """Return why it is."""
        while not lane.gone.done():
            hurried = asyncio.create_task(
                self._hurry[number].wait(), name=f"news for {self.address.pod}, lane {number}"
            )
            try:
                await asyncio.wait((lane.gone, hurried), return_when=asyncio.FIRST_COMPLETED)
            finally:
                hurried.cancel()
                await asyncio.wait((hurried,))
            if not lane.gone.done():
                self._hurry[number].clear()
                await self._suspect(number, lane)
        return lane.gone.result()

    async def _suspect(self, number: int, lane: Lane) -> None:
        """Return when it has answered, or is gone: that it is when the agent answers a new connection, and not it.

        A network that comes back slowly, or a busy machine, costs nobody a request by being slow.
        """
        silent = lane.silent
        # TCP sends what was lost anew after about as long again as nothing came through (RFC 6298, 5.5).
        patience = CUT_OFF_SUSPECT_SECONDS if silent >= CUT_OFF_SECONDS else max(SUSPECT_SECONDS, silent)
        answered = lane.suspect()
        trial = asyncio.create_task(self._reach(number), name=f"trial connection to {self.address.pod}")
        try:
            await asyncio.wait(
                (answered, lane.gone, trial), timeout=LONGEST_SUSPICION, return_when=asyncio.FIRST_COMPLETED
            )
            reached = trial.done()
        finally:
            trial.cancel()
            await asyncio.wait((trial,))
        while not answered.done() and not lane.gone.done():
            if reached:
                await asyncio.wait((answered, lane.gone), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
                if answered.done() or lane.silent < patience:
                    continue  # what it says of something else is an answer, too
            lane.give_up(DEAD)

    async def _reach(self, number: int) -> None:
        """Return when the agent has answered a trial."""
        while True:
            self._hurry[number].clear()
            try:
                transport, stream = await self._paths.dial(self.address)
                # One that is late is busy: it was reached before.
                with self._doubting(transport, StrangerError):
                    await reach(stream, self._identity.tls(self.address.pin))
            except UserError:
                await self._pause(number, LONGEST_BACKOFF)
            else:
                return

    @contextlib.contextmanager
    def _doubting(self, transport: Transport, failure: type[TunnelError]) -> Iterator[None]:
        """Who is at the pod's address but not its agent may be somebody else: after such a ``failure``."""
        try:
            yield
        except failure:
            if transport is Transport.DIRECT:
                self._paths.direct_is_wrong()
            raise

    async def _connect(self, number: int) -> Lane:
        transport, stream = await self._paths.dial(self.address)
        lane = Lane(
            stream=stream,
            hello=self._identity.hello(number),
            tls=self._identity.tls(self.address.pin),
            owner=self,
        )
        with self._doubting(transport, TunnelError):
            await lane.start()
        self.transport = transport
        return lane

    async def _pause(self, number: int, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._hurry[number].wait()
        except TimeoutError:
            return

    def _failed(self, error: UserError) -> None:
        if error.message != self.problem:
            logger.warning("tunnel to %s: %s", self.address.pod, error.message)
        self.error = error
        self._changed()
