"""The parts of the mechanism http that need no process: PROXY headers, filters in their order, sets of the table."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest
from telelens_cluster.agent.configuration import Configuration, Intercept, from_message
from telelens_cluster.agent.http import http2_check
from telelens_cluster.agent.http.filters import filters_of
from telelens_cluster.agent.http.haproxy import new_files
from telelens_cluster.agent.http.haproxy_config import EVERY, Files, render
from telelens_cluster.agent.http.header_names import case_table, without_capitals
from telelens_cluster.agent.http.proxy_header import ProxyHeaderError, parse, write
from telelens_cluster.agent.http.tls.lines import sockets
from telelens_cluster.agent.http.tls.material import Shape
from telelens_cluster.agent.sockets import Address
from telelens_cluster.agent.switches import ACTIVE_HTTP, ACTIVE_TCP, LOWER_NAMES
from telelens_schemas.matching.engine import SUBJECT
from telelens_schemas.wire.tunnel_pb2 import (
    AgentConfiguration,
    HttpHeader,
    HttpMatch,
    HttpPath,
    InterceptConfiguration,
    RedirectedPort,
)

CALLER, APPLICATION = Address("10.0.0.9", 4711), Address("10.0.0.7", 8080)


def test_a_proxy_header_comes_in_pieces() -> None:
    whole = write(CALLER, APPLICATION)
    for end in range(len(whole)):
        assert parse(whole[:end]) is None
    found = parse(whole + b"GET")
    assert found is not None
    assert (found.source, found.destination, found.unique_id) == (CALLER, APPLICATION, "")
    assert found.length == len(whole)


def test_a_proxy_header_names_its_intercept() -> None:
    whole = write(Address("fd00::9", 1), Address("fd00::7", 2))
    extension = b"\x04\x00\x01x" + b"\x05\x00\x05uid-1"
    whole = whole[:14] + (len(whole) - 16 + len(extension)).to_bytes(2, "big") + whole[16:] + extension
    found = parse(whole)
    assert found is not None
    assert (found.source, found.unique_id) == (Address("fd00::9", 1), "uid-1")


def test_a_health_check_has_no_addresses() -> None:
    found = parse(b"\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00")
    assert found is not None
    assert found.source is None


@pytest.mark.parametrize(
    "data", [b"GET / HTTP", b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\xff\xff", write(CALLER, APPLICATION)[:14] + b"\x00\x02ab"]
)
def test_what_is_no_proxy_header_is_refused(data: bytes) -> None:
    with pytest.raises(ProxyHeaderError):
        parse(data)


def http(uid: str, match: HttpMatch | None = None, *, session: str = "s", away: bool = False) -> Intercept:
    return Intercept(uid, session, tcp_ports=frozenset({80}), http=True, match=match, away=away)


HEADER = HttpMatch(headers=[HttpHeader(name="x", regex="1")])
PATH = HttpMatch(path=HttpPath(value="/a"))


def order(*intercepts: Intercept) -> list[str]:
    found = filters_of(Configuration(intercepts=intercepts), connected=lambda session: session == "s")
    return [uid for uid, _ in found.patterns]


def test_headers_before_paths_before_everything_and_the_older_first() -> None:
    assert order(http("all"), http("p1", PATH), http("h1", HEADER), http("p2", PATH), http("h2", HEADER)) == [
        "h1",
        "h2",
        "p1",
        "p2",
        "all",
    ]


def test_a_filter_that_takes_everything_comes_last_and_a_personal_one_first() -> None:
    def header(name: str, regex: str) -> HttpMatch:
        return HttpMatch(headers=[HttpHeader(name=name, regex=regex)])

    everything, own = header(":path", ".*"), header("x-telepresence-intercept-id", "u:a")
    assert order(http("all", everything), http("m", header("host", "echo")), http("h", HEADER), http("own", own)) == [
        "own",
        "h",
        "m",
        "all",
    ]


def test_who_cannot_be_reached_has_no_filter() -> None:
    assert order(http("away", HEADER, away=True), http("elsewhere", HEADER, session="t"), http("here", HEADER)) == [
        "here"
    ]


@pytest.mark.parametrize(
    ("match", "name"),
    [
        (HEADER, "x"),
        (HttpMatch(headers=[HttpHeader(name=name, regex="1") for name in (":method", "Host", "X-Dev", "x")]), "x-dev"),
        (HttpMatch(headers=[HttpHeader(name="x", regex="1")], path=HttpPath(value="/a")), "x"),
        *(
            (HttpMatch(headers=[HttpHeader(name=name, regex="1")]), EVERY)
            for name in (":authority", "host", "x*", ":path")
        ),
        (PATH, EVERY),
        (None, EVERY),
    ],
)
def test_a_header_that_a_filter_needs_is_known_where_not_every_request_has_it(
    match: HttpMatch | None, name: str
) -> None:
    reached = http("a", match), http("away", HttpMatch(headers=[HttpHeader(name="y", regex="1")]), away=True)
    assert filters_of(Configuration(intercepts=reached), connected=lambda _: True).headers == {name}


def test_of_several_headers_the_longest_is_looked_for() -> None:
    match = HttpMatch(headers=[HttpHeader(name=name, regex="1") for name in ("id", "x-developer", "accept")])
    assert filters_of(Configuration(intercepts=(http("a", match),)), connected=lambda _: True).headers == {
        "x-developer"
    }


def test_requests_are_written_as_lines_only_where_one_may_match(tmp_path: Path) -> None:
    """Nobody would see that it is done for nothing."""
    lines = [line for line in render(Files(tmp_path, tmp_path)).splitlines() if SUBJECT in line]
    assert len(lines) == 2
    assert all(line.endswith(" if may_match") for line in lines)


def test_a_filter_that_cannot_be_is_its_owners_alone() -> None:
    bad = HttpMatch(headers=[HttpHeader(name="x", regex="(a+)+")])
    found = filters_of(Configuration(intercepts=(http("bad", bad), http("good", HEADER))), connected=lambda _: True)
    assert [uid for uid, _ in found.patterns] == ["good"]
    assert "nested" in found.refused["bad"]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-type: A\r\nx-who: B\r\n\r\nBody: c", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nDate: x\r\n\r\n", False),
        (b"HTTP/1.0 404 Not Found\r\ncontent-type: text/plain", True),
        (b"HTTP/1.1 400 Bad Request\r\n\r\nX: y", None),
        (b"\x00\x00\x00\x04\x00\x00\x00\x00\x00", None),
        (b"SSH-2.0-Server\r\n", None),
        (b"", None),
    ],
)
def test_whether_an_answer_has_capitals(answer: bytes, found: bool | None) -> None:
    assert without_capitals(answer) is found


def test_the_sets_of_the_table() -> None:
    configuration = Configuration(
        intercepts=(http("h"), Intercept("t", "s", tcp_ports=frozenset({90}))),
        lingering=frozenset({100}),
        lingering_http=frozenset({110, 90}),
    )
    assert configuration.switched(lambda one: True) == {ACTIVE_TCP: {90, 100}, ACTIVE_HTTP: {80, 110}}
    assert configuration.switched(lambda one: True, ACTIVE_TCP) == {ACTIVE_TCP: {80, 90, 100, 110}}, "HAProxy starts"
    lower = frozenset({80, 90, 7})
    assert configuration.switched(lambda one: True, lower_names=lower)[LOWER_NAMES] == {80}
    assert LOWER_NAMES not in configuration.switched(lambda one: True, ACTIVE_TCP, lower)
    assert configuration.switched(lambda one: True, None) == {ACTIVE_TCP: {90, 100}}, "HAProxy does not start"
    assert configuration.intercept_of(80) is None, "nobody takes its connections whole"


def test_from_message() -> None:
    found = from_message(
        AgentConfiguration(
            intercepts=[
                InterceptConfiguration(
                    uid="h", mechanism="http", match=HEADER, ports=[RedirectedPort(container_port=80)]
                ),
                InterceptConfiguration(uid="e", mechanism="http"),
            ],
            lingering=[RedirectedPort(container_port=1), RedirectedPort(container_port=2, http=True)],
        )
    )
    assert [one.http for one in found.intercepts] == [True, True]
    assert found.intercepts[0].match == HEADER
    assert found.intercepts[1].match is None
    assert (found.lingering, found.lingering_http) == ({1}, {2})


def test_names_of_headers_are_a_table_that_haproxy_reads() -> None:
    lines = case_table().splitlines()
    assert "content-type Content-Type" in lines
    assert "etag ETag" in lines
    assert all(lower == written.lower() for lower, written in map(str.split, lines))
    assert len({line.split()[0] for line in lines}) == len(lines)


def test_haproxys_sockets_fit_into_an_address() -> None:
    files = Files(Path("/run/telelens/http-4194304-1000"), Path("/run/telelens/http-4194304-sockets"))
    # HAProxy binds a temporary name beside the final one.
    longest = max((str(files.tls.ending(one)) for one in sockets(Shape(mutual=True, trusts=True))), key=len)
    assert len(f"{files.control}.4194304.tmp") < 97
    assert len(f"{longest}.4194304.tmp") < 97
    assert str(files.desk) in render(files)


def test_folders_of_former_agents_go_also_of_one_that_had_the_same_number(tmp_path: Path) -> None:
    for former in (f"http-{os.getpid()}-1", "http-1-7"):
        (tmp_path / former).mkdir()
        (tmp_path / former / "control.sock").touch()
    first = new_files(tmp_path, 1)
    second = new_files(tmp_path, 2)
    assert set(tmp_path.iterdir()) == {first.folder, second.folder, first.sockets}
    assert second.sockets == first.sockets
    assert not [*first.folder.iterdir()]


async def test_an_application_that_listens_later_is_asked_then(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    monkeypatch.setattr(http2_check, "AGAIN_SECONDS", 0.01)
    known = asyncio.Event()
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
        check = http2_check.Http2Check("127.0.0.1", lambda: known.set() if port in check.lower_names else None)
        check.ask([port])
        async with asyncio.timeout(10):
            await _refused(port)
            assert check.answers == {}
            async with await asyncio.start_server(answer, sock=place):
                await known.wait()
    assert check.answers == {port: False}


async def test_an_application_is_asked_for_the_same_path_in_either_version() -> None:
    asked: list[bytes] = []
    known = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(1024))
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server, asyncio.timeout(10):
        port = server.sockets[0].getsockname()[1]
        check = http2_check.Http2Check("127.0.0.1", lambda: known.set() if check.lower_names else None)
        check.ask([port])
        await known.wait()
    http2, http1 = asked
    assert http2.startswith(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    # :path, not indexed, of 25 characters: RFC 7541, 6.2.2 and appendix A.
    assert b"\x04\x19/telepresence-http2-check\x01" in http2
    assert http1.startswith(b"GET /telepresence-http2-check HTTP/1.1\r\n")


async def _refused(port: int) -> None:
    """Whoever asked before has been refused, too."""
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
