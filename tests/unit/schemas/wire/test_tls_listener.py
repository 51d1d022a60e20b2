"""A listener that knows several peers: each is held to its own pin, whatever the others' certificates say."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import pytest
from telelens_daemons.session.make_certificate import make_certificate
from telelens_schemas.wire.errors import TlsFailure
from telelens_schemas.wire.tls import PinnedListener, TlsChannel, pinned_context

from .conftest import Identity, Pair, Sink, make_identity


class Credentials(Protocol):
    """What somebody shows."""

    @property
    def certificate(self) -> Path: ...

    @property
    def key(self) -> Path: ...


class Desk:
    """A workstation with the certificate that it makes for itself."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        make_certificate(folder)
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        self.der = ssl.PEM_cert_to_DER_cert(self.certificate.read_text())


class Agent:
    """The listener's side; ``pins`` may be replaced at any time."""

    def __init__(self, identity: Identity, **pins: bytes) -> None:
        self.identity = identity
        self.pins: Mapping[str, bytes] = pins
        self.listener = PinnedListener(certificate=identity.certificate, key=identity.key, pins=lambda: self.pins)

    def visit(self, who: Credentials, name: str | None) -> tuple[Pair, TlsChannel]:
        """The handshake and both hellos, as far as they come."""
        context = pinned_context(server_side=False, certificate=who.certificate, key=who.key, pins=[self.identity.der])
        channel = self.listener.channel()
        pair = Pair(dialer_tls=TlsChannel(context, server_side=False, server_hostname=name), listener_tls=channel)
        return pair, channel

    def lets_in(self, who: Credentials, name: str | None) -> bool:
        pair, channel = self.visit(who, name)
        try:
            pair.start()
        except TlsFailure:
            assert pair.far.hello is None
            return False
        assert pair.far.hello is not None
        assert pair.near.hello is not None
        assert channel.peer_name == name
        return True


@pytest.fixture
def agent(identity: Callable[..., Identity]) -> Agent:
    return Agent(identity("agent"))


def namesakes(folder: Path) -> tuple[Identity, Identity]:
    """Two self-signed certificates with one subject: OpenSSL finds trust anchors by subject."""
    made = []
    for number in "12":
        (folder / number).mkdir()
        made.append(make_identity(folder / number, "telelens session"))
    return made[0], made[1]


def test_two_sessions_of_one_subject_are_both_let_in(agent: Agent, tmp_path: Path) -> None:
    ann, ben = namesakes(tmp_path)
    for pins in ({"ann": ann.der, "ben": ben.der}, {"ben": ben.der, "ann": ann.der}):
        agent.pins = pins
        assert agent.lets_in(ann, "ann")
        assert agent.lets_in(ben, "ben")


def test_neither_is_let_in_as_the_other(agent: Agent, tmp_path: Path) -> None:
    ann, ben = namesakes(tmp_path)
    agent.pins = {"ann": ann.der, "ben": ben.der}
    assert not agent.lets_in(ann, "ben")
    assert not agent.lets_in(ben, "ann")


def test_with_the_certificates_that_workstations_make(agent: Agent, tmp_path: Path) -> None:
    ann, ben = Desk(tmp_path / "ann"), Desk(tmp_path / "ben")
    agent.pins = {"ann": ann.der, "ben": ben.der}
    assert agent.lets_in(ann, "ann")
    assert agent.lets_in(ben, "ben")
    assert not agent.lets_in(ann, "ben")


def test_a_copied_certificate_locks_nobody_out(agent: Agent, tmp_path: Path) -> None:
    ann, eve = Desk(tmp_path / "ann"), Desk(tmp_path / "eve")
    for pins in ({"ann": ann.der, "eve": ann.der}, {"eve": ann.der, "ann": ann.der}):
        agent.pins = pins
        assert agent.lets_in(ann, "ann")
        assert not agent.lets_in(eve, "eve")
        assert not agent.lets_in(eve, "ann")


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"\x30\x03\x02\x01\x01", b"-----BEGIN CERTIFICATE-----"])
def test_garbage_concerns_its_own_session_alone(agent: Agent, tmp_path: Path, garbage: bytes) -> None:
    ann, eve = Desk(tmp_path / "ann"), Desk(tmp_path / "eve")
    agent.pins = {"eve": garbage, "ann": ann.der}
    assert not agent.lets_in(eve, "eve")
    assert agent.lets_in(ann, "ann")
    assert not agent.lets_in(ann, "eve")


def test_two_certificates_in_one_pin_are_none(agent: Agent, tmp_path: Path) -> None:
    ann, eve = Desk(tmp_path / "ann"), Desk(tmp_path / "eve")
    agent.pins = {"eve": eve.der + ann.der, "ann": ann.der}
    assert not agent.lets_in(eve, "eve")
    assert not agent.lets_in(ann, "eve")
    assert agent.lets_in(ann, "ann")


def test_strangers(agent: Agent, identity: Callable[..., Identity], tmp_path: Path) -> None:
    ann = identity("ann")
    agent.pins = {"ann": ann.der}
    assert not agent.lets_in(Desk(tmp_path / "eve"), "ann"), "another certificate"
    assert not agent.lets_in(identity("child", signed_by=ann), "ann"), "signed by the pinned one"
    assert not agent.lets_in(ann, None), "who does not say who it is"
    assert not agent.lets_in(ann, "ben"), "a name that nobody has"
    assert agent.lets_in(ann, "ann")


def test_a_stranger_is_asked_to_go_before_the_agent_shows_itself(
    agent: Agent, identity: Callable[..., Identity]
) -> None:
    ann = identity("ann")
    agent.pins = {"ann": ann.der}
    pair, channel = agent.visit(ann, "ben")
    pair.dialer.start()
    with pytest.raises(TlsFailure):
        channel.feed(pair.near_carrier.take())
    assert channel.take_outgoing() == bytes([21, 3, 3, 0, 2, 2, 112]), "an alert, and nothing else"
    with pytest.raises(TlsFailure, match="does not know this session"):
        pair.dialer.feed(bytes([21, 3, 3, 0, 2, 2, 112]))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_name_that_is_no_text_is_refused(agent: Agent, identity: Callable[..., Identity]) -> None:
    ann = identity("ann")
    agent.pins = {"ann": ann.der}
    pair, channel = agent.visit(ann, "annannann")
    pair.dialer.start()
    with pytest.raises(TlsFailure):
        channel.feed(pair.near_carrier.take().replace(b"annannann", b"\xff\xfe\x00annann"))
    assert not channel.established


def test_the_pins_of_the_moment_count(agent: Agent, tmp_path: Path) -> None:
    ann, ben = Desk(tmp_path / "ann"), Desk(tmp_path / "ben")
    assert not agent.lets_in(ann, "ann")
    agent.pins = {"ann": ann.der}
    assert agent.lets_in(ann, "ann")
    agent.pins = {"ann": ben.der}
    assert not agent.lets_in(ann, "ann")
    assert agent.lets_in(ben, "ann")
    agent.pins = {}
    assert not agent.lets_in(ben, "ann")


def test_files_are_read_once_while_the_pins_stay(agent: Agent, tmp_path: Path) -> None:
    ann, ben = Desk(tmp_path / "ann"), Desk(tmp_path / "ben")
    agent.pins = MappingProxyType({"ann": ann.der})
    assert agent.lets_in(ann, "ann")
    agent.identity.key.rename(tmp_path / "away")
    assert agent.lets_in(ann, "ann")
    agent.pins = {"ann": ann.der, "ben": ben.der}
    assert agent.lets_in(ann, "ann"), "another's coming changes nothing"
    assert not agent.lets_in(ben, "ben")
    (tmp_path / "away").rename(agent.identity.key)
    assert agent.lets_in(ben, "ben")


def test_no_ticket_is_given(agent: Agent, identity: Callable[..., Identity]) -> None:
    ann = identity("ann")
    agent.pins = {"ann": ann.der}
    pair, _ = agent.visit(ann, "ann")
    pair.start()
    pair.dialer.open(b"", Sink()).write(b"x")
    pair.exchange()
    tls = pair.dialer._tls
    assert tls is not None
    session = tls._object.session
    assert session is None or not session.has_ticket
