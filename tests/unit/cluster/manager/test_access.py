"""Who may have an environment, and for how long that is believed."""

from __future__ import annotations

from typing import Any

import pytest
from telelens_cluster.manager.access import Access
from telelens_schemas.resources import EnvironmentGrant
from unit.cluster.manager.fake_api import FakeApi

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


class Asked(FakeApi):
    """Remembers the questions."""

    def __init__(self) -> None:
        super().__init__()
        self.allowed = True
        self.questions: list[Any] = []

    async def create(self, path: str, body: Any, **query: str | int) -> Any:
        self.questions.append(body["spec"])
        self.answers[REVIEWS] = {"status": {"allowed": self.allowed}}
        return await super().create(path, body, **query)


class Desk:
    """Access over a clock that is a number."""

    def __init__(self) -> None:
        self.api = Asked()
        self.now = 100.0
        self.access = Access(self.api.as_api(), clock=lambda: self.now)

    async def grant(self, **spec: Any) -> EnvironmentGrant:
        metadata = {"uid": "u", "namespace": "shop"}
        return await self.access.grant({"metadata": metadata, "spec": {"owner": "alice", **spec}})


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_user_and_groups_are_asked_about(desk: Desk) -> None:
    assert (await desk.grant(ownerGroups=["dev", "ops"])).allowed
    (question,) = desk.api.questions
    assert (question["user"], question["groups"]) == ("alice", ["dev", "ops"])
    assert question["resourceAttributes"]["subresource"] == "exec"


async def test_who_names_no_groups_has_none(desk: Desk) -> None:
    await desk.grant()
    assert desk.api.questions[0]["groups"] == []


async def test_an_annotation_is_nobody_s_word(desk: Desk) -> None:
    metadata = {"uid": "u", "namespace": "shop", "annotations": {"telelens.dev/owner-groups": '{"groups":["admins"]}'}}
    await desk.access.grant({"metadata": metadata, "spec": {"owner": "alice"}})
    assert desk.api.questions[0]["groups"] == []


async def test_a_right_that_is_taken_away_is_noticed_within_a_minute(desk: Desk) -> None:
    assert desk.access.expires_in(["u"]) is None
    await desk.grant()
    assert desk.access.expires_in(["u", "another"]) == 60
    desk.api.allowed = False
    desk.now += 59
    assert (await desk.grant()).allowed
    assert desk.access.expires_in(["u"]) == 1
    desk.now += 1
    assert not (await desk.grant()).allowed
    assert len(desk.api.questions) == 2


async def test_an_api_server_that_cannot_be_asked_changes_nothing_and_is_asked_again_soon(desk: Desk) -> None:
    await desk.grant()
    desk.now += 60
    desk.api.down = True
    assert (await desk.grant()).allowed
    assert desk.access.expires_in(["u"]) == 5
    desk.access.forget("u")
    assert not (await desk.grant()).allowed


async def test_a_question_that_nobody_asks_any_longer_wakes_nobody(desk: Desk) -> None:
    intercept = {"metadata": {"uid": "u", "namespace": "shop"}, "spec": {"owner": "alice"}}
    await desk.grant()
    await desk.access.forwarding(intercept, "other")
    desk.now += 61
    await desk.grant()
    assert desk.access.expires_in(["u"]) == 0.0
    assert desk.access.expires_in(["u"]) == pytest.approx(60)


async def test_the_right_to_forward_is_another_question(desk: Desk) -> None:
    intercept = {"metadata": {"uid": "u", "namespace": "shop"}, "spec": {"owner": "alice"}}
    assert (await desk.grant()).allowed
    desk.api.allowed = False
    right = await desk.access.forwarding(intercept, "other")
    assert (right.allowed, right.reason) == (False, "alice may not create pods/portforward in namespace other")
    attributes = desk.api.questions[-1]["resourceAttributes"]
    assert (attributes["namespace"], attributes["subresource"]) == ("other", "portforward")
    assert (await desk.grant()).allowed, "answered a moment ago"
    assert len(desk.api.questions) == 2
