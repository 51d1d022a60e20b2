"""Which proxy: as Go programs decide it."""

from __future__ import annotations

import pytest
from telelens_daemons.kube.errors import KubeconfigError
from telelens_daemons.kube.proxy import is_excluded, proxy_for


@pytest.mark.parametrize(
    ("host", "port", "no_proxy", "excluded"),
    [
        ("api.example.com", 443, "example.com", True),
        ("api.example.com", 443, ".example.com", True),
        ("example.com", 443, ".example.com", False),
        ("badexample.com", 443, "example.com", False),
        ("10.1.2.3", 443, "10.0.0.0/8", True),
        ("11.1.2.3", 443, "10.0.0.0/8", False),
        ("10.1.2.3", 6443, "10.1.2.3:6443", True),
        ("10.1.2.3", 443, "10.1.2.3:6443", False),
        ("anything", 443, "*", True),
        ("anything", 443, "", False),
        ("fd00::1", 443, "fd00::/8", True),
    ],
)
def test_no_proxy(host: str, port: int, no_proxy: str, excluded: bool) -> None:
    assert is_excluded(host, port, no_proxy) is excluded


def test_the_kubeconfig_wins_over_the_environment() -> None:
    environment = {"HTTPS_PROXY": "http://env:1", "NO_PROXY": "c"}
    assert proxy_for("https://c", proxy_url="http://file:2", environment=environment) == "http://file:2"
    assert proxy_for("https://c", proxy_url="", environment=environment) is None
    assert proxy_for("https://d", proxy_url="", environment=environment) == "http://env:1"
    assert proxy_for("https://127.0.0.1:6443", proxy_url="", environment=environment) is None


def test_a_kind_that_is_not_spoken_is_refused_without_its_password() -> None:
    with pytest.raises(KubeconfigError, match="socks5://host is of a kind") as caught:
        proxy_for("https://d", proxy_url="socks5://me:secret@host:1", environment={})
    assert "secret" not in caught.value.message
