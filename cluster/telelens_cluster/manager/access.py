"""What an owner may have through us: a container's environment, for who may exec into it could read it anyway; a way
into another namespace, for who may forward ports there has one.

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
class Right:
    """Whether somebody has it, and where not, why not."""

    allowed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Question:
    """A right to create a subresource of pods."""

    namespace: str
    subresource: str


@dataclass(frozen=True, slots=True)
class _Answer:
    right: Right
    until: float


class Access:
    """Asks by SubjectAccessReview, and remembers for a minute."""

    def __init__(self, api: Api, *, clock: Callable[[], float]) -> None:
        self._api = api
        self._clock = clock
        self._answers: dict[str, dict[_Question, _Answer]] = {}

    async def grant(self, intercept: Mapping[str, Any]) -> EnvironmentGrant:
        """Whether the owner of ``intercept`` may ``create pods/exec`` in its namespace."""
        right = await self._right(intercept, _Question(intercept["metadata"]["namespace"], "exec"))
        return EnvironmentGrant(allowed=right.allowed, reason=right.reason)

    async def forwarding(self, intercept: Mapping[str, Any], namespace: str) -> Right:
        """Whether the owner of ``intercept`` may ``create pods/portforward`` in a ``namespace``."""
        return await self._right(intercept, _Question(namespace, "portforward"))

    def expires_in(self, uids: Iterable[str]) -> float | None:
        """Seconds until the first of the answers about these Intercepts is to be asked for anew."""
        now, moments = self._clock(), []
        for answers in (self._answers.get(uid, {}) for uid in uids):
            for question, answer in list(answers.items()):
                moments.append(answer.until)
                if answer.until <= now:
                    del answers[question]  # asked anew in the next round, by whoever still wants to know
        return max(0.0, min(moments) - now) if moments else None

    def forget(self, uid: str) -> None:
        """The Intercept is gone."""
        self._answers.pop(uid, None)

    async def _right(self, intercept: Mapping[str, Any], question: _Question) -> Right:
        answers = self._answers.setdefault(intercept["metadata"]["uid"], {})
        known = answers.get(question)
        if known and known.until > self._clock():
            return known.right
        try:
            right = await self._ask(intercept, question)
        except ManagerError as error:
            what, owner = question.subresource, quoted(intercept["spec"]["owner"])
            _log.warning("the right to %s of %s could not be checked: %s", what, owner, error)
            right = known.right if known else Right(False, f"the right to {what} could not be checked")
            answers[question] = _Answer(right, self._clock() + _SOON)
            return right
        answers[question] = _Answer(right, self._clock() + _FRESH)
        return right

    async def _ask(self, intercept: Mapping[str, Any], question: _Question) -> Right:
        owner, namespace, subresource = intercept["spec"]["owner"], question.namespace, question.subresource
        attributes = {"namespace": namespace, "verb": "create", "resource": "pods", "subresource": subresource}
        groups = list(intercept["spec"].get("ownerGroups") or ())
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": ACCESS_REVIEW.kind,
            "spec": {"user": owner, "groups": groups, "resourceAttributes": attributes},
        }
        status = (await self._api.create(ACCESS_REVIEW.collection(), review)).get("status") or {}
        if status.get("allowed"):
            return Right(True)
        return Right(False, f"{owner} may not create pods/{subresource} in namespace {namespace}")
