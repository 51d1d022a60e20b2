"""Which sessions' certificates agents may pin."""

from __future__ import annotations

import ssl
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from telelens_cluster.manager.errors import CertificateUnfit
from telelens_cluster.manager.session_certificates import SessionCertificates, fit_certificate
from unit.cluster.manager.certificates import session_certificate


def session(uid: str, certificate: str, created: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    return {
        "metadata": {"name": f"s-{uid}", "uid": uid, "creationTimestamp": created},
        "spec": {"certificate": certificate},
    }


def test_what_our_clients_make_is_fit() -> None:
    text = session_certificate()
    assert fit_certificate(text) == ssl.PEM_cert_to_DER_cert(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "cannot be read"),
        ("nonsense", "cannot be read"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read"),
        (session_certificate()[:-60], "cannot be read"),
        (session_certificate() * 2, "several"),
        (session_certificate(ca=True), "authority"),
        (session_certificate(ca=None), "CA:FALSE"),
        (session_certificate(key=ec.generate_private_key(ec.SECP384R1())), "P-256"),
        (session_certificate(key=rsa.generate_private_key(65537, 2048)), "P-256"),
        (session_certificate(signer=ec.generate_private_key(ec.SECP256R1())), "not signed by itself"),
        (session_certificate(issuer="another"), "cannot be read"),
    ],
)
def test_everything_else_is_not(text: str, word: str) -> None:
    with pytest.raises(CertificateUnfit, match=word):
        fit_certificate(text)


def test_a_certificate_is_its_first_session_s_alone() -> None:
    text = session_certificate()
    known = SessionCertificates()
    known.add(session("b", text, "2026-01-02T00:00:00Z"))
    assert known.fault("b") == ""
    known.add(session("a", text))
    assert (known.fault("a"), known.fault("b")) == ("", "session s-a carries the same certificate")
    assert known.pin("b") is None
    assert known.pin("a") == fit_certificate(text)
    known.forget("a")
    assert known.fault("b") == ""


def test_one_that_is_not_known_has_no_pin() -> None:
    known = SessionCertificates()
    assert known.pin("x") is None
    known.add(session("x", "nonsense"))
    known.forget("x")
    known.forget("x")
    assert known.pin("x") is None
