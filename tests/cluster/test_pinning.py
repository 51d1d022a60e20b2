"""Who is let in at an agent's listener: the session that an intercept names, and nobody else.

Reached by port-forward, as a developer with rights could; TLS as Python's `ssl` speaks it. In TLS 1.3 a client
believes too early that it is in: what counts is that the agent says its hello.
"""

from __future__ import annotations

import datetime
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fixtures.desk import Desk
from fixtures.namespace import Namespace
from fixtures.waiting import eventually
from telelens_schemas.names import AGENT_PORT
from telelens_schemas.wire.frames import HEADER, HELLO, PING, encode
from telelens_schemas.wire.hello import make_hello

THERE = b"is anybody there?"


@dataclass(frozen=True)
class Credentials:
    """A certificate and its key, in files."""

    certificate: Path
    key: Path


class Entrance:
    """An agent's listener, forwarded to a port here.

    Each connection has a port-forward of its own: kubectl's ends when the far side resets what passes through it.
    """

    def __init__(self, namespace: Namespace, pod: str) -> None:
        self._kubectl = namespace.kubectl
        self._pod = ["--namespace", namespace.name, pod]

    @contextmanager
    def connect(
        self,
        credentials: Credentials | None,
        session_uid: str | None,
        *,
        context: ssl.SSLContext | None = None,
        ticket: ssl.SSLSession | None = None,
    ) -> Iterator[ssl.SSLSocket]:
        """Shake hands as ``session_uid``, as far as the client can tell. Raises OSError (ssl.SSLError is one)."""
        if context is None:
            context = trusting_context(credentials)
        with self._forwarded() as port, socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            with context.wrap_socket(connection, server_hostname=session_uid, session=ticket) as secured:
                yield secured

    def lets_in(self, credentials: Credentials | None, session_uid: str, *, claims: str | None = None) -> bool:
        """Whether the agent answers our hello with its own. ``claims`` is the session that the hello names."""
        try:
            with self.connect(credentials, session_uid) as connection:
                return says_hello(connection, claims or session_uid)
        except OSError:
            return False

    @contextmanager
    def _forwarded(self) -> Iterator[int]:
        command = self._kubectl.command("port-forward", *self._pod, f":{AGENT_PORT}")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        try:
            # "Forwarding from 127.0.0.1:41234 -> 9900"
            yield int(process.stdout.readline().split(" -> ")[0].rpartition(":")[2])
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def trusting_context(credentials: Credentials | None) -> ssl.SSLContext:
    """Takes any server, and shows it the credentials."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if credentials is not None:
        context.load_cert_chain(credentials.certificate, credentials.key)
    return context


def says_hello(connection: ssl.SSLSocket, session_uid: str) -> bool:
    hello = make_hello("0.1.0")
    hello.workstation.session_uid = session_uid
    hello.workstation.lane = 7
    try:
        connection.sendall(encode(HELLO, 0, hello.SerializeToString()))
        answer = connection.recv(HEADER.size)
        return answer[:1] == bytes([HELLO]) and still_open(connection)
    except OSError:
        return False


def still_open(connection: ssl.SSLSocket) -> bool:
    """A hello may also be followed by the end: the agent says its own before it reads ours. What answers is open, and
    what only stays silent, too."""
    connection.settimeout(30)
    heard = b""
    try:
        connection.sendall(encode(PING, 0, THERE))
        while chunk := connection.recv(65536):
            heard += chunk
            if THERE in heard:
                return True
    except TimeoutError:
        return True
    except OSError:
        return False
    return False


def of_the_session(desk: Desk) -> Credentials:
    """What the user daemon keeps."""
    folder = desk.folder / "state" / "telelens" / "session"
    return Credentials(folder / "certificate.pem", folder / "key.pem")


@pytest.fixture
def forge(tmp_path: Path) -> Callable[..., Credentials]:
    """Certificates with the session's subject: self-signed, or signed by the session's own key."""

    def make(name: str, like: Credentials, *, signed_by: Credentials | None = None) -> Credentials:
        original = x509.load_pem_x509_certificate(like.certificate.read_bytes())
        key = ec.generate_private_key(ec.SECP256R1())
        signer = key
        if signed_by is not None:
            loaded = serialization.load_pem_private_key(signed_by.key.read_bytes(), None)
            assert isinstance(loaded, ec.EllipticCurvePrivateKey)
            signer = loaded
        subject = original.subject
        if signed_by is not None:
            subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "child")])
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(original.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + datetime.timedelta(days=1))
            .sign(signer, hashes.SHA256())
        )
        made = Credentials(tmp_path / f"{name}.crt", tmp_path / f"{name}.key")
        chain = certificate.public_bytes(serialization.Encoding.PEM)
        if signed_by is not None:
            chain += signed_by.certificate.read_bytes()
        made.certificate.write_bytes(chain)
        pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        made.key.write_bytes(key.private_bytes(*pem))
        return made

    return make


@pytest.fixture
def pod(namespace: Namespace, desk: Desk) -> str:
    """A pod that Ada intercepts."""
    application = namespace.application()
    desk.intercept("echo", port=desk.local_server().port)
    return str(application.pod()["metadata"]["name"])


def test_the_session_is_let_in(namespace: Namespace, desk: Desk, pod: str) -> None:
    """Else no other test here would mean anything."""
    uid = desk.status()["connection"]["sessionUid"]
    agent = Entrance(namespace, pod)
    assert agent.lets_in(of_the_session(desk), uid)
    assert desk.status()["intercepts"][0]["phase"] == "ACTIVE"


def test_strangers_are_not(
    namespace: Namespace, desk: Desk, second_desk: Desk, pod: str, forge: Callable[..., Credentials]
) -> None:
    uid = desk.status()["connection"]["sessionUid"]
    second_desk.connect()
    own = of_the_session(desk)
    agent = Entrance(namespace, pod)
    assert not agent.lets_in(None, uid), "without a certificate"
    assert not agent.lets_in(forge("same-name", own), uid), "the same name, another key"
    assert not agent.lets_in(of_the_session(second_desk), uid), "another session that has no intercept here"
    assert agent.lets_in(own, uid), "and the owner still is"


def test_a_certificate_signed_by_the_sessions_own_is_not(
    namespace: Namespace, desk: Desk, pod: str, forge: Callable[..., Credentials]
) -> None:
    uid = desk.status()["connection"]["sessionUid"]
    child = forge("child", of_the_session(desk), signed_by=of_the_session(desk))
    agent = Entrance(namespace, pod)
    assert not agent.lets_in(child, uid)
    assert agent.lets_in(of_the_session(desk), uid)


def test_a_session_cannot_say_that_it_is_another(namespace: Namespace, desk: Desk, second_desk: Desk) -> None:
    application = namespace.application(ports={"http": 8080, "admin": 9090})
    two = {"http": {"port": 80, "targetPort": "http"}, "admin": {"port": 81, "targetPort": "admin"}}
    service = namespace.get("service", "echo")
    service["spec"]["ports"] = [{"name": name, **port} for name, port in two.items()]
    namespace.apply(service)
    desk.intercept("echo", port=f"{desk.local_server().port}:http")
    second_desk.intercept("hers", "--workload", "echo", port=f"{second_desk.local_server().port}:admin")
    agent = Entrance(namespace, application.pod()["metadata"]["name"])
    first, second = (of_the_session(one) for one in (desk, second_desk))
    uid, other_uid = (one.status()["connection"]["sessionUid"] for one in (desk, second_desk))
    assert agent.lets_in(second, other_uid)
    assert not agent.lets_in(second, uid)
    assert not agent.lets_in(second, other_uid, claims=uid), "says one thing in the handshake, another in its hello"
    assert agent.lets_in(first, uid), "both at one agent, in whatever order"


def test_one_whose_intercept_has_ended_is_not(namespace: Namespace, desk: Desk, pod: str) -> None:
    own = of_the_session(desk)
    uid = desk.status()["connection"]["sessionUid"]
    agent = Entrance(namespace, pod)
    with agent.connect(own, uid) as connection:
        assert says_hello(connection, uid)
        desk.leave("echo")
        # What was open is cut, too.
        eventually(lambda: not still_open(connection))
    assert not agent.lets_in(own, uid)


def test_nothing_can_be_resumed(namespace: Namespace, desk: Desk, pod: str) -> None:
    own = of_the_session(desk)
    uid = desk.status()["connection"]["sessionUid"]
    agent = Entrance(namespace, pod)
    context = trusting_context(own)
    with agent.connect(own, uid, context=context) as connection:
        assert says_hello(connection, uid)
        ticket = connection.session
    assert ticket is None or not ticket.has_ticket
    desk.leave("echo")
    eventually(lambda: not agent.lets_in(own, uid))
    with suppress(OSError), agent.connect(own, uid, context=context, ticket=ticket) as resumed:
        assert not resumed.session_reused
        assert not says_hello(resumed, uid)
