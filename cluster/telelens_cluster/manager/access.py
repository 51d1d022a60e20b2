"""Whether an owner may have a container's environment: who may exec into it could read it anyway.

Rights often follow from groups, and of those the API server tells nobody but their member. The owner writes them into
the Intercept; the admission policy lets nobody claim a group that the request itself does not carry.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from telelens_schemas.resources import EnvironmentGrant

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import ManagerError
from telelens_cluster.manager.kinds import ACCESS_REVIEW
from telelens_cluster.manager.refusals import quoted

_log = logging.getLogger(__name__)
_FRESH: Final = 60.0
"""Seconds for which an answer counts; rights are taken away, too."""
_SOON: Final = 5.0
"""Seconds after which a question that could not be asked is asked again."""


@dataclass(frozen=True, slots=True)
class _Answer:
    grant: EnvironmentGrant
    until: float


class Access:
    """Asks by SubjectAccessReview, and remembers for a minute."""

    def __init__(self, api: Api, *, clock: Callable[[], float]) -> None:
        self._api = api
        self._clock = clock
        self._answers: dict[str, _Answer] = {}

    async def grant(self, intercept: Mapping[str, Any]) -> EnvironmentGrant:
        """Whether the owner of ``intercept`` may ``create pods/exec`` in its namespace."""
        uid = intercept["metadata"]["uid"]
        known = self._answers.get(uid)
        if known and known.until > self._clock():
            return known.grant
        try:
            grant = await self._ask(intercept)
        except ManagerError as error:
            _log.warning("the right to exec of %s could not be checked: %s", quoted(intercept["spec"]["owner"]), error)
            grant = known.grant if known else EnvironmentGrant(reason="the right to exec could not be checked")
            self._answers[uid] = _Answer(grant, self._clock() + _SOON)
            return grant
        self._answers[uid] = _Answer(grant, self._clock() + _FRESH)
        return grant

    def expires_in(self, uids: Iterable[str]) -> float | None:
        """Seconds until the first of the answers about these Intercepts is to be asked for anew."""
        moments = [answer.until for uid in uids if (answer := self._answers.get(uid))]
        return max(0.0, min(moments) - self._clock()) if moments else None

    def forget(self, uid: str) -> None:
        """The Intercept is gone."""
        self._answers.pop(uid, None)

    async def _ask(self, intercept: Mapping[str, Any]) -> EnvironmentGrant:
        owner, namespace = intercept["spec"]["owner"], intercept["metadata"]["namespace"]
        attributes = {"namespace": namespace, "verb": "create", "resource": "pods", "subresource": "exec"}
        groups = list(intercept["spec"].get("ownerGroups") or ())
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": ACCESS_REVIEW.kind,
            "spec": {"user": owner, "groups": groups, "resourceAttributes": attributes},
        }
        status = (await self._api.create(ACCESS_REVIEW.collection(), review)).get("status") or {}
        if status.get("allowed"):
            return EnvironmentGrant(allowed=True)
        return EnvironmentGrant(reason=f"{owner} may not create pods/exec in namespace {namespace}")
