"""TLS 1.3 between two pinned certificates, over memory: bytes in, bytes out.

Both peers show a self-signed certificate that the other knows beforehand through the Kubernetes API. With the pin as
trust anchor OpenSSL would also accept a certificate *signed by* the pinned one, and Python's ssl has no verify
callback; so after the handshake the peer's DER must equal a pin.
"""

from __future__ import annotations

import ssl
from collections.abc import Collection
from pathlib import Path

from telelens_schemas.wire.errors import TlsFailure

_READ = 64 * 1024


def pinned_context(*, server_side: bool, certificate: Path, key: Path, pins: Collection[bytes]) -> ssl.SSLContext:
    """A context that shows ``certificate`` and accepts the ``pins`` (DER) of this moment, and nobody's tickets."""
    protocol = ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.options |= ssl.OP_NO_TICKET
    if server_side:
        context.num_tickets = 0
    context.load_cert_chain(certificate, key)
    if pins:
        context.load_verify_locations(cadata=b"".join(pins))
    return context


class TlsChannel:
    """One TLS connection over memory.

    ``pins`` are the DER certificates of which the peer must show one; empty means that the context's own
    verification is enough (a server whose certificate a known authority signed).
    """

    __slots__ = ("_handshaking", "_incoming", "_object", "_outgoing", "_pins", "peer_certificate")

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        server_side: bool,
        pins: Collection[bytes] = (),
        server_hostname: str | None = None,
    ) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(
            self._incoming, self._outgoing, server_side=server_side, server_hostname=server_hostname
        )
        self._pins = frozenset(pins)
        self._handshaking = True
        self.peer_certificate = b""
        """The peer's certificate (DER), once the handshake is over."""

    @property
    def established(self) -> bool:
        """Whether the handshake is over and the peer is who it must be."""
        return not self._handshaking

    def start(self) -> None:
        """Begin the handshake; a client has something to send afterwards."""
        self._shake()

    def feed(self, data: bytes) -> bytes:
        """The plaintext that ``data`` completes. Raises TlsFailure."""
        self._incoming.write(data)
        if self._handshaking and not self._shake():
            return b""
        chunks: list[bytes] = []
        read, incoming, tls = self._object.read, self._incoming, self._object
        try:
            while incoming.pending or tls.pending():
                chunk = read(_READ)
                if not chunk:
                    break
                chunks.append(chunk)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            pass
        except ssl.SSLError as error:
            raise TlsFailure(_reason(error)) from error
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def send(self, data: bytes) -> None:
        """Encrypt ``data``; ``take_outgoing`` has the bytes for the peer."""
        view = memoryview(data)
        try:
            while view:
                view = view[self._object.write(view) :]
        except ssl.SSLError as error:
            raise TlsFailure(_reason(error)) from error

    def take_outgoing(self) -> bytes:
        """Everything that waits to be sent to the peer."""
        return self._outgoing.read()

    def close(self) -> None:
        """Say goodbye (close_notify); the answer is not waited for."""
        try:
            self._object.unwrap()
        except ssl.SSLError:
            return

    def _shake(self) -> bool:
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            raise TlsFailure(_reason(error)) from error
        certificate = self._object.getpeercert(binary_form=True) or b""
        if self._pins and certificate not in self._pins:
            raise TlsFailure("the peer's certificate is not the pinned one")
        self.peer_certificate = certificate
        self._handshaking = False
        return True


def _reason(error: ssl.SSLError) -> str:
    return f"TLS: {(error.reason or str(error)).lower().replace('_', ' ')}"
