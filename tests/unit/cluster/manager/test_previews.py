"""Who gets a preview URL. The API server is a fake."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from telelens_cluster.manager.access import Access
from telelens_cluster.manager.previews import Previews
from telelens_cluster.preview.domain import Domain
from telelens_schemas.resources import Intercept, Phase, PreviewIngress, PreviewRequest, PreviewState
from unit.cluster.manager.fake_api import FakeApi
from unit.cluster.preview.scene import HOST, intercept, match

DOMAIN = Domain.parse("https://*.preview.test")
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


async def state(
    one: Intercept, *, domain: Domain | None = DOMAIN, allowed: bool = True, namespaces: tuple[str, ...] = ()
) -> PreviewState | None:
    api = FakeApi()
    api.answers[REVIEWS] = {"status": {"allowed": allowed}}
    return await Previews(Access(api.as_api(), clock=lambda: 0.0), domain, namespaces).state(
        one.to_object(), one, one.status
    )


def fresh(**more: Any) -> Intercept:
    """Without a URL yet."""
    return _without(intercept(**more))


def _without(one: Intercept) -> Intercept:
    return replace(one, status=replace(one.status, preview=None))


async def test_who_asks_gets_one() -> None:
    given = await state(fresh())
    assert given
    assert DOMAIN.covers(given.url)
    assert not given.reason


async def test_who_does_not_ask_has_none() -> None:
    assert await state(fresh(preview=None)) is None


async def test_it_stays_the_same_as_long_as_the_intercept() -> None:
    given = await state(fresh())
    assert given
    again = replace(fresh(), status=replace(fresh().status, preview=given))
    assert await state(again) == given
    away = replace(again, status=replace(again.status, phase=Phase.WAITING, ports=()))
    assert await state(away) == given, "a workload that is scaled to nothing comes back"


async def test_another_domain_has_other_urls() -> None:
    given = await state(intercept())
    assert given
    assert given.url != f"http://{HOST}"
    assert DOMAIN.covers(given.url)


async def test_where_it_leads_must_be_known_first() -> None:
    one = fresh()
    assert await state(replace(one, status=replace(one.status, ports=()))) is None


async def test_without_a_domain_the_reason_is_the_administrators_to_mend() -> None:
    given = await state(fresh(), domain=None)
    assert given
    assert (given.url, "preview.url" in given.reason) == ("", True)


async def test_a_filter_without_a_known_request_is_a_reason() -> None:
    given = await state(fresh(matched=match(x_user="(")))
    assert given
    assert (given.url, "filter" in given.reason) == ("", True)


@pytest.mark.parametrize("allowed", [False, True])
async def test_into_another_namespace_leads_it_only_those_who_may_go_there(allowed: bool) -> None:
    """The gateway stands where a developer's own way does not lead."""
    given = await state(
        fresh(preview=PreviewRequest(ingress=PreviewIngress(host="vault.secret", port=80))), allowed=allowed
    )
    assert given
    assert bool(given.url) is allowed
    assert ("pods/portforward in namespace secret" in given.reason) is not allowed


async def test_within_its_own_namespace_nobody_is_asked() -> None:
    ingress = PreviewIngress(host="front", port=80)
    given = await state(fresh(preview=PreviewRequest(ingress=ingress)), allowed=False)
    assert given
    assert given.url


async def test_into_a_namespace_that_is_not_served_it_does_not_lead() -> None:
    one = fresh(preview=PreviewRequest(ingress=PreviewIngress(host="front.web", port=80)))
    given = await state(one, namespaces=("shop",))
    assert given
    assert (given.url, given.reason) == ("", "the traffic manager does not serve namespace web")
    served = await state(one, namespaces=("shop", "web"))
    assert served
    assert served.url


async def test_whoever_loses_the_right_for_a_while_has_the_same_url_afterwards() -> None:
    one = fresh(preview=PreviewRequest(ingress=PreviewIngress(host="front.web", port=80)))
    given = await state(one)
    assert given
    having = replace(one, status=replace(one.status, preview=given))
    lost = await state(having, allowed=False)
    assert lost
    assert (lost.url, bool(lost.reason)) == (given.url, True)
    assert await state(replace(one, status=replace(one.status, preview=lost))) == given
