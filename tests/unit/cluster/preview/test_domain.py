"""The names of previews."""

from __future__ import annotations

import pytest
from telelens_cluster.preview.domain import Domain, NotADomain, host_of


@pytest.mark.parametrize(
    ("text", "scheme", "parent", "port"),
    [
        ("https://*.preview.example.com", "https", "preview.example.com", ""),
        ("http://*.p.test:8080/", "http", "p.test", ":8080"),
    ],
)
def test_what_an_administrator_writes(text: str, scheme: str, parent: str, port: str) -> None:
    domain = Domain.parse(text)
    assert (domain.scheme, domain.parent, domain.port) == (scheme, parent, port)


@pytest.mark.parametrize(
    "text",
    [
        "*.preview.example.com",
        "https://preview.example.com",
        "https://*",
        "https://*.",
        "https://*.Upper.example",
        "https://*.a..b",
        "ftp://*.example.com",
        "https://*.example.com/path",
        "https://*.example.com:port",
        "https://*.example.com\n",
        f"https://*.{'a' * 201}",
    ],
)
def test_what_is_no_domain_is_named(text: str) -> None:
    with pytest.raises(NotADomain, match="is not like https://"):
        Domain.parse(text)


def test_each_url_is_another_and_leads_here() -> None:
    domain = Domain.parse("https://*.preview.example.com:8443")
    urls = {domain.new_url() for _ in range(20)}
    assert len(urls) == 20
    assert all(domain.covers(url) for url in urls)
    (label,) = {len(host_of(url).partition(".")[0]) for url in urls}
    assert label >= 32, "as long as nobody guesses"


@pytest.mark.parametrize(
    "other", ["https://*.elsewhere.com", "http://*.preview.example.com", "https://*.previewxexample.com"]
)
def test_a_url_of_another_domain_does_not(other: str) -> None:
    domain = Domain.parse("https://*.preview.example.com")
    assert not domain.covers(Domain.parse(other).new_url())
    assert not domain.covers("https://guess.preview.example.com")
    assert not domain.covers("")


@pytest.mark.parametrize(
    "host", ["A.Preview.Test", "a.preview.test:80", "a.preview.test.", "http://a.preview.test:8080/x"]
)
def test_a_host_is_compared_without_its_port(host: str) -> None:
    assert host_of(host) == "a.preview.test"
