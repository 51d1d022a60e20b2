"""Personal intercepts: two developers and a passer-by on one Service, in every dialect of HTTP.

Each answer is compared, byte by byte, with what the same request brings from a pod without us.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from fixtures import manifests
from fixtures.agent import Agent
from fixtures.caller import Caller, CallFailed, Load
from fixtures.cluster import Cluster
from fixtures.desk import Desk
from fixtures.house import INTERCEPTED, TWIN, House, house, intercept_own
from fixtures.http2_caller import REQUESTS as HTTP2_REQUESTS
from fixtures.http_bytes import Heard, Line
from fixtures.manager import Manager
from fixtures.namespace import Namespace
from fixtures.notes import Note
from fixtures.pod_site import pod_site
from fixtures.stage import Stage
from fixtures.waiting import eventually

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
PERSONS = ("", "ada", "grace")
"""Whose header a request has; nobody's: a passer-by's."""


@pytest.fixture(scope="module")
def home(
    cluster: Cluster, manager: Manager, caller: Caller, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with pod_site() as site, house(cluster, caller, tmp_path_factory.mktemp("users"), site=site) as made:
        yield made


@pytest.fixture(autouse=True)
def shown_when_it_fails(home: House, stage: Stage) -> None:
    stage.looked_at = [home.namespace.name], [home.ada, home.grace]


def request(line: str, *fields: str, person: str = "", body: bytes = b"") -> bytes:
    own = [f"X-Dev: {person}"] if person else []
    return "\r\n".join([line, "Host: web", *fields, *own, "", ""]).encode() + body


def who(person: str, house: House) -> str:
    return person or str(house.pod()["metadata"]["name"])


def same(heard: Heard, direct: Heard, person: str, house: House) -> None:
    assert heard.who == who(person, house)
    assert heard.anonymous == direct.anonymous


REQUESTS = {
    "get": lambda p: request("GET /seen?a=%20b&c=d;e#f HTTP/1.1", "User-Agent: Test/1", "Accept: */*", person=p),
    "capitals": lambda p: request("GET /seen HTTP/1.1", "X-Request-ID: A, b", "ETag: x", "DNT: 1", person=p),
    "lower-case": lambda p: (
        b"POST /seen HTTP/1.1\r\nhost: web\r\nuser-agent: node\r\ncontent-length: 5\r\nx-dev: %b\r\n\r\n\x00\r\n\nX"
        % (p or "nobody").encode()
    ),
    "repeated": lambda p: request("GET /seen HTTP/1.1", "Cookie: a", "Accept: b", "Cookie: c,d", "Accept: ", person=p),
    "post": lambda p: request("POST /seen HTTP/1.1", "Content-Length: 5", person=p, body=b"\x00\r\n\xffx"),
    "put-large": lambda p: request(
        "PUT /seen HTTP/1.1", "Content-Length: 500000", person=p, body=b"0123456789" * 50000
    ),
    "odd-method": lambda p: request("PURGE /seen HTTP/1.1", person=p),
    "20-kb-headers": lambda p: request(
        "GET /seen HTTP/1.1", *(f"Cookie: {n}={'x' * 4000}" for n in range(5)), person=p
    ),
    "64-kb-headers": lambda p: request("GET /seen HTTP/1.1", f"Cookie: {'y' * 65000}", person=p),
    "many-headers": lambda p: request("GET /seen HTTP/1.1", *(f"x-{n}: {n}" for n in range(500)), person=p),
    "chunked-answer": lambda p: request("GET /chunked HTTP/1.1", "TE: trailers", person=p),
    "events": lambda p: request("GET /events HTTP/1.1", person=p),
    "not-modified": lambda p: request("GET /empty HTTP/1.1", 'If-None-Match: "x"', person=p),
    "options": lambda p: request("OPTIONS * HTTP/1.1", person=p),
    "long-path": lambda p: request(f"GET /seen/{'p' * 20000} HTTP/1.1", person=p),
}


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada", "grace"])
@pytest.mark.parametrize("kind", REQUESTS)
def test_every_request_passes_as_it_was(home: House, kind: str, person: str) -> None:
    asked = REQUESTS[kind](person)
    with home.line(INTERCEPTED) as line, home.line(TWIN) as twin:
        for _ in range(2):  # on one connection
            same(line.ask(asked), twin.ask(asked), person, home)


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada", "grace"])
def test_head_and_old_http(home: House, person: str) -> None:
    head = request("HEAD /seen HTTP/1.1", person=person)
    # HAProxy tells a server of old HTTP to keep the connection; the body says so, and is compared without it.
    old = request("GET /seen HTTP/1.0", "Connection: keep-alive", person=person)
    with home.line(INTERCEPTED) as line, home.line(TWIN) as twin:
        same(line.ask(head, head_only=True), twin.ask(head, head_only=True), person, home)
        same(line.ask(old), twin.ask(old), person, home)


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada", "grace"])
def test_a_chunked_body_that_comes_slowly(home: House, person: str) -> None:
    def ask(line: Line) -> Heard:
        line.send(request("POST /seen HTTP/1.1", "Transfer-Encoding: chunked", person=person))
        for part in (b"one", b"2" * 30000, b"three"):
            line.send(b"%x\r\n%b\r\n" % (len(part), part))
            time.sleep(0.02)
        return line.ask(b"0\r\n\r\n")

    with home.line(INTERCEPTED) as line, home.line(TWIN) as twin:
        same(ask(line), ask(twin), person, home)


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada", "grace"])
def test_a_caller_waits_for_100_continue(home: House, person: str) -> None:
    def ask(line: Line) -> tuple[bytes, Heard]:
        line.send(request("POST /seen HTTP/1.1", "Content-Length: 4", "Expect: 100-continue", person=person))
        interim = line.readline() + line.readline()
        return interim, line.ask(b"body")

    with home.line(INTERCEPTED) as line, home.line(TWIN) as twin:
        (interim, heard), (direct_interim, direct) = ask(line), ask(twin)
        assert interim == direct_interim == b"HTTP/1.1 100 Continue\r\n\r\n"
        same(heard, direct, person, home)


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada", "grace"])
def test_events_come_one_by_one(home: House, person: str) -> None:
    with home.line(INTERCEPTED) as line:
        line.send(request("GET /events?count=3&pause=1.5 HTTP/1.1", person=person))
        while line.readline() != b"\r\n":
            pass
        moments = []
        for number in range(3):
            assert int(line.readline(), 16)
            assert line.readline() == b"data: %d\n" % number
            assert line.readline() == b"\n"
            line.readline()
            moments.append(time.monotonic())
    assert all(after - before > 0.5 for before, after in itertools.pairwise(moments)), "not kept back"


def upgrade(person: str) -> bytes:
    return request(
        "GET /socket HTTP/1.1",
        *("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {KEY.decode()}"),
        *("Sec-WebSocket-Version: 13", "Origin: http://web"),
        person=person,
    )


def echoes(line: Line) -> None:
    frame = b"\x82\xfe\x01\x00mask" + os.urandom(256)
    for _ in range(3):
        line.send(frame)
        assert line.recv(len(frame)) == frame


@contextlib.contextmanager
def websocket(house: House, person: str) -> Iterator[Line]:
    """One that is open."""
    with house.line(INTERCEPTED) as line:
        assert line.ask(upgrade(person)).who == who(person, house)
        echoes(line)
        yield line


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada", "grace"])
def test_a_websocket(home: House, person: str) -> None:
    with home.line(INTERCEPTED) as line, home.line(TWIN) as twin:
        same(line.ask(upgrade(person)), twin.ask(upgrade(person)), person, home)
        echoes(line)


def test_each_request_of_one_connection_goes_its_own_way(home: House) -> None:
    order = ["", "ada", "grace", "", "grace", "ada", "ada", ""]
    with home.line(INTERCEPTED) as line, home.line(TWIN) as twin:
        for person, kind in zip(order, itertools.cycle(["get", "post", "chunked-answer"])):
            asked = REQUESTS[kind](person)
            same(line.ask(asked), twin.ask(asked), person, home)
        assert line.ask(request("GET /seen HTTP/1.1", "x-dev: adam")).who == who("", home), "matched whole"
        assert line.ask(request("GET /seen HTTP/1.1", "x-dev: a, ada")).who == who("", home), "commas split nothing"


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada", "grace"])
def test_grpc_unary_streams_trailers_errors(home: House, person: str) -> None:
    header = ["x-dev", person] if person else []
    found, direct = home.rpc(INTERCEPTED, *header), home.rpc(TWIN, *header)

    assert {name: dict(call[3])["x-who"] for name, call in found.items()} == dict.fromkeys(found, who(person, home))
    assert _anonymous(found) == _anonymous(direct)
    assert found["Fail"][1] == "StatusCode.INVALID_ARGUMENT"
    assert ["x-last", "2"] in found["Stream"][4]


def _anonymous(calls: dict[str, list[object]]) -> dict[str, list[object]]:
    return {
        name: [[one for one in part if one[:1] != ["x-who"]] if isinstance(part, list) else part for part in call]
        for name, call in calls.items()
    }


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada", "grace"])
async def test_every_request_of_http2_passes_as_it_was(home: House, person: str) -> None:
    await compare_http2(home, [person], {who("", home)})


async def test_each_request_of_one_http2_connection_goes_its_own_way(home: House) -> None:
    for _ in range(2):
        await compare_http2(home, PERSONS, {who("", home)})


async def compare_http2(home: House, persons: Sequence[str], others: frozenset[str] | set[str]) -> None:
    """Every kind of request, of each person in turn, on one connection; a passer-by is answered by one of `others`."""
    async with home.http2(INTERCEPTED) as line, home.http2(TWIN) as twin:
        for kind, asked in HTTP2_REQUESTS.items():
            for person in persons:
                heard, direct = await asked.on(line, person), await asked.on(twin, person)
                assert heard.value("x-who") in ({person} if person else others), kind
                assert heard.anonymous == direct.anonymous, kind


def test_the_answer_says_which_requests_and_a_curl_line_that_works(home: House) -> None:
    answer = home.answers["ada"]
    assert (answer["mechanism"], answer["drain"]) == ("http", "none")
    assert answer["headers"] == [{"name": "x-dev", "value": "ada"}]
    words = shlex.split(answer["curl"])
    host = f"web.{home.namespace.name}"
    assert words == ["curl", "-H", "x-dev: ada", f"http://{host}:80/"]
    # The node has no names of Services: it is told the one.
    told = ["--silent", "--include", "--resolve", f"{host}:80:{home.address(INTERCEPTED)}", "--max-time", "10"]
    run = [*home.cluster.node_prefix(), words[0], *told, *words[1:]]
    said = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    assert "x-who: ada" in said.lower(), said


def until_versions_are_known(home: House) -> list[bool | None]:
    def versions() -> list[bool | None]:
        (own,) = [one for one in home.ada.intercepts() if one["metadata"]["name"] == "ada"]
        return [port.get("http2") for port in own["status"]["ports"]]

    known: list[bool | None] = eventually(lambda: None not in (found := versions()) and found)
    return known


def test_which_version_of_http_a_port_speaks_is_found_out(home: House) -> None:
    assert until_versions_are_known(home) == [False, True, True]


def test_a_handler_of_another_version_of_http_is_told(home: House) -> None:
    until_versions_are_known(home)
    port = home.ada.free_port()
    run = f"exec {shlex.quote(sys.executable)} -m http.server {port} --bind 127.0.0.1"
    headers = [{"name": "x-dev", "value": "older"}]
    intercept = {"name": "older", "handler": "old", "port": "grpc", "localPort": port, "headers": headers}
    specification = {
        "connection": {"namespace": home.namespace.name},
        "handlers": [{"name": "old", "script": {"run": run, "shell": "sh"}}],
        "workloads": [{"name": INTERCEPTED, "intercepts": [intercept]}],
    }
    file = home.ada.folder / "older.ispec.yaml"
    file.write_text(json.dumps(specification))
    running = home.ada.start_telelens("intercept", "run", file)
    try:
        running.line(f"speaks HTTP/2, the program on 127.0.0.1:{port} HTTP/1.1")
        running.line("ready")
        (own,) = [one for one in home.ada.status()["intercepts"] if one["name"] == "older"]
        assert f"the program on 127.0.0.1:{port} HTTP/1.1" in own["message"]
    finally:
        running.interrupt()
        assert running.wait() == 0


def test_a_filter_comes_and_goes_while_a_stream_runs(home: House) -> None:
    """Nothing is reloaded: streams, matched or not, do not even notice."""
    asked = [request("GET /events?count=60&pause=0.1&until=left HTTP/1.1", person=person) for person in ("", "ada")]
    with (
        contextlib.ExitStack() as stack,
        home.line(INTERCEPTED) as unmatched,
        home.line(INTERCEPTED) as matched,
        home.line(INTERCEPTED) as new,
    ):
        for line, text in zip((unmatched, matched), asked, strict=True):
            line.send(text)
        speak_first(new, home)
        sockets = [stack.enter_context(websocket(home, person)) for person in ("", "ada")]
        desk = home.grace
        own = ("--workload", INTERCEPTED, "--http-header", "auto", "--http-path-prefix", "/who")
        server = desk.local_server("second")
        made = desk.intercept("more", *own, port=f"{server.port}:http")
        assert made["path"] == {"kind": "prefix", "value": "/who"}
        header = made["headers"][0]
        assert header["name"] == "x-telepresence-intercept-id"
        personal = f"x-telepresence-intercept-id: {header['value'].replace(chr(92), '')}"
        assert new.ask(request("GET /who HTTP/1.1", personal)).who == "second"
        assert new.ask(request("GET /seen HTTP/1.1", personal)).who == who("", home)
        assert new.ask(request("GET /who HTTP/1.1")).who == who("", home)
        desk.leave("more")
        server.close()
        eventually(lambda: new.ask(request("GET /who HTTP/1.1", personal)).who == who("", home))
        for one in sockets:
            echoes(one)
        end_streams(new, "left", home)
        for line in (unmatched, matched):
            hear_every_event(line, at_least=60)


def speak_first(line: Line, house: House) -> None:
    """Else, silent while commands run, it would be given to the application for good after some seconds."""
    assert line.ask(request("GET /who HTTP/1.1")).who == who("", house)


def end_streams(line: Line, name: str, house: House) -> None:
    """Those of that name, of a passer-by and of Ada: until now they ran, however long everything took."""
    for person in ("", "ada"):
        assert line.ask(request(f"GET /end?of={name} HTTP/1.1", person=person)).who == who(person, house)


def hear_every_event(line: Line, *, at_least: int) -> None:
    """Up to the end of the stream."""
    body = line.hear().body
    count = body.count(b"data: ")
    assert count >= at_least
    assert body == b"".join(b"data: %d\n\n" % number for number in range(count))


@pytest.mark.slow
def test_a_filter_comes_while_a_minute_of_a_stream_runs(home: House) -> None:
    server = home.grace.local_server("more")
    with home.line(INTERCEPTED) as matched, home.line(INTERCEPTED) as unmatched, home.line(INTERCEPTED) as new:
        for line, person in ((matched, "ada"), (unmatched, "")):
            line.send(request("GET /events?count=120&pause=0.5&until=minute HTTP/1.1", person=person))
        speak_first(new, home)
        for number in range(5):
            name, asked = f"more-{number}", request("GET /who HTTP/1.1", f"x-more-{number}: 1")
            header = ("--workload", INTERCEPTED, "--http-header", f"x-more-{number}=1")
            home.grace.intercept(name, *header, port=f"{server.port}:http")
            assert new.ask(asked).who == "more", "in force at once"
            home.grace.leave(name)
            eventually(lambda asked=asked: new.ask(asked).who == who("", home))  # and no more
        end_streams(new, "minute", home)
        for line in (matched, unmatched):
            hear_every_event(line, at_least=120)
    server.close()


BOTH = {"x-dev": "special", "x-team": "blue"}
PATHS = {
    "pathPrefix": ("/api", ["/api", "/api/1?a=b", "/apis"], ["/ap", "/x/api"]),
    "pathEqual": ("/exact", ["/exact", "/exact?a=b"], ["/exact/", "/exac"]),
    "pathRegexp": ("/v[0-9]+/.*", ["/v12/", "/v1/x?a"], ["/v/", "/v1", "/x/v1/"]),
}


@contextlib.contextmanager
def specified(home: House, match: dict[str, object]) -> Iterator[None]:
    """A specification of Grace's that runs, whose handler, `mine`, answers the requests that match."""
    grace, port = home.grace, home.grace.free_port()
    program = shlex.join([sys.executable, "-u", str(manifests.PROGRAMS / "protocols.py")])
    run = f"exec {program} --who mine --host 127.0.0.1 --port {port}"
    intercept = {"name": "specified", "port": "http", "handler": "mine", "localPort": port, **match}
    text = {
        "name": "specified",
        "connection": {"namespace": home.namespace.name},
        "handlers": [{"name": "mine", "script": {"run": run, "shell": "sh"}}],
        "workloads": [{"name": INTERCEPTED, "intercepts": [intercept]}],
    }
    file = grace.folder / "specified.ispec.yaml"
    file.write_text(json.dumps(text))
    running = grace.start_telelens("intercept", "run", file)
    try:
        running.line("listening on")
        yield
    finally:
        running.interrupt()
        assert running.wait() == 0


@pytest.mark.parametrize("key", PATHS)
def test_a_specification_with_headers_and_a_path(home: House, key: str) -> None:
    value, taken, left = PATHS[key]
    both = [f"{name}: {text}" for name, text in BOTH.items()]
    headers = [{"name": "x-dev", "value": "spec.*"}, {"name": "x-team", "value": "blue"}]
    with specified(home, {"headers": headers, key: value}):
        eventually(lambda: home.place().ask(taken[0], headers=BOTH).who == "mine")
        with home.line(INTERCEPTED) as line:

            def answered(path: str, *fields: str) -> str:
                return line.ask(request(f"GET {path} HTTP/1.1", *fields)).who

            assert {path: answered(path, *both) for path in taken} == dict.fromkeys(taken, "mine")
            assert {path: answered(path, *both) for path in left} == dict.fromkeys(left, who("", home))
            for one in ((), both[:1], both[1:], ("x-dev: other", both[1])):
                assert answered(taken[0], *one) == who("", home), one
    with home.line(INTERCEPTED) as line:
        eventually(lambda: line.ask(request(f"GET {taken[0]} HTTP/1.1", *both)).who == who("", home))


def test_a_specification_with_a_value_that_is_its_own(home: House) -> None:
    with specified(home, {"headers": [{"name": "x-mine", "value": "auto"}]}):
        (own,) = [one for one in home.grace.status()["intercepts"] if one["name"] == "specified"]
        (header,) = own["headers"]
        assert header["name"] == "x-mine"
        value = header["value"].replace("\\", "")
        assert value not in ("", "auto")
        with home.line(INTERCEPTED) as line:
            assert line.ask(request("GET /who HTTP/1.1", f"x-mine: {value}")).who == "mine"
            assert line.ask(request("GET /who HTTP/1.1", "x-mine: auto")).who == who("", home)
            assert line.ask(request("GET /who HTTP/1.1")).who == who("", home)


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("x-dev=(a+)+", "nested"),
        ("x-dev=(", "without its )"),
        ("x-dev=a\nb", "control character"),
        (r"x-dev=\Qa\E", r"\Q"),
        ("x dev=a", "name"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_at_once(home: House, flag: str, said: str) -> None:
    result = home.grace.telelens("intercept", "bad", "--workload", INTERCEPTED, "--http-header", flag)
    assert result.code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_pattern_past_the_command_line_hurts_its_owner_alone(home: House) -> None:
    """Whoever writes the object himself meets the manager."""
    (own,) = [one for one in home.grace.intercepts() if one["metadata"]["name"] == "grace"]
    spec = own["spec"] | {"match": {"headers": [{"name": "x-burn", "regex": "(x+x+)+y"}]}}
    burning = {key: own[key] for key in ("apiVersion", "kind")} | {"metadata": {"name": "burning"}, "spec": spec}
    home.grace.kubectl.run("create", "--filename", "-", "--namespace", home.namespace.name, stdin=json.dumps(burning))
    try:

        def phases() -> dict[str, str | None]:
            return {one["metadata"]["name"]: one.get("status", {}).get("phase") for one in home.grace.intercepts()}

        eventually(lambda: phases()["burning"] == "AGENT_ERROR")
        with home.line(INTERCEPTED) as line:
            assert line.ask(request("GET /seen HTTP/1.1", f"x-burn: {'x' * 5000}")).who == who("", home)
            assert line.ask(request("GET /seen HTTP/1.1", person="grace")).who == "grace"
    finally:
        home.grace.kubectl.run("delete", "intercept.telelens.dev", "burning", "--namespace", home.namespace.name)


def test_what_burns_without_being_nested_is_stopped(home: House) -> None:
    """(x|x)* is allowed, and would take PCRE2 for ever: after some steps it counts as not matching."""
    home.grace.intercept("slow", "--workload", INTERCEPTED, "--http-header", "x-burn=(x|x)*y", port="20002:http")
    agent, burning = Agent(home.namespace, home.pod()), request("GET /seen HTTP/1.1", f"x-burn: {'x' * 50}")

    def burn() -> set[str]:
        with home.line(INTERCEPTED) as line:
            return {line.ask(burning).who for _ in range(100)}

    try:
        before = agent.haproxy_seconds()
        with ThreadPoolExecutor() as pool, home.line(INTERCEPTED) as line:
            burnt = [pool.submit(burn) for _ in range(3)]
            answered = {line.ask(request("GET /seen HTTP/1.1", person="ada")).who for _ in range(20)}
        assert answered == {"ada"}, "meanwhile"
        assert [one.result() for one in burnt] == [{who("", home)}] * 3
        # It takes some hundredths of a second; with PCRE2's own limit of steps it would take seven.
        assert 0 < agent.haproxy_seconds() < before + 1
    finally:
        home.grace.leave("slow")


def test_a_value_with_quotes_and_blanks(home: House) -> None:
    port, *more = (one["localPort"] for one in home.answers["grace"]["ports"])
    home.grace.leave("grace")
    try:
        home.grace.intercept(
            "quoted", "--workload", INTERCEPTED, "-m", "x-text", r"""a "b" 'c' #d \\ <<.*""", port=f"{port}:http"
        )
        with home.line(INTERCEPTED) as line:
            text = r"""x-text: a "b" 'c' #d \ << anything"""
            assert line.ask(request("GET /seen HTTP/1.1", text)).who == "grace"
            assert line.ask(request("GET /seen HTTP/1.1", text.replace('"', ""))).who == who("", home)
    finally:
        home.grace.leave("quoted")
        intercept_own(home.grace, [port, *more])


@pytest.mark.parametrize(
    ("more", "names"),
    [
        (("--http-header", "x-dev=ada"), ["ada@", "x-dev"]),
        (("--http-header", "x-dev=ada", "--http-header", "x-team=blue"), ["ada@"]),
        (("--mechanism", "http"), ["ada@"]),
        ((), ["ada@"]),
    ],
    ids=["the-same", "fewer-of-the-same", "every-request", "every-connection"],
)
def test_what_another_has_is_refused_with_name_and_age(home: House, more: tuple[str, ...], names: list[str]) -> None:
    refused = home.grace.try_intercept("too", "--workload", INTERCEPTED, *more, port="20001:http")
    assert re.search(r"\bfor \d+ (second|minute|hour)s?\b", refused.failed().about(*names).message)


def adas_answers(home: House) -> str:
    """Who answers a request with her header; "" when nobody does."""
    try:
        return home.place().ask("/seen", headers={"x-dev": "ada"}).who
    except CallFailed:
        return ""


def answering_since(load: Load) -> float:
    """Now, on the load's own clock; returns when it has got some answers more."""
    report = load.report()
    answers = sum(report.answered.values())
    eventually(lambda: sum(load.report().answered.values()) > answers + 20)
    return report.seconds


def test_haproxy_killed(home: House, note: Note) -> None:
    agent = Agent(home.namespace, home.pod())
    load = home.place().load(workers=2, path="/seen")
    matched = home.place().load(workers=2, path="/seen", headers={"x-dev": "ada"})
    eventually(lambda: matched.report().answered.get("ada", 0) > 20)

    agent.kill_haproxy()

    def passer_by() -> str:
        try:
            with home.line(INTERCEPTED) as line:
                return line.ask(request("GET /seen HTTP/1.1")).who
        except OSError:
            return ""

    eventually(lambda: passer_by() == who("", home))
    eventually(lambda: adas_answers(home) == "ada")
    back = {"requests": answering_since(load), "matched requests": answering_since(matched)}
    for kind, counted in (("requests", load.stop()), ("matched requests", matched.stop())):
        note(kind, counted.summary)
        assert all(one["at"] <= back[kind] for one in counted.failures), f"none after it was back: {counted}"
        assert set(counted.answered) <= {who("", home), *(["ada"] if kind != "requests" else [])}, str(counted)
        assert counted.turns[-1][1] == ("ada" if kind != "requests" else who("", home)), str(counted)


def test_the_agent_killed(home: House, note: Note) -> None:
    agent = Agent(home.namespace, home.pod())
    load = home.place().load(workers=2, path="/seen")
    with home.line(INTERCEPTED) as line:
        assert line.ask(request("GET /seen HTTP/1.1")).who == who("", home)
        agent.kill()
        assert line.ask(request("GET /seen HTTP/1.1")).who == who("", home), "an open connection goes on"
    eventually(lambda: adas_answers(home) == "ada")
    back = answering_since(load)
    counted = load.stop()
    note("requests", counted.summary)
    assert all(one["at"] <= back for one in counted.failures), f"none after it was back: {counted}"


@pytest.fixture
def three_replicas(home: House) -> Iterator[frozenset[str]]:
    """Names of the pods, each with its agent."""

    def pods() -> frozenset[str]:
        found = home.namespace.get("pods", "--selector", f"app={INTERCEPTED}")
        return frozenset(pod["metadata"]["name"] for pod in found if "deletionTimestamp" not in pod["metadata"])

    def reached() -> bool:
        """Whether each desk has a tunnel to each of them."""
        return all(
            {pod["name"] for pod in one["pods"] if pod["connected"]} == pods()
            for desk in (home.ada, home.grace)
            for one in desk.status()["intercepts"]
        )

    def scale(replicas: int) -> None:
        home.namespace.run("scale", f"deployment/{INTERCEPTED}", f"--replicas={replicas}")
        home.namespace.wait_ready(f"deployment/{INTERCEPTED}")
        eventually(lambda: len(pods()) == replicas and reached())

    scale(3)
    try:
        yield pods()
    finally:
        scale(1)


async def test_three_replicas_are_one_service_in_every_dialect(home: House, three_replicas: frozenset[str]) -> None:
    answered = set()
    for person, kind in itertools.product(PERSONS, REQUESTS):
        asked = REQUESTS[kind](person)
        with home.line(INTERCEPTED) as line, home.line(TWIN) as twin:
            first, second, direct = line.ask(asked), line.ask(asked), twin.ask(asked)
        assert first.anonymous == second.anonymous == direct.anonymous
        assert first.who == second.who
        if person:
            assert first.who == person
        else:
            answered.add(first.who)
    assert answered <= three_replicas
    assert len(answered) > 1
    for person in PERSONS:
        with home.line(INTERCEPTED) as line:
            assert line.ask(upgrade(person)).who in ({person} if person else three_replicas)
            echoes(line)
        header = ["x-dev", person] if person else []
        found, direct = home.rpc(INTERCEPTED, *header), home.rpc(TWIN, *header)
        assert {dict(call[3])["x-who"] for call in found.values()} <= ({person} if person else three_replicas)
        assert _anonymous(found) == _anonymous(direct)
    await compare_http2(home, PERSONS, three_replicas)


@pytest.mark.parametrize("replicas", [1, 3])
def test_two_developers_and_a_passer_by(namespace: Namespace, desk: Desk, second_desk: Desk, replicas: int) -> None:
    application = namespace.application(replicas=replicas, injected=False)
    for one in (desk, second_desk):
        one.intercept(
            one.name, "--workload", "echo", "--http-header", f"x-dev={one.name}", port=one.local_server().port
        )

    place = application.service

    def answered(**headers: str) -> set[str]:
        return {place.who(headers=headers) for _ in range(60)}

    assert answered(**{"x-dev": "ada"}) == {"ada"}
    assert answered(**{"X-DEV": "grace"}) == {"grace"}
    assert answered() == application.pod_names()

    desk.leave("ada")
    # Each agent hears of it a moment later.
    eventually(lambda: answered(**{"x-dev": "ada"}) == application.pod_names())
    assert answered(**{"x-dev": "grace"}) == {"grace"}
