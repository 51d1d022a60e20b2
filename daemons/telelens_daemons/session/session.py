"""The Session object: made or found again, kept alive by a heartbeat, deleted at the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

import aiohttp
from telelens_schemas.names import API_GROUP, API_VERSION, SESSION_PLURAL, USER_ROLE
from telelens_schemas.resources import Metadata, Session, SessionSpec, format_time

from telelens_daemons.errors import UserError
from telelens_daemons.kube.client import KubeClient, KubeObject
from telelens_daemons.kube.errors import ConflictError, ForbiddenError, KubeError, NotFoundError
from telelens_daemons.kube.resources import Resource
from telelens_daemons.kube.watch import Reflector
from telelens_daemons.session.sleep import SleepDetector, clock

logger = logging.getLogger(__name__)

SESSIONS = Resource(API_GROUP, API_VERSION, SESSION_PLURAL)
HEARTBEAT_SECONDS = 5.0
RETRY_SECONDS = 1.0
SLOWEST_BEAT_SECONDS = 9.0
"""A heartbeat takes no longer, with one repetition."""
HEARTBEAT_TIMEOUT = aiohttp.ClientTimeout(total=4.0, sock_connect=2.0)
ACCEPT_SECONDS = 30.0
"""A manager that was killed without a farewell has a successor only when its Lease has run out, after 15 to 18 s."""
LATE_SECONDS = 2.0
"""After so long one should know what is being waited for."""
SILENT_SECONDS = 15.0
"""After so much silence the manager takes a workstation for away; sooner it never gives up a session."""


class NoManagerError(UserError):
    """There is no traffic manager, or it does not answer."""

    code = "no-manager"


class SessionRefusedError(UserError):
    """The traffic manager has seen the session and does not serve it."""

    code = "session-refused"


class SessionKeeper:
    """Owns one Session object in the cluster.

    ``problem`` says why the API server is not reached at this moment. ``back`` is called when it is reached again or
    the workstation woke up; ``expired`` when the object is gone although nobody here deleted it.
    """

    def __init__(
        self,
        client: KubeClient,
        *,
        namespace: str,
        back: Callable[[], None],
        expired: Callable[[], None],
    ) -> None:
        self.problem: KubeError | None = None
        self.problem_since = 0.0
        self.alive_at = time.monotonic()
        """When the object was last known to be there (``time.monotonic``)."""
        self.was_silent = False
        """Of a session that is gone: whether the manager had heard nothing of it for long enough to give it up."""
        self._client = client
        self._namespace = namespace
        self._back = back
        self._expired = expired
        self._object: KubeObject = {}
        self._reflector: Reflector | None = None
        self._heart: asyncio.Task[None] | None = None
        self._answered = asyncio.Event()
        self._refusal = ""

    @property
    def session(self) -> Session:
        """The object as last seen."""
        return Session.from_object(self._object)

    @property
    def name(self) -> str:
        """The object's name."""
        return str(self._object["metadata"]["name"])

    @property
    def uid(self) -> str:
        """The object's UID."""
        return str(self._object["metadata"]["uid"])

    async def create(self, *, name: str, owner: str, host: str, certificate: str, version: str) -> None:
        """Create the object. Raises NoManagerError, ForbiddenError and the other KubeErrors."""
        session = Session(
            metadata=Metadata(name=name, namespace=self._namespace),
            spec=SessionSpec(owner=owner, host=host, certificate=certificate, version=version),
        )
        body = session.to_object()
        body.pop("status", None)
        try:
            self._object = await self._client.create(SESSIONS, body, namespace=self._namespace)
        except NotFoundError as error:
            raise self._no_manager(f"there is no traffic manager in namespace {self._namespace}") from error
        except ForbiddenError as error:
            raise ForbiddenError(
                error.message,
                hint=f"ask for ClusterRole {USER_ROLE} in namespace {self._namespace}, where the traffic manager"
                " should be (--manager-namespace says another)",
                detail=error.detail,
            ) from error

    async def find(self, *, name: str, uid: str) -> bool:
        """Take over an object of an earlier daemon; False when it is gone."""
        try:
            found = await self._client.get(SESSIONS, name, namespace=self._namespace)
        except NotFoundError:
            return False
        if found["metadata"]["uid"] != uid:
            return False
        self._object = found
        return True

    async def start(self) -> None:
        """Watch the object and begin the heartbeat."""
        fields = f"metadata.name={self.name}"
        self._reflector = Reflector(self._client, SESSIONS, namespace=self._namespace, fields=fields)
        self._reflector.subscribe(self._changed)
        await self._reflector.start()
        self._heart = asyncio.create_task(self._beat(), name="heartbeat")

    async def wait_accepted(self, *, late: Callable[[str], None]) -> None:
        """Wait for the traffic manager; ``late`` is told when that takes long.

        Raises NoManagerError, SessionRefusedError.
        """
        silent = f"the traffic manager in namespace {self._namespace} does not answer"
        telling = asyncio.get_running_loop().call_later(
            LATE_SECONDS, late, f"{silent} yet; waiting for it, up to {ACCEPT_SECONDS:g} s"
        )
        try:
            async with asyncio.timeout(ACCEPT_SECONDS):
                await self._answered.wait()
        except TimeoutError as error:
            raise self._no_manager(
                silent,
                hint=f"see: kubectl -n {self._namespace} get pods; if it was never there: telelens helm install",
            ) from error
        finally:
            telling.cancel()
        if self._refusal:
            raise SessionRefusedError(
                f"the traffic manager does not serve this session: {self._refusal}",
                hint="begin a new one: telelens quit; then connect again",
            )

    async def stop(self) -> None:
        """End heartbeat and watch; the object stays."""
        if self._heart:
            self._heart.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._heart
            self._heart = None
        if self._reflector:
            await self._reflector.stop()
            self._reflector = None

    async def delete(self) -> None:
        """Delete the object; twice is once."""
        if self._object:
            with contextlib.suppress(NotFoundError, ConflictError):
                await self._client.delete(SESSIONS, self.name, namespace=self._namespace, uid=self.uid)

    def _no_manager(self, message: str, *, hint: str = "") -> NoManagerError:
        where = f" (context {self._client.access.context})" if self._client.access.context else ""
        return NoManagerError(
            message + where,
            hint=hint or "install it with: telelens helm install; or say where it is: --manager-namespace",
        )

    def _changed(self, item: KubeObject, gone: bool) -> None:
        if gone:
            return  # The heartbeat finds out, and knows whether it is the end.
        self._object = item
        status = item.get("status", {})
        accepted, message = status.get("accepted"), status.get("message")
        if accepted or message:
            self._refusal = "" if accepted else str(message)
            self._answered.set()

    async def _beat(self) -> None:
        detector = SleepDetector()
        heard_at = clock()
        while True:
            pause, began = HEARTBEAT_SECONDS, time.monotonic()
            try:
                await self._beat_once()
                self.alive_at, heard_at = began, clock()
            except NotFoundError:
                logger.warning("the session %s is gone from the cluster", self.name)
                self.was_silent = clock() - heard_at >= SILENT_SECONDS
                self._expired()
                return
            except KubeError as error:
                self._went_away(error)
                pause = RETRY_SECONDS
            else:
                self._came_back()
            await self._rest(detector, pause)

    async def _rest(self, detector: SleepDetector, seconds: float) -> None:
        # In steps, so that the end of a sleep shows within a second.
        slept = detector.slept(SLOWEST_BEAT_SECONDS)
        until = time.monotonic() + seconds
        while not slept and (left := until - time.monotonic()) > 0:
            step = min(left, 1.0)
            await asyncio.sleep(step)
            slept = detector.slept(step)
        if slept:
            logger.info("this process stood still for %.0f s", slept)
            self._back()

    async def _beat_once(self) -> None:
        for _ in range(5):
            body = dict(self._object)
            body["status"] = {**body.get("status", {}), "heartbeat": format_time(datetime.now(UTC))}
            try:
                updated = await self._client.put(
                    SESSIONS,
                    self.name,
                    body,
                    namespace=self._namespace,
                    subresource="status",
                    timeout=HEARTBEAT_TIMEOUT,
                )
            except ConflictError:
                # The manager wrote in between. A conflict also tells that the object is another by now.
                found = await self._client.get(SESSIONS, self.name, namespace=self._namespace)
                if found["metadata"]["uid"] != self.uid:
                    raise NotFoundError(f"session {self.name} was replaced") from None
                self._changed(found, False)
            else:
                self._changed(updated, False)
                return

    def _went_away(self, error: KubeError) -> None:
        if self.problem is None:
            self.problem_since = time.monotonic()
            logger.warning("heartbeat: %s", error.message)
        self.problem = error

    def _came_back(self) -> None:
        if self.problem is not None:
            logger.info("the API server is back after %.0f s", time.monotonic() - self.problem_since)
            self.problem = None
            self._back()


def new_session_name(user: str, host: str) -> str:
    """A name for the object: who, where, and something that no earlier session had."""
    readable = "".join(c if c.isascii() and c.isalnum() else "-" for c in f"{user}-{host}".lower())
    return f"{readable[:50].strip('-') or 'session'}-{secrets.token_hex(3)}"
