"""What filters of each kind take and leave, by the real HAProxy of an agent as a process in a pod's network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from agentbench import AgentBench, Identity, make_identity
from fixtures.http2_bytes import Answering, Http2AtDesk, Http2Line
from fixtures.http2_server import serve
from fixtures.pod import NEEDS_ROOT
from httpbench import by_header, conversation, http, join
from podnet import PodNetwork
from telelens_schemas.wire.tunnel_pb2 import EQUAL, PREFIX, REGEX, HttpHeader, HttpMatch, HttpPath

pytestmark = [pytest.mark.cluster, NEEDS_ROOT]

HTTP2_APPLICATION = 8091


@pytest.fixture
async def bench(network: PodNetwork, tmp_path: Path) -> AsyncIterator[AgentBench]:
    async with AgentBench(network, tmp_path) as bench:
        bench.install_table()
        await bench.start_http_application()
        await bench.serve(HTTP2_APPLICATION, partial(serve, partial(Answering, b"app")))
        await bench.start_agent()
        yield bench


@pytest.fixture
def ada(tmp_path: Path) -> Identity:
    return make_identity(tmp_path, "ada")


@pytest.fixture
def grace(tmp_path: Path) -> Identity:
    return make_identity(tmp_path, "grace")


def headers(**regexes: str) -> HttpMatch:
    return HttpMatch(headers=[HttpHeader(name=f":{name}", regex=regex) for name, regex in regexes.items()])


def path(kind: HttpPath.Kind.ValueType, value: str) -> HttpMatch:
    return HttpMatch(path=HttpPath(kind=kind, value=value))


TWO = HttpMatch(headers=[HttpHeader(name="x-dev", regex="ada"), HttpHeader(name="X-Team", regex="blue|red")])
BOTH = HttpMatch(headers=[HttpHeader(name="x-dev", regex="ada")], path=HttpPath(kind=PREFIX, value="/api"))
FILTERS: dict[str, tuple[HttpMatch, list[str], list[str]]] = {
    ":path": (
        headers(path="/a[0-9]+[?]b=.*"),
        ["GET /a17?b=", "POST /a1?b=c&d"],
        ["GET /a17", "GET /a?b=", "GET /x/a1?b=", "GET /A1?b=", "GET /?/a1?b="],
    ),
    ":method": (headers(method="PUT|PURGE"), ["PUT /", "PURGE /"], ["GET /", "POST /", "PUTS /", "put /"]),
    ":authority": (
        headers(authority="(?:api|web)[.]test(?::[0-9]+)?"),
        ["GET / | Host: api.test", "GET / | hOST: web.test:80"],
        ["GET / | Host: xapi.test", "GET / | Host: api.test.", "GET / | Host: other | X-Host: api.test"],
    ),
    "equal": (path(EQUAL, "/a.b"), ["GET /a.b", "GET /a.b?c=d"], ["GET /a.b/", "GET /axb", "GET /a", "GET /x/a.b"]),
    "prefix": (
        path(PREFIX, "/api"),
        ["GET /api", "GET /api/1?c", "GET /apis"],
        ["GET /ap", "GET /x/api", "GET /?/api"],
    ),
    "regex": (
        path(REGEX, "/v[12]/.*|/all"),
        ["GET /v1/", "PUT /v2/x?y", "GET /all?b"],
        ["GET /v3/", "GET /v1", "GET /all/x", "GET /x/all"],
    ),
    "two-headers": (
        TWO,
        ["GET / | X-Dev: ada | X-Team: red", "GET / | x-team: blue | Accept: */* | x-dev: ada"],
        [
            "GET / | X-Dev: ada",
            "GET / | X-Team: red",
            "GET / | X-Dev: ada | X-Team: green",
            "GET / | X-Dev: grace | X-Team: red",
            "GET / | X-Other: ada | X-Team: red",
        ],
    ),
    "header-and-path": (
        BOTH,
        ["GET /api/1 | X-Dev: ada"],
        ["GET /api/1", "GET / | X-Dev: ada", "GET / | X-Dev: ada | X-Path: /api", "GET /?:bare:%20/api | X-Dev: ada"],
    ),
    "one-of-several-values": (
        by_header("x-dev", "ada"),
        ["GET / | X-Dev: grace | X-Dev: ada", "GET / | X-Dev:    ada   "],
        ["GET / | X-Dev: grace | X-Dev: hopper", "GET / | X-Dev: ada,grace", "GET / | X-Dev:"],
    ),
}


def written(asked: str) -> bytes:
    """``GET /path | Name: value`` as a request; everyone says a host."""
    line, *fields = asked.split(" | ")
    host = [] if any(field.lower().startswith("host:") for field in fields) else ["Host: echo"]
    return "\r\n".join([f"{line} HTTP/1.1", *host, *fields, "", ""]).encode()


async def served(bench: AgentBench, requests: list[str]) -> dict[str, str]:
    """Who answers each, all of them on one connection."""
    found = {}
    async with conversation(bench) as talk:
        for asked in requests:
            talk.writer.write(written(asked))
            found[asked] = (await talk.answer())[0]
    return found


@pytest.mark.parametrize("kind", FILTERS)
async def test_what_a_filter_takes_and_leaves(bench: AgentBench, ada: Identity, kind: str) -> None:
    match, taken, left = FILTERS[kind]
    bench.manager.say(http("a", "ada", ada, match))
    await bench.manager.applied()
    await join(bench, ada)
    found = await served(bench, [*taken, *left])
    assert found == dict.fromkeys(taken, "ada") | dict.fromkeys(left, "app")


async def test_requests_without_the_headers_of_some_filters_are_still_matched_by_others(
    bench: AgentBench, ada: Identity, grace: Identity
) -> None:
    """What need not be looked at follows the filters: on one connection, while they come and go."""
    own = http("a", "ada", ada, by_header("x-dev", "ada"))
    by_path = http("g", "grace", grace, path(PREFIX, "/api"))
    requests = ["GET /api", "GET /api | X-DEV: ada", "GET / | X-Dev: grace", "GET /"]
    bench.manager.say(own, by_path)
    await bench.manager.applied()
    for identity in (ada, grace):
        await join(bench, identity)
    async with conversation(bench) as talk:
        for intercepts, expected in (
            ([own], ["app", "ada", "app", "app"]),
            ([own, by_path], ["grace", "ada", "app", "app"]),
            ([by_path], ["grace", "grace", "app", "app"]),
            ([own], ["app", "ada", "app", "app"]),
        ):
            bench.manager.say(*intercepts)
            await bench.manager.applied()
            found = []
            for asked in requests:
                talk.writer.write(written(asked))
                found.append((await talk.answer())[0])
            assert found == expected


HOSTILE = {
    "quotes": HttpMatch(headers=[HttpHeader(name="x-text", regex="""a "b" 'c'""")]),
    "backslashes": HttpMatch(headers=[HttpHeader(name="x-text", regex=r"a\\b\.c")]),
    "here-document": HttpMatch(headers=[HttpHeader(name="x-text", regex="<< a;b # c")]),
    "path-with-everything": path(EQUAL, "/a'\"\\<<;#"),
}
TEXTS = {
    "quotes": """GET / | X-Text: a "b" 'c'""",
    "backslashes": r"GET / | X-Text: a\b.c",
    "here-document": "GET / | X-Text: << a;b # c",
    "path-with-everything": "GET /a'\"\\<<;#",
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_what_means_something_to_the_engines_socket_means_itself(
    bench: AgentBench, ada: Identity, grace: Identity, kind: str
) -> None:
    bench.manager.say(http("a", "ada", ada, HOSTILE[kind]), http("g", "grace", grace, by_header("x-dev", "grace")))
    await bench.manager.applied()
    await join(bench, ada)
    await join(bench, grace)
    assert [one.error for one in bench.manager.status.intercepts] == ["", ""]
    found = await served(bench, [TEXTS[kind], "GET / | X-Text: a", "GET / | X-Dev: grace"])
    assert list(found.values()) == ["ada", "app", "grace"]


LINES = "\r\n) a\n.* a\n\nclear map {filters}\n"
"""What ends a pattern, gives Ada every request, ends the command and empties the map, if it were taken as it is."""
BROKEN = {
    "value": HttpMatch(headers=[HttpHeader(name="x-text", regex=f"a{LINES}")]),
    "value-escaped": HttpMatch(headers=[HttpHeader(name="x-text", regex=r"a\n\nclear map\r\n")]),
    "carriage-return": HttpMatch(headers=[HttpHeader(name="x-text", regex="a\r\nx-dev: grace")]),
    "zero": HttpMatch(headers=[HttpHeader(name="x-text", regex="a\0b")]),
    "name": HttpMatch(headers=[HttpHeader(name=f"x-text{LINES}", regex="a")]),
    "path": path(EQUAL, f"/{LINES}"),
    "path-prefix": path(PREFIX, f"/{LINES}"),
    "path-regex": path(REGEX, f"/{LINES}"),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_line_break_ends_no_command(bench: AgentBench, ada: Identity, grace: Identity, kind: str) -> None:
    """Whoever writes the object himself reaches the agent: it is refused there, or takes nothing."""
    hers = http("g", "grace", grace, by_header("x-dev", "grace"))
    bench.manager.say(hers)
    await bench.manager.applied()
    await join(bench, grace)
    (filters,) = bench.run.glob("http-*/filters.map")
    bench.manager.say(http("a", "ada", ada, broken(BROKEN[kind], filters)), hers)
    await bench.manager.applied()
    await join(bench, ada)
    found = await served(bench, ["GET / | X-Text: a", "GET /", "GET / | X-Dev: grace"])
    assert list(found.values()) == ["app", "app", "grace"]
    assert not bench.manager.status.intercepts[1].error


def broken(match: HttpMatch, filters: Path) -> HttpMatch:
    """With the name of the map that its commands mean."""
    made = HttpMatch.FromString(match.SerializeToString())
    for header in made.headers:
        header.name, header.regex = (text.replace("{filters}", str(filters)) for text in (header.name, header.regex))
    if made.HasField("path"):
        made.path.value = made.path.value.replace("{filters}", str(filters))
    return made


async def test_several_persons_on_one_connection_of_http2(bench: AgentBench, ada: Identity, grace: Identity) -> None:
    """Their streams begin, speak and end in turns; each goes where its own head says."""
    matches = {"ada": by_header("x-dev", "ada"), "grace": headers(path="/grace.*", authority="g.test")}
    persons = {"ada": ada, "grace": grace}
    bench.manager.say(*(http(name, name, one, matches[name], port=HTTP2_APPLICATION) for name, one in persons.items()))
    await bench.manager.applied()
    for name, one in persons.items():
        await join(bench, one, partial(Http2AtDesk, partial(Answering, name.encode())))
    line = Http2Line(*await bench.connect(HTTP2_APPLICATION))
    for _ in range(3):
        streams = {
            line.begin(x_dev="ada"): "ada",
            line.begin(): "app",
            line.begin("/grace?1", authority="g.test"): "grace",
            line.begin("/grace", x_dev="adam"): "app",
            line.begin("/", x_dev="ada", authority="g.test"): "ada",
            line.begin("/other", authority="g.test"): "app",
            line.begin("/grace", authority="g.test", method="PUT"): "grace",
        }
        for number in streams:
            line.say(number, b"%d-" % number)
        for number in reversed(streams):
            line.say(number, b"end", last=True)
        answers = await line.answers(len(streams))
        assert answers == {number: f"{name}:{number}-end".encode() for number, name in streams.items()}
    line.close()
