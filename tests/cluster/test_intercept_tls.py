"""Personal intercepts of a Service whose callers speak TLS, with the Secrets that its pod template names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fixtures.agent import CONTAINER
from fixtures.caller import Caller
from fixtures.cluster import Cluster
from fixtures.desk import Result, Server
from fixtures.http_bytes import Line
from fixtures.manager import Manager
from fixtures.pod_site import pod_site
from fixtures.secure_house import BARE, GIVEN, MISSING, NAME, TWIN, WANTING, WEB, SecureHouse, secret, secure_house
from fixtures.stage import Stage
from fixtures.waiting import eventually

PERSONS = ["", "ada"]


@pytest.fixture(scope="module")
def home(
    cluster: Cluster, manager: Manager, caller: Caller, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SecureHouse]:
    with pod_site() as site, secure_house(cluster, caller, tmp_path_factory.mktemp("tls"), site=site) as made:
        yield made


@pytest.fixture(autouse=True)
def shown_when_it_fails(home: SecureHouse, stage: Stage) -> None:
    stage.looked_at = [home.namespace.name], [home.ada]


@pytest.fixture(scope="module")
def intercepted(home: SecureHouse) -> Iterator[SecureHouse]:
    """With Ada's intercept of the workload that names a Secret."""
    home.intercept()
    yield home
    home.ada.leave(WEB)


def request(line: str, *fields: str, person: str = "", body: bytes = b"") -> bytes:
    own = [f"X-Dev: {person}"] if person else []
    return "\r\n".join([line, f"Host: {NAME}", *fields, *own, "", ""]).encode() + body


def who(line: Line, person: str) -> str:
    return line.ask(request("GET /seen HTTP/1.1", person=person)).who


def test_each_request_of_one_connection_goes_its_own_way(intercepted: SecureHouse) -> None:
    pod = intercepted.pod(WEB)["metadata"]["name"]
    with intercepted.line(WEB) as line:
        assert [who(line, person) for person in ("", "ada", "grace", "ada", "")] == [pod, "ada", pod, "ada", pod]
    assert intercepted.shown(WEB) == intercepted.given.der


REQUESTS = {
    "get": ("GET /seen?a=%20b&c=d HTTP/1.1", ("User-Agent: Test/1", "Accept: */*", "X-Forwarded-Proto: https"), b""),
    "post": ("POST /seen HTTP/1.1", ("Content-Length: 5", "X-Forwarded-Proto: https"), b"\x00\r\n\xffx"),
    "chunked-answer": ("GET /chunked HTTP/1.1", ("TE: trailers",), b""),
    "events": ("GET /events HTTP/1.1", (), b""),
}


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada"])
@pytest.mark.parametrize("kind", REQUESTS)
def test_every_request_passes_as_it_was(intercepted: SecureHouse, kind: str, person: str) -> None:
    first, fields, body = REQUESTS[kind]
    asked = request(first, *fields, person=person, body=body)
    with intercepted.line(WEB) as line, intercepted.line(TWIN) as twin:
        for _ in range(2):
            heard, direct = line.ask(asked), twin.ask(asked)
            assert heard.who == (person or intercepted.pod(WEB)["metadata"]["name"])
            assert heard.anonymous == direct.anonymous


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada"])
def test_grpc(intercepted: SecureHouse, person: str) -> None:
    header = ["x-dev", person] if person else []
    found, direct = intercepted.rpc(WEB, *header), intercepted.rpc(TWIN, *header)
    answering = person or intercepted.pod(WEB)["metadata"]["name"]
    assert {name: dict(call[3])["x-who"] for name, call in found.items()} == dict.fromkeys(found, answering)
    if person:  # the one thing that the desk is told beside
        told = b", ('x-forwarded-proto', 'https')".hex()
        assert told in found["Unary"][0]
        found["Unary"][0] = found["Unary"][0].replace(told, "")
    assert _anonymous(found) == _anonymous(direct)


def _anonymous(calls: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {
        name: [[one for one in part if one[:1] != ["x-who"]] if isinstance(part, list) else part for part in call]
        for name, call in calls.items()
    }


def test_which_version_of_http_a_port_speaks_within_tls_is_found_out(intercepted: SecureHouse) -> None:
    def versions() -> list[bool | None]:
        (own,) = [one for one in intercepted.ada.intercepts() if one["metadata"]["name"] == WEB]
        return [port.get("http2") for port in own["status"]["ports"]]

    assert eventually(lambda: None not in (found := versions()) and found) == [False, True]


def test_no_container_has_the_secret_but_the_agent(intercepted: SecureHouse) -> None:
    spec = intercepted.pod(WEB)["spec"]
    (volume,) = [one["name"] for one in spec["volumes"] if one.get("secret", {}).get("secretName") == GIVEN]
    mounting = [
        container["name"]
        for container in (*spec["containers"], *spec["initContainers"])
        if volume in (mount["name"] for mount in container.get("volumeMounts", ()))
    ]
    assert mounting == [CONTAINER]


def test_a_renewed_secret_is_shown_without_a_restart(intercepted: SecureHouse) -> None:
    pod = intercepted.pod(WEB)["metadata"]["uid"]
    renewed = intercepted.authority.issue("renewed", NAME)
    with intercepted.line(WEB) as line:
        assert who(line, "ada") == "ada"
        intercepted.namespace.apply(secret(GIVEN, renewed))
        intercepted.hurry(WEB)
        eventually(lambda: intercepted.shown(WEB) == renewed.der, within=90)
        assert who(line, "ada") == "ada", "a connection that was open"
    assert intercepted.pod(WEB)["metadata"]["uid"] == pod


@pytest.fixture
def server(home: SecureHouse) -> Iterator[Server]:
    """Another program on the desk, as each intercept needs one of its own."""
    server = home.ada.local_server("ada")
    yield server
    server.close()


def own_header(workload: str) -> tuple[str, ...]:
    return ("--workload", workload, "--http-header", "x-dev=ada")


def test_without_the_annotation_tls_passes_untouched(home: SecureHouse, server: Server) -> None:
    home.ada.intercept(BARE, *own_header(BARE), port=f"{server.port}:http")
    try:
        assert home.shown(BARE) == home.own.der
        with home.line(BARE) as line:
            assert who(line, "ada") == home.pod(BARE)["metadata"]["name"]
    finally:
        home.ada.leave(BARE)


def test_a_missing_secret_is_named_and_taken_up_when_it_comes(home: SecureHouse, server: Server) -> None:
    def attempt() -> Result:
        return home.ada.try_intercept(WANTING, *own_header(WANTING), port=f"{server.port}:http")

    attempt().failed().about(MISSING)
    assert home.shown(WANTING) == home.own.der, "its callers notice nothing"
    with home.line(WANTING) as line:
        assert who(line, "ada") == home.pod(WANTING)["metadata"]["name"]
    home.namespace.apply(secret(MISSING, home.given))
    home.hurry(WANTING)

    eventually(lambda: attempt().code == 0, within=90)
    try:
        with home.line(WANTING) as line:
            assert who(line, "ada") == "ada"
    finally:
        home.ada.leave(WANTING)
