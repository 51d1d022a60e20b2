"""Certificates: what stands in them, and signing them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final

from telelens_schemas.templates.formatting import sprint
from telelens_schemas.templates.functions import Calling, FunctionError
from telelens_schemas.templates.sprig.private_keys import as_pem
from telelens_schemas.templates.values import Struct, Value, to_bytes

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes, PrivateKeyTypes
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509 import Certificate, CertificateBuilder, GeneralName, KeyUsage

CERTIFICATE: Final = "sprig.certificate"
"""Its Go type: a struct with Cert and Key, both PEM."""


def alternatives(ips: list[Value] | None, names: list[Value] | None) -> list[GeneralName]:
    """What a certificate is valid for beside its name."""
    from cryptography.x509 import DNSName, IPAddress

    addresses = [IPAddress(_address(ip)) for ip in ips or ()]
    hosts: list[GeneralName] = []
    for name in names or ():
        if not isinstance(name, str):
            raise FunctionError(f"error processing alternate dns name: {sprint(name)} is not a string")
        if not name.isascii():
            shown = sprint(name)
            raise FunctionError(f'error creating certificate: x509: "{shown}" cannot be encoded as an IA5String')
        hosts.append(DNSName(name))
    return [*hosts, *addresses]


def _address(text: Value) -> IPv4Address | IPv6Address:
    import ipaddress

    if not isinstance(text, str):
        raise FunctionError(f"error parsing ip: {sprint(text)} is not a string")
    try:
        if "%" not in text:
            return ipaddress.ip_address(text)
    except ValueError:
        pass
    raise FunctionError(f"error parsing ip: {text}")


def signed(
    calling: Calling,
    name: str,
    days: int,
    valid_for: list[GeneralName],
    key: PrivateKeyTypes,
    signer: tuple[Certificate, PrivateKeyTypes] | None,
    *,
    is_authority: bool = False,
) -> Struct:
    """A certificate for the key, signed by the signer or by the key itself. Raises FunctionError."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    calling.budget.look_at_clock()
    issuer_key, own_key = _able_to_sign(signer[1] if signer else key), _able_to_sign(key)
    builder = _named(calling, name, days, signer[0] if signer else None).public_key(own_key.public_key())
    builder = _with_purposes(builder, is_authority=is_authority)
    if is_authority:
        identifier = x509.SubjectKeyIdentifier.from_public_key(own_key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    if signer:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        builder = builder.add_extension(issuer, critical=False)
    if valid_for:
        builder = builder.add_extension(x509.SubjectAlternativeName(valid_for), critical=not name)
    certificate = builder.sign(issuer_key, _digest(issuer_key))
    return Struct(CERTIFICATE, {"Cert": certificate.public_bytes(Encoding.PEM).decode(), "Key": as_pem(key)})


def _named(calling: Calling, name: str, days: int, issuer: Certificate | None) -> CertificateBuilder:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    common_name = to_bytes(name).decode("utf-8", "replace")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name, _validate=False)] if name else [])
    now = calling.now().astimezone(datetime.UTC)
    try:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer else subject)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + datetime.timedelta(days=days))
        )
    except (OverflowError, ValueError) as error:
        raise FunctionError(f"error creating certificate: it cannot be valid for {days} days") from error


def _with_purposes(builder: CertificateBuilder, *, is_authority: bool) -> CertificateBuilder:
    from cryptography.x509 import BasicConstraints, ExtendedKeyUsage
    from cryptography.x509.oid import ExtendedKeyUsageOID

    purposes = ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    return (
        builder.add_extension(_usage(is_authority), critical=True)
        .add_extension(purposes, critical=False)
        .add_extension(BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )


def _usage(is_authority: bool) -> KeyUsage:
    from cryptography.x509 import KeyUsage

    return KeyUsage(
        digital_signature=True,
        key_encipherment=True,
        key_cert_sign=is_authority,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _able_to_sign(key: PrivateKeyTypes) -> CertificateIssuerPrivateKeyTypes:
    """Go signs no certificate with DSA."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        return key
    raise FunctionError("error creating certificate: x509: certificate private key does not implement crypto.Signer")


def _digest(key: CertificateIssuerPrivateKeyTypes) -> SHA256 | None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256

    return None if isinstance(key, Ed25519PrivateKey) else SHA256()
