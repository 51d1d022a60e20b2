"""``--preview-url`` and the ingress that it may name."""

from __future__ import annotations

from typing import Any

import pytest
from telelens_daemons.cli.intercepting import answer_lines
from telelens_daemons.cli.preview import add_preview
from telelens_daemons.errors import UserError
from telelens_schemas.wire.daemon_pb2 import InterceptInfo, InterceptRequest

NO_INGRESS: dict[str, Any] = {"host": None, "port": None, "tls": False, "l5host": None}


def asked(wanted: str = "", **ingress: Any) -> InterceptRequest:
    request = InterceptRequest(name="echo")
    add_preview(request, wanted, **{**NO_INGRESS, **ingress})
    return request


@pytest.mark.parametrize(("wanted", "there"), [("", False), ("false", False), ("true", True)])
def test_there_is_one_where_one_is_wanted(wanted: str, there: bool) -> None:
    assert asked(wanted).HasField("preview") is there


def test_an_ingress_asks_for_one() -> None:
    ingress = asked(host="front.web", port=443, tls=True, l5host="shop.example.com").preview.ingress
    assert (ingress.host, ingress.port, ingress.tls, ingress.l5host) == ("front.web", 443, True, "shop.example.com")


@pytest.mark.parametrize(
    ("wanted", "ingress", "said"),
    [
        ("maybe", {}, "neither true nor false"),
        ("true", {"host": "front"}, "--ingress-port is missing"),
        ("", {"port": 80}, "--ingress-host is missing"),
        ("", {"tls": True}, "--ingress-host is missing"),
        ("false", {"host": "front", "port": 80}, "wants none"),
        ("true", {"host": ""}, "--ingress-host is empty"),
    ],
)
def test_a_slip_is_told_before_anything_is_asked(wanted: str, ingress: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said) as caught:
        asked(wanted, **ingress)
    assert caught.value.code == "usage"


def test_the_answer_has_the_url_or_why_there_is_none() -> None:
    lines = answer_lines(InterceptInfo(name="echo", phase="ACTIVE", preview_url="https://a.preview.test"))
    assert any("Preview URL" in line and line.endswith("https://a.preview.test") for line in lines)
    lines = answer_lines(InterceptInfo(name="echo", phase="ACTIVE", preview_denied_reason="no domain"))
    assert any("Preview URL" in line and line.endswith("none: no domain") for line in lines)
    assert not any("Preview" in line for line in answer_lines(InterceptInfo(name="echo", phase="ACTIVE")))
