"""Requests within TLS, at an agent as a process in a pod's network: whose they are, and what both ends see."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from agentbench import (
    PATIENCE,
    AgentBench,
    Echo,
    HaproxyPlace,
    HttpEcho,
    Identity,
    Lane,
    intercept,
    is_there,
    make_identity,
    until,
)
from fixtures.authority import Authority, Pair, caller_context, keep
from fixtures.http_bytes import Heard, Line, Place, line_to
from fixtures.manifests import PROGRAMS
from fixtures.pod import NEEDS_ROOT
from podnet import PodNetwork
from telelens_cluster.agent.http.haproxy_config import SILENT_SECONDS
from telelens_cluster.agent.http.tls.ending import LOOK_SECONDS
from telelens_schemas.wire.stream import Stream
from telelens_schemas.wire.tunnel_pb2 import HttpHeader, HttpMatch

pytestmark = [pytest.mark.cluster, NEEDS_ROOT]

PORT, RPC, TWIN, TWIN_RPC = 8443, 9443, 8444, 9444
NAME = "web.test"
ANNOTATION = "telelens.dev/inject-{}-tls-secret"


def named(*purposes: str) -> dict[str, object]:
    """What the injector says of annotations."""
    return {one: {"annotation": ANNOTATION.format(one), "secret": f"{one}-secret"} for one in purposes}


@dataclass
class Scene:
    """A pod with an application that speaks TLS, its twin that nobody intercepts, and Ada."""

    bench: AgentBench
    folder: Path
    ada: Identity
    authority: Authority = field(default_factory=Authority)
    lane: Lane | None = None

    def __post_init__(self) -> None:
        self.own = self.authority.issue("application", NAME)
        self.given = self.authority.issue("given", NAME)
        self.processes: list[subprocess.Popen[str]] = []

    async def start_application(self, *more: str, pair: Pair | None = None, authority: Authority | None = None) -> None:
        """``protocols.py``, its twin, and once more for IPv6."""
        files = self.folder / "application"
        keep(files, (pair or self.own).secret(authority or self.authority))
        place = self.bench.network.pod
        for host, port, rpc in ((place.ip, PORT, [RPC]), (place.ip, TWIN, [TWIN_RPC]), (place.ip6, PORT, [])):
            ports = ["--port", str(port), *(f"--rpc={one}" for one in rpc), "--tls", str(files), *more]
            command = [sys.executable, "-u", str(PROGRAMS / "protocols.py"), "--who", "app", "--host", host, *ports]
            process = subprocess.Popen(  # noqa: ASYNC220
                ["nsenter", f"--net=/run/netns/{place.name}", *command], stdout=subprocess.PIPE, text=True
            )
            self.processes.append(process)
            assert process.stdout
            assert "listening" in await asyncio.to_thread(process.stdout.readline)

    def secret(self, purpose: str, data: dict[str, str]) -> None:
        """The kubelet brings a version of it."""
        keep(self.bench.secrets / purpose, data)

    async def intercept(self, port: int = PORT, *, person: str = "ada") -> None:
        """Ada has requests with her header, or with that of somebody else."""
        found = intercept("a", "ada", self.ada, port=port)
        found.mechanism = "http"
        found.match.CopyFrom(HttpMatch(headers=[HttpHeader(name="x-dev", regex=person)]))
        self.bench.manager.say(found)
        await self.bench.manager.applied()

    async def join(self, answers: type[Echo] | None = None) -> Lane:
        """Ada's workstation is there."""
        self.lane = await self.bench.join("ada", self.ada, answers=answers or partial(HttpEcho, b"ada"))
        await until(lambda: self.bench.manager.reaches("ada"))
        return self.lane

    def context(self, pair: Pair | None = None, authority: Authority | None = None) -> ssl.SSLContext:
        """Of a caller."""
        return caller_context(authority or self.authority, pair, folder=self.folder)

    @contextlib.contextmanager
    def line(
        self, port: int = PORT, tls: ssl.SSLContext | None = None, host: str = "", name: str = NAME
    ) -> Iterator[Line]:
        """A connection within TLS."""
        place, pod = self.bench.network.neighbour, self.bench.network.pod
        with line_to(place.name, host or pod.ip, port, tls=tls or self.context(), name=name) as line:
            yield line

    async def shown(self, tls: ssl.SSLContext | None = None) -> bytes:
        """The certificate that a caller meets."""

        def look() -> bytes:
            with self.line(tls=tls) as line:
                return line.tls.getpeercert(binary_form=True) or b""

        return await asyncio.to_thread(look)

    async def until_shown(self, pair: Pair, tls: ssl.SSLContext | None = None) -> None:
        """Wait until callers meet this one."""

        async def is_shown() -> bool:
            return await self.shown(tls) == pair.der

        await until(is_shown)

    async def who(self, person: str = "ada", *, tls: ssl.SSLContext | None = None) -> str:
        """Who answers a request on a connection of its own."""

        def ask() -> str:
            with self.line(tls=tls) as line:
                return line.ask(request("GET /seen HTTP/1.1", person=person)).who

        return await asyncio.to_thread(ask)

    async def until_answered_by(self, who: str) -> None:
        """Wait until Ada's requests are."""

        async def is_answered() -> bool:
            return await self.who() == who

        await until(is_answered)

    @property
    def error(self) -> str:
        """What the agent says of Ada's intercept."""
        return "".join(one.error for one in self.bench.manager.status.intercepts)


def request(line: str, *fields: str, person: str = "", body: bytes = b"") -> bytes:
    own = [f"X-Dev: {person}"] if person else []
    return "\r\n".join([line, f"Host: {NAME}", *fields, *own, "", ""]).encode() + body


@pytest.fixture
async def scene(network: PodNetwork, tmp_path: Path) -> AsyncIterator[Scene]:
    """Without agent and application yet: each test says which."""
    async with AgentBench(network, tmp_path) as bench:
        bench.install_table()
        scene = Scene(bench, tmp_path, make_identity(tmp_path, "ada"))
        try:
            yield scene
        finally:
            for process in scene.processes:
                process.terminate()
                await asyncio.to_thread(process.wait, 10)
                assert process.stdout
                process.stdout.close()


@pytest.fixture
async def home(scene: Scene) -> Scene:
    """All is well: the Secret is there, Ada, too."""
    scene.secret("terminating", scene.given.secret())
    await scene.start_application()
    await scene.bench.start_agent(named("terminating"))
    await scene.intercept()
    await scene.join()
    return scene


async def test_each_request_of_one_connection_is_judged_by_itself(home: Scene) -> None:
    def ask() -> list[str]:
        with home.line() as line:
            people = ("ada", "", "grace", "ada", "")
            return [line.ask(request("GET /seen HTTP/1.1", person=person)).who for person in people]

    assert await asyncio.to_thread(ask) == ["ada", "app", "app", "ada", "app"]
    assert await home.shown() == home.given.der, "that of the Secret"
    assert not home.error
    assert dict(home.bench.manager.status.http2) == {PORT: False}


REQUESTS = {
    "get": request("GET /seen?a=%20b&c=d;e#f HTTP/1.1", "User-Agent: Test/1", "Accept: */*", "ETag: x"),
    "lower-case": b"POST /seen HTTP/1.1\r\nhost: web\r\ncontent-length: 5\r\nx-dev: nobody\r\n\r\n\x00\r\n\nX",
    "repeated": request("GET /seen HTTP/1.1", "Cookie: a", "Accept: b", "Cookie: c,d"),
    "forwarded": request("GET /seen HTTP/1.1", "X-Forwarded-Proto: http"),
    "put-large": request("PUT /seen HTTP/1.1", "Content-Length: 500000", body=b"0123456789" * 50000),
    "64-kb-headers": request("GET /seen HTTP/1.1", f"Cookie: {'y' * 65000}"),
    "chunked-answer": request("GET /chunked HTTP/1.1", "TE: trailers"),
    "chunked": request("POST /seen HTTP/1.1", "Transfer-Encoding: chunked", body=b"3\r\none\r\n0\r\n\r\n"),
    "events": request("GET /events HTTP/1.1"),
    "session": request("GET /session HTTP/1.1"),
    "websocket": request(
        "GET /socket HTTP/1.1",
        *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
    ),
}


@pytest.mark.parametrize("kind", REQUESTS)
async def test_everybody_elses_requests_pass_as_they_were(home: Scene, kind: str) -> None:
    """To the last byte; the application sees the name that the caller asked for, and the protocol."""

    def both() -> tuple[list[Heard], list[Heard]]:
        with home.line() as line, home.line(TWIN) as twin:
            asked = [REQUESTS[kind]] * (1 if kind == "websocket" else 2)
            found = [line.ask(one).anonymous for one in asked], [twin.ask(one).anonymous for one in asked]
            if kind == "websocket":
                frame = b"\x82\xfe\x01\x00mask" + os.urandom(256)
                line.send(frame)
                assert line.recv(len(frame)) == frame
            return found

    heard, direct = await asyncio.to_thread(both)
    assert heard == direct
    if kind == "session":
        assert json.loads(heard[0].body) == {"alpn": "http/1.1", "name": NAME, "caller": None}


async def test_names_of_an_answer_are_written_as_the_application_does(scene: Scene) -> None:
    """Those of the others have capitals, and are compared above."""
    scene.secret("terminating", scene.given.secret())
    folder = scene.folder / "lower"
    keep(folder, scene.own.secret(scene.authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    said = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nx-who: app\r\ncontent-length: 0\r\n\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(said)
        writer.close()

    await scene.bench.serve(PORT, answer, tls=context)
    await scene.bench.start_agent(named("terminating"))
    await scene.intercept()
    await scene.join()
    assert await scene.who() == "ada"

    def ask() -> Heard:
        with scene.line() as line:
            return line.ask(request("GET / HTTP/1.1"))

    heard = await asyncio.to_thread(ask)
    assert heard.fields == (b"content-type: text/plain", b"x-who: app", b"content-length: 0")
    assert await scene.shown() == scene.given.der, "by way of HAProxy"


async def test_the_desk_gets_clear_text_and_is_told_that_it_was_tls(home: Scene) -> None:
    def ask(*fields: str) -> bytes:
        with home.line() as line:
            return line.ask(request("GET /seen HTTP/1.1", *fields, person="ada")).body

    assert (
        await asyncio.to_thread(ask)
        == request("GET /seen HTTP/1.1", person="ada").removesuffix(b"\r\n") + b"X-Forwarded-Proto: https\r\n\r\n"
    )
    own = request("GET /seen HTTP/1.1", "X-Forwarded-Proto: h3", person="ada")
    assert await asyncio.to_thread(ask, "X-Forwarded-Proto: h3") == own


def rpc(scene: Scene, port: int, *header: str) -> subprocess.CompletedProcess[str]:
    """A caller of HTTP/2: every kind of call of gRPC, as JSON."""
    ca = scene.folder / "ca.pem"
    ca.write_text(scene.authority.certificate)
    target = f"{scene.bench.network.pod.ip}:{port}"
    command = [sys.executable, str(PROGRAMS / "rpc_caller.py"), "--tls", str(ca), NAME, target, *header]
    namespace = f"--net=/run/netns/{scene.bench.network.neighbour.name}"
    return subprocess.run(["nsenter", namespace, *command], capture_output=True, text=True, check=False, timeout=60)


class Raw(Echo):
    """Keeps what comes, says nothing, and ends."""

    heard = b""

    def data(self, stream: Stream, data: bytes) -> None:
        Raw.heard += data
        stream.reset("heard")


async def test_http2_stays_http2(scene: Scene) -> None:
    scene.secret("terminating", scene.given.secret())
    await scene.start_application()
    await scene.bench.start_agent(named("terminating"))
    await scene.intercept(RPC)
    await scene.join(lambda: Raw(b""))  # type: ignore[arg-type]
    assert dict(scene.bench.manager.status.http2) == {RPC: True}
    found, direct = [await asyncio.to_thread(rpc, scene, port) for port in (RPC, TWIN_RPC)]
    assert json.loads(found.stdout) == json.loads(direct.stdout)
    await asyncio.to_thread(rpc, scene, RPC, "x-dev", "ada")
    assert Raw.heard.startswith(b"PRI * HTTP/2.0")


async def test_a_caller_is_promised_no_more_than_the_application_speaks(home: Scene) -> None:
    def chosen() -> str | None:
        tls = home.context()
        tls.set_alpn_protocols(["h2", "http/1.1"])
        with home.line(tls=tls) as line:
            return line.tls.selected_alpn_protocol()

    assert await asyncio.to_thread(chosen) == "http/1.1"


async def test_without_the_annotation_tls_passes_untouched(scene: Scene) -> None:
    await scene.start_application()
    await scene.bench.start_agent()
    await scene.intercept()
    await scene.join()
    assert await scene.shown() == scene.own.der
    assert await scene.who() == "app"
    assert not scene.error


async def test_a_secret_that_is_missing_is_named_until_it_comes(scene: Scene) -> None:
    await scene.start_application()
    await scene.bench.start_agent(named("terminating"))
    await scene.intercept()
    await scene.join()
    assert "port 8443 speaks TLS, which passes untouched" in scene.error
    assert 'Secret "terminating-secret" (annotation telelens.dev/inject-terminating-tls-secret)' in scene.error
    assert await scene.shown() == scene.own.der
    assert await scene.who() == "app"
    scene.secret("terminating", scene.given.secret())
    await until(lambda: not scene.error)
    assert await scene.who() == "ada"
    assert await scene.shown() == scene.given.der


@pytest.mark.parametrize("also_authority", [False, True])
async def test_a_renewed_certificate_is_shown_at_once_and_disturbs_nobody(home: Scene, also_authority: bool) -> None:
    (process,) = home.bench.haproxies()
    authority = home.authority if also_authority else None
    renewed = home.authority.issue("renewed", NAME)

    def first(line: Line) -> str:
        return line.ask(request("GET /seen HTTP/1.1", person="ada")).who

    with contextlib.ExitStack() as stack:
        line = await asyncio.to_thread(lambda: stack.enter_context(home.line()))
        assert await asyncio.to_thread(first, line) == "ada"
        home.secret("terminating", renewed.secret(authority))
        await home.until_shown(renewed)
        assert await asyncio.to_thread(first, line) == "ada", "a connection that was open"
    assert await home.who() == "ada"
    assert home.bench.haproxies() == [process], "nothing was reloaded"


@pytest.mark.parametrize("broken", ["another-key", "no-pem"])
async def test_a_renewal_that_went_wrong_leaves_what_was_good(home: Scene, broken: str) -> None:
    other = home.authority.issue("other", NAME)
    key = other.key if broken == "another-key" else "nonsense"
    home.secret("terminating", {**home.given.secret(), "tls.key": key})
    await until(lambda: "cannot be used" in home.bench.log.read_text())
    assert await home.shown() == home.given.der
    assert await home.who() == "ada"
    home.secret("terminating", other.secret())
    await home.until_shown(other)


async def test_a_secret_that_goes_leaves_tls_untouched(home: Scene) -> None:
    home.secret("terminating", {})
    await until(lambda: "is not there" in home.error)
    assert await home.shown() == home.own.der
    assert await home.who() == "app"


async def test_who_speaks_clear_text_to_a_port_of_tls_meets_the_application(home: Scene) -> None:
    def answer(port: int, asked: bytes) -> bytes:
        heard = b""
        place = home.bench.network.neighbour
        with place.connect(home.bench.network.pod.ip, port) as caller, contextlib.suppress(ConnectionError):
            caller.sendall(asked)
            while part := caller.recv(1000):
                heard += part
        return heard

    nonsense = b"nonsense\r\n"
    assert await asyncio.to_thread(answer, PORT, nonsense) == await asyncio.to_thread(answer, TWIN, nonsense)
    asked = request("GET /seen HTTP/1.1", "Connection: close")
    heard = await asyncio.to_thread(answer, PORT, asked)
    assert heard.startswith(b"HTTP/1.1 502 "), "the application closes the connection, and HAProxy says so"


async def test_other_ports_than_those_of_tls_are_left_alone(scene: Scene) -> None:
    scene.secret("terminating", scene.given.secret())
    await scene.bench.start_http_application()
    await scene.bench.start_agent(named("terminating"))
    await scene.intercept(8090)
    await scene.join()
    assert not scene.error

    def ask() -> str:
        with line_to(scene.bench.network.neighbour.name, scene.bench.network.pod.ip, 8090) as line:
            return line.ask(request("GET / HTTP/1.1", person="ada")).who

    assert await asyncio.to_thread(ask) == "ada"


async def test_an_application_that_comes_later(scene: Scene) -> None:
    scene.secret("terminating", scene.given.secret())
    await scene.bench.start_agent(named("terminating"))
    await scene.intercept()
    await scene.join()
    await scene.start_application()
    await scene.until_shown(scene.given)
    assert await scene.who() == "ada"


class TestWhoAsksForCertificates:
    """An application that takes nobody without one."""

    async def start(self, scene: Scene, *purposes: str) -> None:
        self.pair = scene.authority.issue("somebody", "somebody.test")
        scene.secret("terminating", scene.given.secret(scene.authority))
        await scene.start_application("--mutual")
        await scene.bench.start_agent(named(*purposes))
        await scene.intercept()
        await scene.join()

    async def test_passes_untouched_where_none_is_given(self, scene: Scene) -> None:
        await self.start(scene, "terminating")
        assert "passes untouched: of its application, it refuses the agent, which shows no certificate" in scene.error
        assert "inject-originating-tls-secret" in scene.error
        mine = scene.context(self.pair)
        assert await scene.shown(mine) == scene.own.der
        assert await scene.who(tls=mine) == "app"

    async def test_gets_the_one_that_is_given_and_callers_need_theirs(self, scene: Scene) -> None:
        agents = scene.authority.issue("the-agent", "agent.test")
        scene.secret("originating", agents.secret())
        await self.start(scene, "terminating", "originating")
        mine = scene.context(self.pair)
        assert not scene.error
        assert await scene.who(tls=mine) == "ada"

        def session() -> dict[str, object]:
            with scene.line(tls=mine) as line:
                return dict(json.loads(line.ask(request("GET /session HTTP/1.1")).body))

        assert (await asyncio.to_thread(session))["caller"] == "the-agent", "a caller's own cannot be passed on"
        for person in ("ada", "grace"):
            with pytest.raises(ssl.SSLError, match="certificate required"):
                await scene.who(person)
        strangers = Authority("another")
        with pytest.raises(ssl.SSLError, match="unknown ca"):
            await scene.who(tls=scene.context(strangers.issue("stranger", "stranger.test")))

    async def test_renewals_of_everything_are_taken_up(self, scene: Scene) -> None:
        scene.secret("originating", scene.authority.issue("first", "agent.test").secret(scene.authority))
        await self.start(scene, "terminating", "originating")
        (process,) = scene.bench.haproxies()
        another = Authority("another")
        theirs = another.issue("somebody", "somebody.test")
        with pytest.raises(ssl.SSLError, match="unknown ca"):
            await scene.who(tls=scene.context(theirs))
        scene.secret("originating", scene.authority.issue("second", "agent.test").secret(scene.authority))
        renewed = scene.authority.issue("renewed", NAME)
        scene.secret("terminating", renewed.secret(another))
        await scene.until_shown(renewed, scene.context(theirs))
        assert await scene.who(tls=scene.context(theirs)) == "ada"

        def caller() -> object:
            with scene.line(tls=scene.context(theirs)) as line:
                return json.loads(line.ask(request("GET /session HTTP/1.1")).body)["caller"]

        assert await asyncio.to_thread(caller) == "second"
        assert scene.bench.haproxies() == [process]

    async def test_stays_closed_where_callers_cannot_be_checked(self, scene: Scene) -> None:
        scene.secret("originating", scene.authority.issue("the-agent", "agent.test").secret())
        await self.start(scene, "terminating", "originating")
        scene.secret("terminating", scene.given.secret())
        await until(lambda: "ca.crt" in scene.error)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await scene.who("grace")


@pytest.mark.parametrize("trusted", [True, False])
async def test_an_authority_for_the_application_is_believed_alone(scene: Scene, trusted: bool) -> None:
    authority = scene.authority if trusted else Authority("another")
    scene.secret("terminating", scene.given.secret())
    scene.secret("originating", {"ca.crt": authority.certificate})
    await scene.start_application()
    await scene.bench.start_agent(named("terminating", "originating"))
    await scene.intercept()
    await scene.join()
    assert await scene.who() == ("ada" if trusted else "app")
    assert await scene.who("grace") == "app"
    assert ("not of the originating Secret's ca.crt" in scene.error) == (not trusted)


async def one_process(scene: Scene, haproxy: HaproxyPlace | None = None) -> int:
    """Ada's requests go through it; another kind of the originating Secret takes another one."""
    scene.secret("terminating", scene.given.secret())
    scene.secret("originating", scene.own.secret())
    await scene.start_application()
    await scene.bench.start_agent(named("terminating", "originating"), haproxy)
    await scene.intercept()
    await scene.join()
    (process,) = scene.bench.haproxies()
    return process


async def test_another_kind_of_secret_takes_another_process_and_hurts_nobody(scene: Scene) -> None:
    process = await one_process(scene)

    def until_another() -> list[str]:
        """While a stream runs that began before."""
        answered: list[str] = []
        after = 0
        with scene.line() as kept:
            kept.send(request("GET /events?count=60&pause=0.1 HTTP/1.1"))
            while after < 20 and len(answered) < 5000:
                after += set(scene.bench.haproxies()) != {process}
                with scene.line() as line:
                    answered.append(line.ask(request("GET /seen HTTP/1.1", person="ada")).who)
            assert kept.hear().body.count(b"data: ") == 60
        assert after
        return answered

    waiting = asyncio.create_task(asyncio.to_thread(until_another))
    await asyncio.sleep(0.2)
    scene.secret("originating", scene.own.secret(scene.authority))
    assert set(await waiting) == {"ada"}
    assert await scene.who() == "ada"


async def test_no_connection_is_lost_between_processes(scene: Scene) -> None:
    """Those, too, that the kernel has taken already and HAProxy has not: they wait at sockets that go on."""
    first = await one_process(scene)
    sockets = listening(first)
    place, pod = scene.bench.network.neighbour, scene.bench.network.pod
    enough = threading.Event()

    def ask(host: str) -> collections.Counter[str]:
        answered: collections.Counter[str] = collections.Counter()
        while not enough.is_set():
            with line_to(place.name, host, PORT) as line:
                answered[line.ask(request("GET /seen HTTP/1.1", person="ada")).who] += 1
        return answered

    asking = [asyncio.create_task(asyncio.to_thread(ask, host)) for host in (pod.ip, pod.ip, pod.ip6, pod.ip6)]
    try:
        for more in ([scene.authority], []):
            known = set(scene.bench.haproxies())
            scene.secret("originating", scene.own.secret(*more))
            await until(lambda known=known: not known & set(scene.bench.haproxies()))
    finally:
        enough.set()
    assert [set(await one) for one in asking] == [{"ada"}] * 4
    (last,) = scene.bench.haproxies()
    own = sockets - listening(last)
    assert last != first
    assert len(own) == 1, "that by which it is told"


async def test_one_that_hangs_gives_nothing_to_the_next_and_ends(scene: Scene) -> None:
    process = await one_process(scene)
    os.kill(process, signal.SIGSTOP)
    scene.secret("originating", scene.own.secret(scene.authority))
    await until(lambda: scene.bench.haproxies() and process not in scene.bench.haproxies())
    await scene.until_answered_by("ada")
    assert not scene.error


def listening(process: int) -> set[str]:
    """Inodes of the sockets at which a process waits."""
    held = set()
    for one in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            held.add(os.readlink(one))
    tables = {kind: Path(f"/proc/{process}/net/{kind}").read_text().splitlines()[1:] for kind in ("tcp", "unix")}
    found = {line.split()[9] for line in tables["tcp"] if line.split()[3] == "0A"}
    found |= {line.split()[6] for line in tables["unix"] if line.split()[3] == "00010000"}
    return {inode for inode in found if f"socket:[{inode}]" in held}


async def test_callers_that_were_silent_when_another_process_came_are_served(scene: Scene) -> None:
    process = await one_process(scene)
    place, pod = scene.bench.network.neighbour, scene.bench.network.pod

    def shown_to_the_silent() -> list[str | None]:
        silent: list[socket.socket] = []
        while set(scene.bench.haproxies()) == {process} and len(silent) < 500:
            with Place(place.name, "", "").inside():
                silent.append(socket.create_connection((pod.ip, PORT), timeout=PATIENCE))
            time.sleep(0.02)
        # The last ones have come within the second: all others may have waited too long by now.
        with contextlib.ExitStack() as stack:
            for one in silent:
                stack.enter_context(one)
            wrapped = (scene.context().wrap_socket(one, server_hostname=NAME) for one in silent[-20:])
            return [stack.enter_context(one).version() for one in wrapped]

    scene.secret("originating", scene.own.secret(scene.authority))
    assert set(await asyncio.to_thread(shown_to_the_silent)) == {"TLSv1.3"}
    await until(lambda: process not in scene.bench.haproxies())


async def test_nothing_stays_awake_for_an_intercept_that_is_over(scene: Scene) -> None:
    """Also where the application, which does not listen here, would have been asked again."""
    scene.secret("terminating", scene.given.secret())
    await scene.bench.start_agent(named("terminating"))
    await scene.intercept()
    assert scene.bench.haproxies()
    scene.bench.manager.say()
    await scene.bench.manager.applied()
    await until(lambda: not scene.bench.haproxies())
    told = len(scene.bench.manager.statuses)
    await asyncio.sleep(2 * LOOK_SECONDS + 0.5)
    assert len(scene.bench.manager.statuses) == told


async def test_haproxy_that_ends_while_the_application_is_asked_comes_again(scene: Scene) -> None:
    asked = asyncio.Event()
    go_on = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                asked.set()
                await go_on.wait()
                writer.write(b"HTTP/1.1 200 OK\r\nX-Who: app\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    scene.secret("terminating", scene.given.secret())
    keep(scene.folder / "slow", scene.own.secret())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(scene.folder / "slow/tls.crt", scene.folder / "slow/tls.key")
    await scene.bench.serve(PORT, answer, tls=context)
    await scene.bench.start_agent(named("terminating"))
    agent = scene.bench.agent
    starting = asyncio.create_task(scene.intercept())
    async with asyncio.timeout(PATIENCE):
        await asked.wait()
    await until(scene.bench.haproxies)
    for process in scene.bench.haproxies():
        os.kill(process, signal.SIGKILL)
    await until(lambda: not any(map(is_there, scene.bench.haproxies())))
    go_on.set()
    await starting
    await scene.join()
    await scene.until_answered_by("ada")
    assert scene.bench.agent == agent


async def test_what_haproxy_refuses_is_named_and_leaves_the_one_that_runs(scene: Scene) -> None:
    """Its configuration is checked before: a line that it does not know comes to the one for another kind of Secret."""
    haproxy = HaproxyPlace(scene.folder / "programs")
    haproxy.bring("""[ "$1" = -c ] && grep -q "ca-file .*trust" "$3" && echo nonsense >>"$3\"""")
    process = await one_process(scene, haproxy)

    with scene.line() as kept:

        def ask(person: str) -> str:
            return kept.ask(request("GET /seen HTTP/1.1", person=person)).who

        assert await asyncio.to_thread(ask, "ada") == "ada"
        scene.secret("originating", {"ca.crt": scene.authority.certificate})
        await until(lambda: scene.error)
        refused = f"port {PORT} speaks TLS, which passes untouched: HAProxy refuses its configuration: "
        assert re.match(rf"{refused}\[ALERT\] .* unknown keyword 'nonsense'", scene.error)
        assert await scene.shown() == scene.own.der
        assert await asyncio.to_thread(ask, "ada") == "ada", "on a connection whose TLS is ended already"
        assert scene.bench.haproxies() == [process]
        await asyncio.sleep(SILENT_SECONDS + 2)  # after which one that another takes the place of stops
        assert [await asyncio.to_thread(ask, one) for one in ("ada", "grace")] == ["ada", "app"]
    scene.secret("originating", scene.own.secret())
    await scene.until_shown(scene.given)
    assert await scene.who() == "ada"
    assert scene.bench.haproxies() == [process]


@pytest.mark.parametrize(
    "breaks",
    ['[ "$1" != -c ] && echo >>{tried} && exit 3', '[ "$1" = -c ] && echo >>{tried} && kill -9 $$'],
    ids=["it ends", "its check is killed"],
)
async def test_what_keeps_another_process_from_starting_leaves_the_one_that_runs_until_it_passes(
    scene: Scene, breaks: str
) -> None:
    haproxy = HaproxyPlace(scene.folder / "programs")
    tried, broken = scene.folder / "tried", scene.folder / "broken"
    haproxy.bring(f"[ -e {broken} ] && {breaks.format(tried=tried)}")
    process = await one_process(scene, haproxy)
    with scene.line() as kept:

        def ask(person: str) -> str:
            return kept.ask(request("GET /seen HTTP/1.1", person=person)).who

        # One that is silent for some seconds is the application's for good.
        assert await asyncio.to_thread(ask, "ada") == "ada"
        broken.touch()
        scene.secret("originating", scene.own.secret(scene.authority))
        await until(lambda: tried.exists() and len(tried.read_text()) > 2)
        assert [await asyncio.to_thread(ask, one) for one in ("ada", "grace")] == ["ada", "app"]
        assert await scene.who() == "ada", "its TLS is ended as before"
        attempts = len(tried.read_text())
        for _ in range(20):
            await scene.intercept(person="grace")
            assert [await asyncio.to_thread(ask, one) for one in ("ada", "grace")] == ["app", "ada"]
            await scene.intercept()
            assert [await asyncio.to_thread(ask, one) for one in ("ada", "grace")] == ["ada", "app"]
        assert len(tried.read_text()) < attempts + 20, "ever more seldom, whatever else happens"
        assert not scene.error
    broken.unlink()
    await until(lambda: process not in scene.bench.haproxies())
    assert await scene.who() == "ada"


async def test_tls_that_waits_for_another_process_is_said_to(scene: Scene) -> None:
    """The one that runs was started without a certificate."""
    haproxy = HaproxyPlace(scene.folder / "programs")
    broken = scene.folder / "broken"
    haproxy.bring(f'[ -e {broken} ] && [ "$1" != -c ] && exit 3')
    await scene.start_application()
    await scene.bench.start_agent(named("terminating"), haproxy)
    await scene.intercept()
    await scene.join()
    await until(scene.bench.haproxies)
    broken.touch()
    scene.secret("terminating", scene.given.secret())
    said = f"port {PORT} speaks TLS, which passes untouched: HAProxy ended with status 3"
    await until(lambda: scene.error == said)
    assert await scene.who() == "app"
    broken.unlink()
    await scene.until_answered_by("ada")
    await until(lambda: not scene.error)


async def test_a_name_that_an_application_to_be_verified_does_not_have(scene: Scene) -> None:
    """Only where an authority for it is given; a caller who asks for no name is served in any case."""
    scene.secret("terminating", scene.given.secret())
    scene.secret("originating", {"ca.crt": scene.authority.certificate})
    await scene.start_application()
    await scene.bench.start_agent(named("terminating", "originating"))
    await scene.intercept()
    careless = ssl.create_default_context()
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE

    def status(name: str) -> bytes:
        with scene.line(tls=careless, name=name) as line:
            return line.ask(request("GET /seen HTTP/1.1")).status

    assert [await asyncio.to_thread(status, name) for name in ("", NAME)] == [b"HTTP/1.1 200 Fine"] * 2
    assert (await asyncio.to_thread(status, "other.test")).startswith(b"HTTP/1.1 503 ")


async def test_a_name_that_the_application_does_not_have_is_the_callers_business(home: Scene) -> None:
    careless = ssl.create_default_context()
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE

    def session() -> object:
        with home.line(tls=careless, name="other.test") as line:
            return json.loads(line.ask(request("GET /session HTTP/1.1")).body)["name"]

    assert await asyncio.to_thread(session) == "other.test"


async def test_connections_of_ipv6(home: Scene) -> None:
    def ask() -> list[str]:
        with home.line(host=home.bench.network.pod.ip6) as line:
            return [line.ask(request("GET /seen HTTP/1.1", person=person)).who for person in ("ada", "", "ada")]

    assert await asyncio.to_thread(ask) == ["ada", "app", "ada"]


async def test_agent_killed(home: Scene) -> None:
    """What HAProxy cannot hand over goes to the application, within TLS; the next agent takes its place."""
    (process,) = home.bench.haproxies()
    agent = home.bench.agent
    os.kill(agent, signal.SIGKILL)
    await until(lambda: not is_there(agent))
    assert await home.who() == "app"
    await until(lambda: len(home.bench.manager.hellos) == 2)
    await home.bench.manager.applied()
    await until(lambda: home.bench.haproxies() and process not in home.bench.haproxies())
    await home.join()
    assert await home.who() == "ada"


async def test_the_key_lies_nowhere_but_where_the_kubelet_put_it(home: Scene) -> None:
    for file in home.bench.run.rglob("*"):
        if file.is_file():
            assert home.given.key.splitlines()[1].encode() not in file.read_bytes(), file
    (process,) = home.bench.haproxies()
    command = subprocess.run(["ps", "-o", "args=", str(process)], capture_output=True, text=True, check=True)  # noqa: ASYNC221
    assert "PRIVATE" not in command.stdout + home.bench.log.read_text()


async def test_what_is_no_http_within_tls_reaches_the_application_within_tls(home: Scene) -> None:
    def ask(port: int) -> bytes:
        with home.line(port) as line:
            line.send(b"EHLO somebody\r\n\r\n")
            return line.readline()

    direct, heard = await asyncio.to_thread(ask, TWIN), await asyncio.to_thread(ask, PORT)
    assert heard == direct


async def test_a_canary_is_answered_on_a_port_of_tls(home: Scene) -> None:
    home.bench.manager.say(
        *home.bench.manager.configuration.intercepts,
        canary_sources=[home.bench.network.neighbour.ip],
        canary_answer=b"tweet",
    )
    await home.bench.manager.applied()
    reader, writer = await home.bench.connect(PORT)
    async with asyncio.timeout(PATIENCE):
        assert await reader.read() == b"tweet"
    writer.close()
