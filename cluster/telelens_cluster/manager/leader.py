"""Which replica acts: a Lease that users have no right to.

The identity is the pod's name and UID, not the process's, so that a container that restarts takes its own Lease back
at once instead of waiting until it expires.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from telelens_schemas.names import MANAGER_NAME

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import ApiError, ApiUnreachable, ManagerError
from telelens_cluster.manager.kinds import LEASE

_log = logging.getLogger(__name__)
DURATION: Final = 15
"""Seconds after which a Lease that is not renewed may be taken."""
RENEW: Final = 3.0
_BREATH: Final = 1.0
"""Before the next try, so that others may have theirs."""
GIVE_UP: Final = 10.0
"""A leader that could not renew for so long stops acting, before anybody else may begin."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a Lease said, and when (monotonic) we first saw it say that: clocks of nodes are not compared."""

    identity: str
    renewed: str
    seen: float

    def may_be_taken(self, identity: str, now: float) -> bool:
        """Whether ``identity`` may write itself into the Lease."""
        return self.identity in ("", identity) or now - self.seen > DURATION


class Election:
    """Runs ``leading`` for as long as this replica holds the Lease."""

    def __init__(self, api: Api, *, namespace: str, identity: str) -> None:
        self._api = api
        self._identity = identity
        self._collection = LEASE.collection(namespace)
        self._path = LEASE.object(namespace, MANAGER_NAME)
        self._lease: Mapping[str, Any] | None = None
        self._holding = Holding("", "", 0)
        self.leading = False

    async def run(self, term: Callable[[], AbstractAsyncContextManager[object]]) -> None:
        """Compete for ever; a ``term`` is entered when the Lease is won, left when it is lost or on cancellation."""
        while True:
            if not await self._try_once():
                await asyncio.sleep(RENEW * random.uniform(0.5, 1.0))  # noqa: S311 (jitter)
                continue
            _log.info("leading as %s", self._identity)
            try:
                await self._lead(term)
            finally:
                _log.info("no longer leading")
                await self._release()
            await asyncio.sleep(_BREATH)

    async def _lead(self, term: Callable[[], AbstractAsyncContextManager[object]]) -> None:
        """The Lease is renewed beside the term, so that a term which is slow to begin does not lose it."""
        acting = asyncio.create_task(self._act(term), name="leader's term")
        keeping = asyncio.create_task(self._keep(), name="renewal of the Lease")
        try:
            await asyncio.wait((acting, keeping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.leading = False
            acting.cancel()
            keeping.cancel()
            for outcome in await asyncio.gather(acting, keeping, return_exceptions=True):
                if isinstance(outcome, Exception):
                    known = isinstance(outcome, ManagerError)
                    _log.error("the leader's term ended: %s", outcome, exc_info=None if known else outcome)

    async def _act(self, term: Callable[[], AbstractAsyncContextManager[object]]) -> None:
        async with term():
            self.leading = True
            await asyncio.Event().wait()

    async def _keep(self) -> None:
        """Renew until that fails for too long or somebody else holds the Lease."""
        clock = asyncio.get_running_loop().time
        renewed = clock()
        while True:
            try:
                # The moment of giving up is fixed when the Lease is renewed: no slow answer may move it.
                async with asyncio.timeout_at(renewed + GIVE_UP):
                    await asyncio.sleep(RENEW)
                    began = clock()
                    if await self._try_once():
                        renewed = began
                    elif self._holding.identity not in ("", self._identity):
                        return
            except TimeoutError:
                return

    async def _try_once(self) -> bool:
        try:
            async with asyncio.timeout(5):
                await self._observe()
                if not self._holding.may_be_taken(self._identity, asyncio.get_running_loop().time()):
                    return False
                await self._write(self._identity)
        except (ManagerError, TimeoutError) as error:
            if not (isinstance(error, ApiError) and error.status == 409):
                _log.warning("the Lease could not be renewed: %s", str(error) or "no answer in time")
            return False
        return True

    async def _observe(self) -> None:
        try:
            self._lease = await self._api.get(self._path)
        except ApiError as error:
            if error.status != 404:
                raise
            self._lease = None
        spec = (self._lease or {}).get("spec") or {}
        identity, renewed = spec.get("holderIdentity") or "", spec.get("renewTime") or ""
        if (identity, renewed) != (self._holding.identity, self._holding.renewed):
            self._holding = Holding(identity, renewed, asyncio.get_running_loop().time())

    async def _write(self, identity: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        old = dict((self._lease or {}).get("spec") or {})
        taken = old.get("holderIdentity") != identity
        spec = {
            "holderIdentity": identity,
            "leaseDurationSeconds": DURATION,
            "renewTime": now,
            "acquireTime": now if taken else old.get("acquireTime", now),
            "leaseTransitions": int(old.get("leaseTransitions") or 0) + taken,
        }
        if self._lease is None:
            body = {
                "apiVersion": "coordination.k8s.io/v1",
                "kind": LEASE.kind,
                "metadata": {"name": MANAGER_NAME},
                "spec": spec,
            }
            self._lease = await self._api.create(self._collection, body)
        else:
            # PUT with the resourceVersion that was read: of two that try, one gets 409.
            self._lease = await self._api.update(self._path, {**self._lease, "spec": spec})

    async def _release(self) -> None:
        """Let the next one begin at once instead of after DURATION."""
        try:
            async with asyncio.timeout(2):
                await self._observe()
                if self._holding.identity == self._identity:
                    await self._write("")
        except (ApiError, ApiUnreachable, TimeoutError) as error:
            _log.warning("the Lease could not be released: %s", str(error) or "no answer in time")
