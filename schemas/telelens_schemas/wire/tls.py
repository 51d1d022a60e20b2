"""TLS 1.3 between two pinned certificates, over memory: bytes in, bytes out.

Both peers show a self-signed certificate that the other knows beforehand through the Kubernetes API. With the pin as
trust anchor OpenSSL would also accept a certificate *signed by* the pinned one, and Python's ssl has no verify
callback; so after the handshake the peer's DER must equal a pin.

A listener that knows several peers never has their pins in one store: OpenSSL finds a trust anchor by its subject, and
subjects are whatever their makers wrote. The peer says by the server name (SNI) who it is, and is held to that.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final

from telelens_schemas.wire.errors import TlsFailure

_READ = 64 * 1024
_PLAIN: Final = {"TLSV1_UNRECOGNIZED_NAME": "the other end does not know this session"}
"""What OpenSSL's words mean here."""


class PinnedContext(ssl.SSLContext):
    """A context whose peer must show one of ``pins`` (DER) itself; made by ``pinned_context``."""

    pins: frozenset[bytes] = frozenset()
    peer_name: str = ""
    """Whose pins they are, where a listener knows several."""


def pinned_context(*, server_side: bool, certificate: Path, key: Path, pins: Collection[bytes]) -> PinnedContext:
    """A context that shows ``certificate`` and accepts the ``pins`` (DER), and nobody's tickets.

    Raises ssl.SSLError or ValueError for a pin that is no certificate.
    """
    context = _bare_context(server_side=server_side)
    context.pins = frozenset(pins)
    if pins:
        context.load_verify_locations(cadata=b"".join(pins))
    context.load_cert_chain(certificate, key)
    return context


class PinnedListener:
    """Makes the channels of a listener that knows each of its peers by a name and one pin.

    ``pins`` gives them (name → DER) as they are at the moment of the call. A context is made when its peer first comes
    and kept until the pins change; a pin that cannot be loaded concerns its own peer alone.
    """

    __slots__ = ("_certificate", "_contexts", "_entrance", "_key", "_known", "_pins")

    def __init__(self, *, certificate: Path, key: Path, pins: Callable[[], Mapping[str, bytes]]) -> None:
        self._certificate = certificate
        self._key = key
        self._pins = pins
        self._known: Mapping[str, bytes] = {}
        self._contexts: dict[str, PinnedContext] = {}
        # Has neither certificate nor pins: whoever is not sent on to a context of its own gets nowhere.
        self._entrance = _bare_context(server_side=True)
        self._entrance.sni_callback = self._send_on

    def channel(self) -> TlsChannel:
        """The channel of one accepted connection."""
        return TlsChannel(self._entrance, server_side=True)

    def _send_on(self, connection: ssl.SSLObject, name: str | None, entrance: ssl.SSLContext) -> int | None:
        try:
            context = self._context(name or "")
        except (ssl.SSLError, ValueError):  # the pin is no certificate
            return ssl.ALERT_DESCRIPTION_BAD_CERTIFICATE
        except OSError:  # our own files
            return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        if context is None:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = context
        return None

    def _context(self, name: str) -> PinnedContext | None:
        pins = self._pins()
        if pins is not self._known:
            self._known = pins
            self._contexts = {n: c for n, c in self._contexts.items() if c.pins == {pins.get(n)}}
        pin = pins.get(name)
        if pin is None:
            return None
        context = self._contexts.get(name)
        if context is None:
            context = pinned_context(server_side=True, certificate=self._certificate, key=self._key, pins=[pin])
            context.peer_name = name
            self._contexts[name] = context
        return context


class TlsChannel:
    """One TLS connection over memory.

    With a PinnedContext the peer must show a pin; with any other the context's own verification is enough (a server
    whose certificate a known authority signed). ``server_hostname`` is whom a client asks for, or says that it is.
    """

    __slots__ = ("_handshaking", "_incoming", "_object", "_outgoing", "peer_certificate", "peer_name")

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        server_side: bool,
        server_hostname: str | None = None,
    ) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(
            self._incoming, self._outgoing, server_side=server_side, server_hostname=server_hostname
        )
        self._handshaking = True
        self.peer_certificate = b""
        """The peer's certificate (DER), once the handshake is over."""
        self.peer_name = ""
        """Whom a PinnedListener took the peer for, and its certificate proved, once the handshake is over."""

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
        context = self._object.context  # a listener's may be another than at the beginning
        if isinstance(context, PinnedContext):
            if certificate not in context.pins:
                raise TlsFailure("the peer's certificate is not the pinned one")
            self.peer_name = context.peer_name
        self.peer_certificate = certificate
        self._handshaking = False
        return True


def _bare_context(*, server_side: bool) -> PinnedContext:
    """What all contexts of ours have in common."""
    context = PinnedContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.options |= ssl.OP_NO_TICKET
    if server_side:
        context.num_tickets = 0
    return context


def _reason(error: ssl.SSLError) -> str:
    words = error.reason or str(error)
    return f"TLS: {_PLAIN.get(words) or words.lower().replace('_', ' ')}"
