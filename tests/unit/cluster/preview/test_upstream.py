"""Where a preview leads, and what its requests get."""

from __future__ import annotations

from dataclasses import replace

import pytest
from telelens_cluster.preview.upstream import NoPreview, upstream_of
from telelens_schemas.resources import PathKind, PathMatch, PreviewIngress, PreviewRequest
from unit.cluster.preview.scene import intercept, match


def test_to_the_intercepted_service_with_what_it_matches() -> None:
    found = upstream_of(intercept(matched=match(x_user="ada", x_team=r"blue\.1")))
    assert (found.scheme, found.service, found.namespace, found.port, found.host) == (
        "http",
        "echo",
        "shop",
        80,
        "echo.shop",
    )
    assert {one.name: one.samples for one in found.headers} == {"x-user": ("ada",), "x-team": ("blue.1",)}


def test_a_port_that_is_not_the_scheme_s_own_is_asked_for() -> None:
    assert upstream_of(intercept(port=8080)).host == "echo.shop:8080"


def test_a_pattern_gets_a_value_that_it_takes() -> None:
    (wanted,) = upstream_of(intercept(matched=match(x_user="(ada|grace)-[0-9]+"))).headers
    (value,) = wanted.samples
    assert wanted.name == "x-user"
    assert value.partition("-")[0] in ("ada", "grace")


def test_the_host_that_is_matched_is_the_host_that_is_asked_for() -> None:
    found = upstream_of(intercept(matched=match(**{":authority": r"shop\.example\.com"})))
    assert (found.host, found.headers) == ("shop.example.com", ())


@pytest.mark.parametrize(
    ("host", "service", "namespace"),
    [
        ("front", "front", "shop"),
        ("front.web", "front", "web"),
        ("front.web.svc", "front", "web"),
        ("front.web.svc.cluster.local", "front", "web"),
    ],
)
def test_by_an_ingress(host: str, service: str, namespace: str) -> None:
    ingress = PreviewIngress(host=host, port=443, tls=True, l5host="shop.example.com")
    found = upstream_of(intercept(preview=PreviewRequest(ingress=ingress)))
    assert (found.service, found.namespace, found.port) == (service, namespace, 443)
    assert (found.scheme, found.host) == ("https", "shop.example.com")
    bare = upstream_of(intercept(preview=PreviewRequest(ingress=replace(ingress, l5host=None))))
    assert bare.host == host


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "10.0.0.1", "::1", "a.b.example.com", "a_b", "-", "a.b.svcx", "a/b", "A"]
)
def test_what_is_no_service_is_refused(host: str) -> None:
    with pytest.raises(NoPreview, match="no name of a Service"):
        upstream_of(intercept(preview=PreviewRequest(ingress=PreviewIngress(host=host, port=80))))


def test_an_intercept_without_a_service_has_none() -> None:
    with pytest.raises(NoPreview, match="no Service"):
        upstream_of(intercept(service=None))
    with pytest.raises(NoPreview, match="no Service"):
        upstream_of(intercept(port=0))


def test_a_filter_that_no_request_is_known_for_has_none() -> None:
    both = match(x_user="a")
    impossible = replace(both, headers=(*both.headers, *match(x_user="b", **{":path": "no"}).headers))
    with pytest.raises(NoPreview):
        upstream_of(intercept(matched=replace(impossible, path=PathMatch(kind=PathKind.EQUAL, value="/other"))))
    with pytest.raises(NoPreview, match="cannot be read"):
        upstream_of(intercept(matched=match(x_user="(")))


@pytest.mark.parametrize("name", ["transfer-encoding", "Content-Length", "connection", "sec-websocket-key", "expect"])
def test_a_filter_on_what_frames_a_request_has_none(name: str) -> None:
    with pytest.raises(NoPreview, match="each connection has for itself"):
        upstream_of(intercept(matched=match(**{name: "5"})))


@pytest.mark.parametrize("l5host", ["[x", "a b", "a\r\nX: y", "-a", "a:b"])
def test_a_host_that_nobody_can_ask_for_is_refused(l5host: str) -> None:
    ingress = PreviewIngress(host="front", port=80, l5host=l5host)
    with pytest.raises(NoPreview, match="no browser asks for"):
        upstream_of(intercept(preview=PreviewRequest(ingress=ingress)))
