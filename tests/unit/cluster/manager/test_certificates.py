"""The manager's authority, and what it keeps over renewals."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from telelens_cluster.manager.authority import Identity
from telelens_cluster.manager.certificates import make_authority, make_server

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOSTS = ["telelens-manager.telelens.svc", "telelens-manager-agents.telelens.svc"]


def test_nothing_is_renewed_before_its_time() -> None:
    identity = Identity.make(HOSTS, NOW)
    assert identity.renewed(HOSTS, NOW + timedelta(days=40)) is identity


def test_the_server_s_certificate_is_renewed_at_half_time() -> None:
    identity = Identity.make(HOSTS, NOW)
    renewed = identity.renewed(HOSTS, NOW + timedelta(days=46))
    assert renewed.authority == identity.authority
    assert renewed.server != identity.server


def test_a_renewed_authority_keeps_its_key_so_that_old_agents_trust_what_it_signs() -> None:
    identity = Identity.make(HOSTS, NOW)
    renewed = identity.renewed(HOSTS, NOW + timedelta(days=1830))
    assert renewed.authority.certificate != identity.authority.certificate
    assert renewed.authority.key == identity.authority.key
    assert renewed.server.signed_by(identity.authority)


def test_another_name_needs_another_certificate() -> None:
    identity = Identity.make(HOSTS[:1], NOW)
    assert not identity.server.covers(HOSTS)
    assert identity.renewed(HOSTS, NOW).server.covers(HOSTS)


def test_a_stranger_s_certificate_is_replaced() -> None:
    mine, other = make_authority(NOW), make_authority(NOW)
    assert not make_server(other, HOSTS, NOW).signed_by(mine)


def test_the_secret_holds_everything() -> None:
    identity = Identity.make(HOSTS, NOW)
    assert Identity.from_data(identity.to_data()) == identity


def test_openssl_believes_it(tmp_path: Path) -> None:
    identity = Identity.make(HOSTS, datetime.now(UTC))
    (tmp_path / "server.pem").write_bytes(identity.server.key + identity.server.certificate)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "server.pem")
    client = ssl.create_default_context(cadata=identity.authority.certificate.decode())
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server, server_hostname=HOSTS[1])
    two = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(3):
        for side in (one, two):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert one.version() == "TLSv1.3"
