"""What becomes of headers on their way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from telelens_cluster.gateway.headers import Visit, forwarded, returned
from telelens_cluster.preview.upstream import Upstream, upstream_of
from telelens_schemas.names import PERSONAL_HEADER
from unit.cluster.preview.scene import HOST, intercept, match

VISIT = Visit(host=HOST, scheme="https", remote="192.0.2.9")
PLAIN = upstream_of(intercept(matched=match(x_user="ada")))


def sent(*headers: tuple[str, str], upstream: Upstream = PLAIN) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in forwarded(headers, upstream, VISIT):
        found.setdefault(name.lower(), []).append(value)
    return found


def seen(*headers: tuple[str, str], upstream: Upstream = PLAIN) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in returned(headers, upstream, VISIT):
        found.setdefault(name.lower(), []).append(value)
    return found


def matched(**headers: str) -> Upstream:
    return upstream_of(intercept(matched=match(**headers)))


def test_what_the_intercept_matches_is_set_under_every_spelling() -> None:
    got = sent(("X-User", "eve"), ("x_user", "mallory"), ("X-Other", "kept"))
    assert (got["x-user"], "x_user" in got, got["x-other"]) == (["ada"], False, ["kept"])


def test_nobody_comes_to_another_s_desk_by_the_header_of_its_own() -> None:
    assert PERSONAL_HEADER not in sent((PERSONAL_HEADER, "s:grace"))
    own = matched(**{PERSONAL_HEADER: "s:ada"})
    assert sent((PERSONAL_HEADER, "s:grace"), upstream=own)[PERSONAL_HEADER] == ["s:ada"]


def test_what_a_visitor_rightly_sends_is_kept() -> None:
    """Whoever has signed in stays signed in."""
    bearer = matched(authorization="Bearer .+")
    assert sent(("Authorization", "Bearer mine"), upstream=bearer)["authorization"] == ["Bearer mine"]
    assert sent(upstream=bearer)["authorization"][0].startswith("Bearer ")
    assert sent(("Authorization", "Basic x"), upstream=bearer)["authorization"][0].startswith("Bearer ")


def test_a_cookie_is_added_to_those_of_the_visitor() -> None:
    user = matched(cookie="(.*; )?user=ada(;.*)?")
    (cookie,) = sent(("Cookie", "session=1"), upstream=user)["cookie"]
    assert cookie == "session=1; user=ada"
    assert sent(("Cookie", "session=1"), upstream=matched(cookie="user=ada"))["cookie"] == ["user=ada"]


def test_two_patterns_of_one_header_are_both_satisfied() -> None:
    two = match(x_user="ada")
    both = upstream_of(intercept(matched=replace(two, headers=(*two.headers, *match(x_user="team-.*").headers))))
    assert len(sent(upstream=both)["x-user"]) == 2


def test_who_asked_for_what_is_told() -> None:
    got = sent(("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "2.2.2.2"), ("X-Forwarded-Host", "evil.test"))
    assert got["x-forwarded-for"] == ["1.1.1.1, 2.2.2.2, 192.0.2.9"]
    assert (got["x-forwarded-host"], got["x-forwarded-proto"]) == ([HOST], ["https"])
    assert sent(("X-Forwarded-Proto", "http"))["x-forwarded-proto"] == ["http"]


@pytest.mark.parametrize(
    ("name", "value", "as_seen"),
    [
        ("Origin", f"https://{HOST}", "http://echo.shop"),
        ("Referer", f"https://{HOST}/form?a=b", "http://echo.shop/form?a=b"),
        ("Origin", f"https://{HOST}.evil.test", f"https://{HOST}.evil.test"),
        ("Origin", "null", "null"),
    ],
)
def test_an_application_that_compares_origin_and_host_finds_them_alike(name: str, value: str, as_seen: str) -> None:
    assert sent((name, value))[name.lower()] == [as_seen]


def test_what_is_said_of_one_connection_is_not_said_of_the_other() -> None:
    headers = [(name, "x") for name in ("Connection", "Keep-Alive", "TE", "Upgrade", "Expect", "Sec-WebSocket-Key")]
    assert set(sent(*headers)) == set(sent())
    got = sent(("Connection", "x-user, X-Hop"), ("X-Hop", "1"))
    assert (got["x-user"], "x-hop" in got) == (["ada"], False)


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("http://echo.shop/next?a=b#c", f"https://{HOST}/next?a=b#c"),
        ("http://echo.shop", f"https://{HOST}/"),
        ("https://echo.shop/next", f"https://{HOST}/next"),
        ("HTTP://Echo.Shop:80/n", f"https://{HOST}/n"),
        ("//echo.shop/n", f"https://{HOST}/n"),
        ("http://echo.shop//evil.com/x", f"https://{HOST}//evil.com/x"),
        ("/relative", "/relative"),
        ("next", "next"),
        ("http://echo.shop:81/other", "http://echo.shop:81/other"),
        ("http://echo.shopping/", "http://echo.shopping/"),
        ("https://example.com/", "https://example.com/"),
        ("ftp://echo.shop/", "ftp://echo.shop/"),
        ("http://[", "http://["),
    ],
)
def test_a_redirect_to_the_service_leads_to_the_preview(to: str, leads: str) -> None:
    assert seen(("Location", to))["location"] == [leads]


def test_a_cookie_belongs_to_this_preview() -> None:
    got = seen(("Set-Cookie", "a=1; Domain=preview.test; Path=/"), ("Set-Cookie", "b=2"))
    assert got["set-cookie"] == ["a=1; Path=/", "b=2"]


@pytest.mark.parametrize(
    ("own", "told"), [((), "same-origin"), (("unsafe-url",), "same-origin"), (("no-referrer",), "no-referrer")]
)
def test_whoever_is_linked_to_does_not_learn_the_name(own: tuple[str, ...], told: str) -> None:
    got = seen(*(("Referrer-Policy", one) for one in own))
    assert got["referrer-policy"] == [told]
    assert got["x-robots-tag"] == ["noindex"]
