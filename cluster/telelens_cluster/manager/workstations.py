"""Keeps Sessions: accepts new ones, notices silence, gives up those that are gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import ApiError, ManagerError
from telelens_cluster.manager.kinds import INTERCEPT, SESSION
from telelens_cluster.manager.observed import SessionState
from telelens_cluster.manager.reflector import Reflector
from telelens_cluster.manager.session_certificates import SessionCertificates
from telelens_cluster.manager.sessions import SessionClock
from telelens_cluster.manager.settings import Settings
from telelens_cluster.manager.tasks import Tasks

_log = logging.getLogger(__name__)
Object = Mapping[str, Any]
_SWEEP: Final = 1.0
_PATIENCE: Final = 3.0
_LOOK_AGAIN: Final = 5
"""Sweeps between two live reads of a silent session."""


class Workstations:
    """All Sessions of the manager's namespace; ``run`` keeps them."""

    def __init__(
        self,
        api: Api,
        settings: Settings,
        *,
        changed: Callable[[str], None],
        intercepts_of: Callable[[str], list[Object]],
    ) -> None:
        """``changed`` is called with the UID of a session whose intercepts are to be looked at."""
        self._api = api
        self._settings = settings
        self._changed = changed
        self._intercepts_of = intercepts_of
        self._tasks = Tasks()
        self._accepting: set[str] = set()
        self._certificates = SessionCertificates()
        loop = asyncio.get_running_loop()
        self._clock = SessionClock(clock=loop.time, away_after=settings.away_after, gone_after=settings.gone_after)
        self.reflector = Reflector(
            api,
            SESSION.collection(settings.pod_namespace),
            changed=self._session_changed,
            gap=self._clock.begin_anew,
        )

    def __iter__(self) -> Iterator[Object]:
        return iter(self.reflector)

    def state(self, name: str) -> SessionState | None:
        """The session called ``name`` as it is now."""
        session = self.reflector.get(self._settings.pod_namespace, name)
        if session is None:
            return None
        uid = session["metadata"]["uid"]
        return SessionState(
            uid=uid,
            owner=session["spec"]["owner"],
            certificate=self._certificates.pin(uid),
            fault=self._certificates.fault(uid),
            away=self._clock.away(uid),
        )

    async def run(self) -> None:
        """Watch silence, for ever."""
        async with self._tasks:
            sweeps = 0
            while True:
                await asyncio.sleep(_SWEEP)
                sweeps += 1
                for name, uid in self._clock.late():
                    if await self._is_still_silent(name, uid):
                        _log.info("the workstation of session %s is silent", name)
                        self._clock.is_away(uid)
                        self._changed(uid)
                if sweeps % _LOOK_AGAIN == 0:
                    for name, uid in self._clock.silent():
                        if await self._is_still_silent(name, uid) and self._clock.gone(uid):
                            await self._give_up(name, uid)

    def _session_changed(self, old: Object | None, new: Object | None) -> None:
        if new is None:
            assert old
            uid = old["metadata"]["uid"]
            self._clock.forget(uid)
            self._certificates.forget(uid)
            self._changed(uid)
            return
        uid = new["metadata"]["uid"]
        self._certificates.add(new)
        was_away = self._clock.away(uid)
        came_back = self._clock.seen(new) and was_away
        if came_back:
            _log.info("the workstation of session %s is back", new["metadata"]["name"])
        if old is None or came_back:
            self._changed(uid)
        if not self._is_answered(new) and uid not in self._accepting:
            self._accepting.add(uid)
            self._tasks.start(self._accept(new), name=f"accept session {new['metadata']['name']}")

    def _is_answered(self, session: Object) -> bool:
        status = session.get("status") or {}
        return all(status.get(key) == value for key, value in self._answer(session).items())

    def _answer(self, session: Object) -> dict[str, Any]:
        """What the status is to say; an older session with the same certificate may go, and the answer change."""
        fault = self._certificates.fault(session["metadata"]["uid"])
        return {
            "accepted": not fault,
            "message": fault or None,
            "managerVersion": self._settings.version,
            "agentImage": self._settings.agent_image,
        }

    async def _accept(self, session: Object) -> None:
        metadata = session["metadata"]
        path = SESSION.object(metadata["namespace"], metadata["name"], "status")
        answer = self._answer(session)
        if answer["message"]:
            _log.warning("session %s is refused: %s", metadata["name"], answer["message"])
        try:
            await self._api.patch(path, {"metadata": {"uid": metadata["uid"]}, "status": answer})
        except ManagerError as error:
            if not (isinstance(error, ApiError) and error.status in (404, 409)):
                _log.warning("session %s could not be accepted: %s", metadata["name"], error)
        finally:
            self._accepting.discard(metadata["uid"])  # its next heartbeat leads here again

    async def _is_still_silent(self, name: str, uid: str) -> bool:
        """Silence counts only while the API server can be heard: no client can reach one that we cannot."""
        path = SESSION.object(self._settings.pod_namespace, name)
        try:
            session = await self._api.request("GET", path, timeout=_PATIENCE)
        except ManagerError as error:
            if not (isinstance(error, ApiError) and error.status == 404):
                self._clock.begin_anew()
            return False
        was_away = self._clock.away(uid)
        heard = self._clock.seen(session)
        if was_away and heard:
            self._changed(uid)
        return not heard and session["metadata"]["uid"] == uid

    async def _give_up(self, name: str, uid: str) -> None:
        _log.info("session %s was silent for %g s: deleting it", name, self._settings.gone_after)
        try:
            for intercept in self._intercepts_of(uid):
                metadata = intercept["metadata"]
                await self._api.delete(INTERCEPT.object(metadata["namespace"], metadata["name"]), uid=metadata["uid"])
            await self._api.delete(SESSION.object(self._settings.pod_namespace, name), uid=uid)
        except ManagerError as error:
            _log.warning("session %s could not be deleted: %s", name, error)
