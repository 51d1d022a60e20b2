"""``--http-header`` and its kin, and the answer that names them."""

from __future__ import annotations

import pytest
from telelens_daemons.cli.arguments import prepare
from telelens_daemons.cli.filters import add_filters
from telelens_daemons.cli.intercepting import answer_lines
from telelens_daemons.errors import UserError
from telelens_schemas.wire.daemon_pb2 import HeaderMatch, InterceptedPort, InterceptInfo, InterceptRequest, PathMatch


def filters(*headers: str, **paths: str | None) -> InterceptRequest:
    request = InterceptRequest(name="echo")
    add_filters(request, headers=headers, paths=paths)
    return request


def test_every_spelling() -> None:
    made = filters("x-dev=a=b.*", "auto", ":path=.*ark3.*", prefix="/api", equal=None)
    assert [(one.name, one.value) for one in made.headers] == [("x-dev", "a=b.*"), (":path", ".*ark3.*")]
    assert made.automatic_header
    assert (made.path.kind, made.path.value) == ("prefix", "/api")


def test_the_oldest_spelling_has_two_words() -> None:
    line = prepare(["intercept", "echo", "-m", ":path", ".*ark3.*", "--match", "x", "-y", "--", "run", "-m", "mod"])
    assert line.arguments == ("intercept", "create", "echo", "--match=:path=.*ark3.*", "--match=x=-y")
    assert line.program == ("run", "-m", "mod")


@pytest.mark.parametrize(
    ("headers", "paths", "said"),
    [
        (("x-dev",), {}, "not NAME=REGEX"),
        (("x-dev=(a+)+",), {}, "nested repetitions"),
        (("x-dev=a\nb",), {}, "control character"),
        (("x dev=a",), {}, "not a header's name"),
        ((), {"equal": "/a", "regex": "/b"}, "exclude each other"),
        ((), {"prefix": "api"}, "does not begin with /"),
        ((), {"prefix": ""}, "--http-path-prefix is empty"),
        (("x-dev=ada",), {"equal": ""}, "--http-path-equal is empty"),
        (("",), {}, "not NAME=REGEX"),
        (("x-dev=",), {}, "has no value"),
    ],
)
def test_a_slip_is_told_before_anything_is_asked(headers: tuple[str, ...], paths: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match=said) as caught:
        filters(*headers, **paths)
    assert caught.value.code == "usage"
    assert caught.value.hint


def test_the_answer_names_every_condition_and_ends_with_a_curl_line() -> None:
    info = InterceptInfo(
        name="echo",
        phase="ACTIVE",
        workload_kind="Deployment",
        ports=[
            InterceptedPort(service_port_identifier="http", local_host="127.0.0.1", local_port=8080, protocol="TCP")
        ],
        headers=[HeaderMatch(name="x-dev", value="ada")],
        path=PathMatch(kind="prefix", value="/api"),
        curl="curl -H 'x-dev: ada' http://echo.default:80/api",
    )
    assert answer_lines(info)[-4:] == [
        "    Intercepting           : HTTP requests that match all of:",
        '      header("x-dev") ~= regexp("ada")',
        '      path has prefix "/api"',
        "    From inside the cluster: curl -H 'x-dev: ada' http://echo.default:80/api",
    ]
