"""Two tunnels joined in memory, and certificates for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from telelens_schemas.wire.hello import make_hello
from telelens_schemas.wire.stream import Stream, StreamReceiver
from telelens_schemas.wire.tls import TlsChannel
from telelens_schemas.wire.tunnel import Side, Tunnel
from telelens_schemas.wire.tunnel_pb2 import Control, Hello


class MemoryCarrier:
    """Collects what is written; ``run`` does what was put off to the next turn of the loop."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.closed = False
        self._soon: list[Callable[[], None]] = []

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def call_soon(self, callback: Callable[[], None]) -> object:
        self._soon.append(callback)
        return None

    def run(self) -> None:
        while self._soon:
            self._soon.pop(0)()

    def take(self) -> bytes:
        self.run()
        data, self.written = bytes(self.written), bytearray()
        return data


class Sink:
    """Keeps what a stream brings; consumes at once unless told to stall."""

    def __init__(self, *, stalled: bool = False) -> None:
        self.received = bytearray()
        self.is_finished = False
        self.reset_reason: str | None = None
        self.stalled = stalled
        self.writable_calls = 0

    def data(self, stream: Stream, data: bytes) -> None:
        self.received += data
        if not self.stalled:
            stream.consumed(len(data))

    def finished(self, stream: Stream) -> None:
        self.is_finished = True

    def was_reset(self, stream: Stream, reason: str) -> None:
        self.reset_reason = reason

    def writable_changed(self, stream: Stream) -> None:
        self.writable_calls += 1


@dataclass
class Listener:
    """Records what a tunnel tells; ``accept`` makes the receiver of each stream that the peer opens."""

    accept: Callable[[Stream, bytes], StreamReceiver] = field(default=lambda _stream, _payload: Sink())
    greet: Callable[[Hello], None] = field(default=lambda _hello: None)
    hello: Hello | None = None
    controls: list[Control] = field(default_factory=list)
    opened_streams: list[tuple[Stream, bytes, StreamReceiver]] = field(default_factory=list)
    pongs: list[bytes] = field(default_factory=list)
    closed_reason: str | None = None

    def connected(self, tunnel: Tunnel, hello: Hello) -> None:
        self.greet(hello)
        self.hello = hello

    def control(self, tunnel: Tunnel, control: Control) -> None:
        self.controls.append(control)

    def opened(self, tunnel: Tunnel, stream: Stream, payload: bytes) -> StreamReceiver:
        receiver = self.accept(stream, payload)
        self.opened_streams.append((stream, payload, receiver))
        return receiver

    def pong(self, tunnel: Tunnel, payload: bytes) -> None:
        self.pongs.append(payload)

    def closed(self, tunnel: Tunnel, reason: str) -> None:
        self.closed_reason = reason


class Pair:
    """A dialer and a listener with a wire of memory between them."""

    def __init__(self, *, dialer_tls: TlsChannel | None = None, listener_tls: TlsChannel | None = None) -> None:
        self.near, self.far = Listener(), Listener()
        self.near_carrier, self.far_carrier = MemoryCarrier(), MemoryCarrier()
        self.dialer = Tunnel(
            side=Side.DIALER,
            hello=make_hello("1.0"),
            listener=self.near,
            carrier=self.near_carrier,
            tls=dialer_tls,
        )
        self.listener = Tunnel(
            side=Side.LISTENER,
            hello=make_hello("1.0"),
            listener=self.far,
            carrier=self.far_carrier,
            tls=listener_tls,
        )

    def start(self) -> Pair:
        self.dialer.start()
        self.listener.start()
        self.exchange()
        return self

    def exchange(self) -> None:
        """Carry bytes both ways until neither side has any."""
        while True:
            there, back = self.near_carrier.take(), self.far_carrier.take()
            if not there and not back:
                return
            if there:
                self.listener.feed(there)
            if back:
                self.dialer.feed(back)


@pytest.fixture
def pair() -> Pair:
    return Pair().start()


@dataclass(frozen=True)
class Identity:
    """A key and a self-signed certificate on disk."""

    certificate: Path
    key: Path
    der: bytes
    private: ec.EllipticCurvePrivateKey
    parsed: x509.Certificate


def make_identity(folder: Path, name: str, *, signed_by: Identity | None = None) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signed_by.parsed.subject if signed_by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(signed_by.private if signed_by else key, hashes.SHA256())
    )
    certificate_file, key_file = folder / f"{name}.crt", folder / f"{name}.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Identity(certificate_file, key_file, certificate.public_bytes(serialization.Encoding.DER), key, certificate)


@pytest.fixture
def identity(tmp_path: Path) -> Callable[..., Identity]:
    return lambda name, **options: make_identity(tmp_path, name, **options)
