"""Pinned TLS: who is let in is exactly who was pinned."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from telelens_schemas.wire.errors import TlsFailure, WireError
from telelens_schemas.wire.tls import TlsChannel, pinned_context

from .conftest import Identity, Pair, Sink


def _channel(me: Identity, pins: list[bytes], *, server_side: bool) -> TlsChannel:
    context = pinned_context(server_side=server_side, certificate=me.certificate, key=me.key, pins=pins)
    return TlsChannel(context, server_side=server_side)


def _pair(agent: Identity, desk: Identity, *, agent_expects: Identity, desk_expects: Identity) -> Pair:
    return Pair(
        dialer_tls=_channel(desk, [desk_expects.der], server_side=False),
        listener_tls=_channel(agent, [agent_expects.der], server_side=True),
    )


def test_two_pinned_peers_talk(identity: Callable[..., Identity]) -> None:
    agent, desk = identity("agent"), identity("desk")
    pair = _pair(agent, desk, agent_expects=desk, desk_expects=agent).start()
    assert pair.listener.peer_certificate == desk.der
    stream = pair.dialer.open(b"", Sink())
    stream.write(bytes(200_000))
    pair.exchange()
    sink = pair.far.opened_streams[0][2]
    assert isinstance(sink, Sink)
    assert len(sink.received) == 200_000


def test_a_stranger_is_refused(identity: Callable[..., Identity]) -> None:
    agent, desk, stranger = identity("agent"), identity("desk"), identity("stranger")
    pair = _pair(agent, stranger, agent_expects=desk, desk_expects=agent)
    with pytest.raises(TlsFailure):
        pair.start()
    assert pair.far.hello is None


def test_a_false_agent_is_refused(identity: Callable[..., Identity]) -> None:
    agent, desk, other = identity("agent"), identity("desk"), identity("other")
    pair = _pair(other, desk, agent_expects=desk, desk_expects=agent)
    with pytest.raises(TlsFailure):
        pair.start()
    assert pair.near.hello is None


def test_a_certificate_signed_by_the_pinned_one_is_refused(identity: Callable[..., Identity]) -> None:
    agent, desk = identity("agent"), identity("desk")
    child = identity("child", signed_by=desk)
    pair = _pair(agent, child, agent_expects=desk, desk_expects=agent)
    with pytest.raises(TlsFailure):
        pair.start()
    assert pair.far.hello is None


def test_a_peer_without_certificate_is_refused(identity: Callable[..., Identity]) -> None:
    agent, desk = identity("agent"), identity("desk")
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE
    pair = Pair(
        dialer_tls=TlsChannel(bare, server_side=False),
        listener_tls=_channel(agent, [desk.der], server_side=True),
    )
    with pytest.raises(WireError):
        pair.start()
    assert pair.far.hello is None


def test_no_ticket_is_given_so_nothing_can_be_resumed(identity: Callable[..., Identity]) -> None:
    agent, desk = identity("agent"), identity("desk")
    client = pinned_context(server_side=False, certificate=desk.certificate, key=desk.key, pins=[agent.der])
    channel = TlsChannel(client, server_side=False)
    pair = Pair(dialer_tls=channel, listener_tls=_channel(agent, [desk.der], server_side=True)).start()
    pair.dialer.open(b"", Sink()).write(b"x")
    pair.exchange()
    session = channel._object.session
    assert session is None or not session.has_ticket


def test_only_tls_1_3(identity: Callable[..., Identity], tmp_path: Path) -> None:
    agent, desk = identity("agent"), identity("desk")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.load_cert_chain(desk.certificate, desk.key)
    pair = Pair(
        dialer_tls=TlsChannel(old, server_side=False), listener_tls=_channel(agent, [desk.der], server_side=True)
    )
    with pytest.raises(TlsFailure):
        pair.start()


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01" + bytes(100), bytes(5000)])
def test_garbage_is_a_named_error(identity: Callable[..., Identity], garbage: bytes) -> None:
    agent, desk = identity("agent"), identity("desk")
    with pytest.raises(TlsFailure):
        _channel(agent, [desk.der], server_side=True).feed(garbage)
