"""Whether an owner may have a container's environment: who may exec into it could read it anyway."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from telelens_schemas.resources import EnvironmentGrant

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import ManagerError
from telelens_cluster.manager.kinds import ACCESS_REVIEW
from telelens_cluster.manager.stamps import stamped_groups

_log = logging.getLogger(__name__)
_FRESH: Final = 60.0
"""Seconds for which an answer counts; rights are taken away, too."""


@dataclass(frozen=True, slots=True)
class _Answer:
    grant: EnvironmentGrant
    until: float


class Access:
    """Asks by SubjectAccessReview, and remembers for a minute."""

    def __init__(self, api: Api, *, stamp_key: Callable[[], bytes], clock: Callable[[], float]) -> None:
        self._api = api
        self._stamp_key = stamp_key
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
            _log.warning("the right to exec of %s could not be checked: %s", intercept["spec"]["owner"], error)
            return known.grant if known else EnvironmentGrant(reason="the right to exec could not be checked")
        self._answers[uid] = _Answer(grant, self._clock() + _FRESH)
        return grant

    def forget(self, uid: str) -> None:
        """The Intercept is gone."""
        self._answers.pop(uid, None)

    async def _ask(self, intercept: Mapping[str, Any]) -> EnvironmentGrant:
        owner, namespace = intercept["spec"]["owner"], intercept["metadata"]["namespace"]
        attributes = {"namespace": namespace, "verb": "create", "resource": "pods", "subresource": "exec"}
        groups = list(stamped_groups(intercept, self._stamp_key()))
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": ACCESS_REVIEW.kind,
            "spec": {"user": owner, "groups": groups, "resourceAttributes": attributes},
        }
        status = (await self._api.create(ACCESS_REVIEW.collection(), review)).get("status") or {}
        if status.get("allowed"):
            return EnvironmentGrant(allowed=True)
        return EnvironmentGrant(reason=f"{owner} may not create pods/exec in namespace {namespace}")
