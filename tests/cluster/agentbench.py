"""A real agent process in a pod's network, and the two it talks to, played by the test: manager and workstation."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from podnet import AGENT_GROUP, PodNetwork
from telelens_cluster.agent.carrier import TunnelCarrier
from telelens_cluster.agent.injection import Injection, ShadowPort
from telelens_cluster.agent.table import render_table
from telelens_schemas.names import AGENT_PORT
from telelens_schemas.wire.hello import make_hello
from telelens_schemas.wire.stream import Stream, StreamReceiver
from telelens_schemas.wire.tls import TlsChannel, pinned_context
from telelens_schemas.wire.tunnel import Side, Tunnel
from telelens_schemas.wire.tunnel_pb2 import (
    TCP,
    AgentConfiguration,
    AgentStatus,
    Control,
    EnvironmentReply,
    EnvironmentRequest,
    Hello,
    InterceptConfiguration,
    ManagerIdentity,
    RedirectedPort,
    WorkstationIdentity,
)
from unit import waiting

APPLICATION = 8080
HTTP_APPLICATION = 8090
SHADOW = 9910
MANAGER_PORT = 9902
SUPERVISOR = "cluster/telelens_cluster/agent/supervisor.sh"
ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds: a guard against waiting for ever on a busy machine."""
DESCRIPTION = {
    "version": 1,
    "containers": [
        {
            "name": "app",
            "prefix": "_TEL_0_",
            "ports": [{"containerPort": APPLICATION, "protocol": "TCP"}],
            "environment": [{"name": "GREETING", "kind": "literal"}, {"name": "SECRET", "kind": "reference"}],
            "envFrom": False,
        }
    ],
    "shadowPorts": [{"shadow": SHADOW, "target": APPLICATION}],
    "redirected": [],
}


@dataclass(frozen=True)
class Identity:
    """A key and a certificate, in files."""

    folder: Path
    name: str

    @property
    def key(self) -> Path:
        return self.folder / f"{self.name}.key"

    @property
    def certificate(self) -> Path:
        return self.folder / f"{self.name}.crt"

    @property
    def der(self) -> bytes:
        return ssl.PEM_cert_to_DER_cert(self.certificate.read_text())


def make_identity(folder: Path, name: str, *, host: str | None = None, signer: Identity | None = None) -> Identity:
    """Self-signed P-256, or signed by ``signer``."""
    identity = Identity(folder, name)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing_key = subject, key
    if signer is not None:
        issuer = x509.load_pem_x509_certificate(signer.certificate.read_bytes()).subject
        loaded = serialization.load_pem_private_key(signer.key.read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        signing_key = loaded
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=host is not None, path_length=None), critical=True)
    )
    if host is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    certificate = builder.sign(signing_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    identity.key.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    identity.certificate.write_bytes(certificate.public_bytes(pem))
    return identity


async def until(condition: Callable[[], object | Awaitable[object]]) -> None:
    """Wait for what no event tells: another process's state, or how it answers."""
    await waiting.until(condition, seconds=PATIENCE)


def is_there(pid: int) -> bool:
    """Whether a process has not been waited for yet: before that, one of its threads may still hold its sockets, though
    the first one is a zombie."""
    return Path(f"/proc/{pid}").exists()


class Manager:
    """Keeps what the agent said, and says what it is told."""

    def __init__(self, identity: Identity) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.certificate, identity.key)
        self.context = context
        self.hellos: list[Hello] = []
        self.statuses: list[AgentStatus] = []
        self.tunnel: Tunnel | None = None
        self.configuration = AgentConfiguration()
        self._generation = 0

    def protocol(self) -> TunnelCarrier:
        return TunnelCarrier(self._tunnel)

    def _tunnel(self, carrier: TunnelCarrier) -> Tunnel:
        hello = make_hello("1")
        hello.manager.CopyFrom(ManagerIdentity(pod_name="manager"))
        return Tunnel(side=Side.LISTENER, hello=hello, listener=self, carrier=carrier, tls=None)

    def say(self, *intercepts: InterceptConfiguration, **rest: object) -> None:
        """A new configuration, now and for each agent that comes."""
        self._generation += 1
        self.configuration = AgentConfiguration(generation=self._generation, intercepts=intercepts, **rest)  # type: ignore[arg-type]
        if self.tunnel is not None:
            self.tunnel.send_control(Control(agent_configuration=self.configuration))

    @property
    def status(self) -> AgentStatus:
        return self.statuses[-1] if self.statuses else AgentStatus()

    def reaches(self, session_uid: str) -> bool:
        """Whether requests of every intercept of this session come to its workstation."""
        wanted = {one.uid for one in self.configuration.intercepts if one.session_uid == session_uid and not one.away}
        return wanted <= {one.uid for one in self.status.intercepts if one.tunnel_connected}

    async def applied(self) -> None:
        """The agent answered the last configuration."""
        await until(lambda: self.status.generation == self._generation)

    def connected(self, tunnel: Tunnel, hello: Hello) -> None:
        self.hellos.append(hello)
        self.statuses.clear()  # what was said on another connection is over
        self.tunnel = tunnel
        if self._generation:
            tunnel.send_control(Control(agent_configuration=self.configuration))

    def control(self, tunnel: Tunnel, control: Control) -> None:
        self.statuses.append(AgentStatus.FromString(control.agent_status.SerializeToString()))

    def opened(self, tunnel: Tunnel, stream: Stream, payload: bytes) -> StreamReceiver:
        raise AssertionError("agents open nothing to the manager")

    def pong(self, tunnel: Tunnel, payload: bytes) -> None: ...

    def closed(self, tunnel: Tunnel, reason: str) -> None:
        if self.tunnel is tunnel:
            self.tunnel = None


class Echo:
    """A handler that answers with what it is told, after a greeting."""

    def __init__(self, greeting: bytes) -> None:
        self._greeting = greeting
        self._began = False
        self.reset = ""

    def data(self, stream: Stream, data: bytes) -> None:
        if not self._began:
            self._began = True
            stream.write(self._greeting)
        stream.write(data)
        stream.consumed(len(data))

    def finished(self, stream: Stream) -> None:
        stream.finish()

    def was_reset(self, stream: Stream, reason: str) -> None:
        self.reset = reason

    def writable_changed(self, stream: Stream) -> None: ...


class HttpEcho(Echo):
    """A handler that speaks HTTP/1.1: answers each request with its head."""

    def __init__(self, who: bytes) -> None:
        super().__init__(b"")
        self._who = who
        self._heard = b""

    def data(self, stream: Stream, data: bytes) -> None:
        stream.consumed(len(data))
        self._heard += data
        while (end := self._heard.find(b"\r\n\r\n")) >= 0:
            head, self._heard = self._heard[: end + 4], self._heard[end + 4 :]
            stream.write(http_answer(self._who, head))


def http_answer(who: bytes, body: bytes) -> bytes:
    """A whole response."""
    return b"HTTP/1.1 200 OK\r\nX-Who: %b\r\nContent-Length: %d\r\n\r\n%b" % (who, len(body), body)


@dataclass(eq=False)
class Lane:
    """One tunnel of a workstation."""

    session_uid: str
    number: int = 0
    answers: Callable[[], Echo] = lambda: Echo(b"desk:")
    streams: list[tuple[bytes, Echo]] = field(default_factory=list)
    replies: list[EnvironmentReply] = field(default_factory=list)
    tunnel: Tunnel | None = None
    transport: asyncio.Transport | None = None
    up: bool = False
    end: str | None = None

    def connected(self, tunnel: Tunnel, hello: Hello) -> None:
        self.up = True

    def control(self, tunnel: Tunnel, control: Control) -> None:
        self.replies.append(control.environment_reply)

    def opened(self, tunnel: Tunnel, stream: Stream, payload: bytes) -> StreamReceiver:
        echo = self.answers()
        self.streams.append((payload, echo))
        return echo

    def pong(self, tunnel: Tunnel, payload: bytes) -> None: ...

    def closed(self, tunnel: Tunnel, reason: str) -> None:
        self.up = False
        self.end = reason

    def close_lid(self) -> None:
        """The connection stays open, as a port-forward does for a while, but nobody is behind it."""
        assert self.transport
        self.transport.pause_reading()

    async def environment(self, intercept_uid: str) -> EnvironmentReply:
        assert self.tunnel
        self.tunnel.send_control(Control(environment_request=EnvironmentRequest(id=1, intercept_uid=intercept_uid)))
        await until(lambda: self.replies)
        return self.replies.pop()


@dataclass(frozen=True)
class HaproxyPlace:
    """A folder that hides from an agent the one where HAProxy is; at first without any."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "own").mkdir(parents=True)

    @property
    def _program(self) -> Path:
        found = shutil.which("haproxy")
        assert found
        return Path(found)

    @property
    def mounted(self) -> str:
        """How a script goes on, to have it there."""
        return f" && mount --bind {shlex.quote(str(self.folder))} {self._program.parent}"

    def bring(self, before: str = "") -> None:
        """HAProxy; ``before`` is what a shell does each time it is called."""
        if not (self.folder / "own/haproxy").exists():
            shutil.copy(self._program, self.folder / "own")
        new = self.folder / "new"
        new.write_text(f'#!/bin/sh\n{before}\nPATH={self._program.parent}/own\nexec haproxy "$@"\n')
        new.chmod(0o755)
        new.replace(self.folder / "haproxy")


class AgentBench:
    """One pod: table, application, agent under its supervisor; and the manager in the neighbour's place."""

    def __init__(self, network: PodNetwork, folder: Path) -> None:
        self.network = network
        self.folder = folder
        self.run = folder / "run"
        self.secrets = folder / "secrets"
        self.identity = make_identity(folder, "manager", host="manager.test")
        self.manager = Manager(self.identity)
        self.log = folder / "agent.log"
        self._servers: list[asyncio.Server] = []
        self._lanes: list[Lane] = []
        self._supervisor: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> AgentBench:
        self.folder.chmod(0o755)
        self.run.mkdir()
        self.secrets.mkdir()
        self.run.chmod(0o777)
        await self.start_manager()
        await self.start_application()
        return self

    async def __aexit__(self, *_: object) -> None:
        for lane in self._lanes:
            if lane.transport is not None:
                lane.transport.abort()
        if self._supervisor is not None:
            self._supervisor.terminate()
            await asyncio.to_thread(self._supervisor.wait, 30)
        for left in self.haproxies():  # of a test that failed; the others look at that themselves
            os.kill(left, signal.SIGKILL)
        for server in self._servers:
            server.close()

    def install_table(self) -> None:
        injection = Injection(shadow_ports=(ShadowPort(SHADOW, APPLICATION),))
        self.network.pod.run("nft", "-f", "-", text=render_table(injection))
        (self.run / "table.json").write_text('{"present": true, "message": ""}')

    async def start_manager(self) -> None:
        listener = self.network.neighbour.listen(self.network.neighbour.ip, MANAGER_PORT)
        listener.setblocking(False)
        self.manager_server = await asyncio.get_running_loop().create_server(
            self.manager.protocol, sock=listener, ssl=self.manager.context
        )
        self._servers.append(self.manager_server)

    async def start_application(self) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.application_callers.append(writer.get_extra_info("peername")[0])
            writer.write(b"app:")
            try:
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
                writer.write_eof()
            except ConnectionError:
                pass
            finally:
                writer.close()

        self.application_callers: list[str] = []
        listener = self.network.pod.listen(self.network.pod.ip, APPLICATION)
        listener.setblocking(False)
        self._servers.append(await asyncio.start_server(answer, sock=listener))

    async def start_http_application(self, port: int = HTTP_APPLICATION, host: str = "") -> None:
        """Answers each request with its head."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.http_connections += 1
            self.application_callers.append(writer.get_extra_info("peername")[0])
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while head := await reader.readuntil(b"\r\n\r\n"):
                    writer.write(http_answer(b"app", head))
            writer.close()

        self.http_connections = 0
        await self.serve(port, answer, host)

    async def serve(
        self,
        port: int,
        answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
        host: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """One more application in the pod."""
        listener = self.network.pod.listen(host or self.network.pod.ip, port)
        listener.setblocking(False)
        self._servers.append(await asyncio.start_server(answer, sock=listener, limit=1 << 20, ssl=tls))

    async def start_agent(self, tls: Mapping[str, object] | None = None, haproxy: HaproxyPlace | None = None) -> None:
        """``tls``: what the injector says of the Secrets in ``self.secrets``. ``haproxy``: instead of the machine's."""
        description = {**DESCRIPTION, "tls": tls} if tls else DESCRIPTION
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TELELENS_PYTHON": sys.executable,
            "TELELENS_INJECTION": json.dumps(description),
            "TELELENS_MANAGER": f"manager.test:{MANAGER_PORT}",
            "TELELENS_MANAGER_CA": self.identity.certificate.read_text(),
            "POD_NAME": "pod",
            "POD_UID": "pod-uid",
            "POD_IP": self.network.pod.ip,
            "_TEL_0_GREETING": "hello $(SECRET)\n$$5",
            "_TEL_0_SECRET": "$(NOT_EXPANDED)",
        }
        (self.folder / "hosts").write_text(f"{self.network.neighbour.ip} manager.test\n")
        script = (
            'mkdir -p /run/telelens /run/secrets/telelens-tls && mount --bind "$1" /run/telelens'
            ' && mount --bind "$2" /etc/hosts && mount --bind "$3" /run/secrets/telelens-tls'
            f"{haproxy.mounted if haproxy else ''}"
            f" && exec setpriv --regid {AGENT_GROUP} --clear-groups --bounding-set=-all /bin/sh {SUPERVISOR}"
        )
        with self.log.open("ab") as log:
            self._supervisor = subprocess.Popen(  # noqa: ASYNC220
                ["nsenter", f"--net=/run/netns/{self.network.pod.name}", "unshare", "--mount", "sh", "-c", script,
                 "sh", str(self.run), str(self.folder / "hosts"), str(self.secrets)],
                cwd=ROOT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        await until(lambda: self.manager.hellos)

    @property
    def supervisor(self) -> int:
        assert self._supervisor
        return self._supervisor.pid

    @property
    def agent(self) -> int:
        """The process, of this moment; 0 when it is between two starts."""
        children = Path(f"/proc/{self.supervisor}/task/{self.supervisor}/children").read_text().split()
        for child in children:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # ended meanwhile
                if b"telelens_cluster.agent" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
        return 0

    def haproxies(self) -> list[int]:
        """Its HAProxy processes, also those that another has taken over from."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes()
                if command.startswith(b"haproxy\0") and f"net:[{self._network_id}]" in os.readlink(folder / "ns/net"):
                    found.append(int(folder.name))
        return found

    @property
    def _network_id(self) -> int:
        return os.stat(f"/run/netns/{self.network.pod.name}").st_ino

    def stop_agent(self, number: signal.Signals) -> None:
        os.kill(self.agent, number)

    def ended(self) -> bool:
        assert self._supervisor
        return self._supervisor.poll() is not None

    def resident_kilobytes(self) -> int:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.agent}/status").read_text())
        assert found
        return int(found[1])

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.agent}/fd"))

    async def connect(
        self, port: int = APPLICATION, host: str = ""
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A caller from outside the pod."""
        sock = self.network.neighbour.connect(host or self.network.pod.ip, port)
        sock.setblocking(False)
        return await asyncio.open_connection(sock=sock)

    async def ask(self, text: bytes = b"?", port: int = APPLICATION) -> bytes:
        """One caller, one question, one goodbye; everything that came back."""
        reader, writer = await self.connect(port)
        try:
            writer.write(text)
            writer.write_eof()
            async with asyncio.timeout(PATIENCE):
                return await reader.read()
        finally:
            writer.close()

    async def join(
        self,
        session_uid: str,
        identity: Identity,
        *,
        lane: int = 0,
        claims: str | None = None,
        over: socket.socket | None = None,
        answers: Callable[[], Echo] = lambda: Echo(b"desk:"),
    ) -> Lane:
        """A tunnel of a workstation; returns when it is up or refused. Its hello may claim to be another."""
        assert self.manager.hellos
        pin = self.manager.hellos[-1].agent.certificate
        visit = Lane(session_uid, lane, answers)
        self._lanes.append(visit)
        hello = make_hello("1")
        hello.workstation.CopyFrom(WorkstationIdentity(session_uid=claims or session_uid, lane=lane))

        def tunnel(carrier: TunnelCarrier) -> Tunnel:
            context = pinned_context(server_side=False, certificate=identity.certificate, key=identity.key, pins=(pin,))
            tls = TlsChannel(context, server_side=False, server_hostname=session_uid)
            visit.tunnel = Tunnel(side=Side.DIALER, hello=hello, listener=visit, carrier=carrier, tls=tls)
            return visit.tunnel

        sock = over or self.network.neighbour.connect(self.network.pod.ip, AGENT_PORT)
        sock.setblocking(False)
        visit.transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: TunnelCarrier(tunnel), sock=sock
        )
        await until(lambda: visit.up or visit.end is not None)
        return visit


def intercept(
    uid: str, session_uid: str, identity: Identity, *, port: int = APPLICATION, **rest: object
) -> InterceptConfiguration:
    """A tcp intercept of the application's port."""
    return InterceptConfiguration(
        uid=uid,
        session_uid=session_uid,
        session_certificate=identity.der,
        mechanism="tcp",
        container="app",
        ports=[RedirectedPort(container_port=port, protocol=TCP)],
        **rest,  # type: ignore[arg-type]
    )
