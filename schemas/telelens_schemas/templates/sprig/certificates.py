"""Private keys and certificates: authorities, and what they sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.encodings import decode_base64
from telelens_schemas.templates.sprig.private_keys import as_pem, make_private_key, read_pem, read_private_key
from telelens_schemas.templates.sprig.signing import CERTIFICATE, alternatives, signed
from telelens_schemas.templates.values import Struct, Value, from_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.x509 import Certificate

CERTIFICATES = Family()
function = CERTIFICATES.function

_RSA_BITS: Final = 2048


@function("genPrivateKey", "kind string", "string", "A new private key as PEM: rsa, dsa, ecdsa or ed25519.")
def gen_private_key(calling: Calling, kind: str) -> str:
    if kind not in ("", "rsa", "dsa", "ecdsa", "ed25519"):
        return f"Unknown type {kind}"
    calling.budget.look_at_clock()
    made = as_pem(make_private_key(kind or "rsa"))
    calling.budget.look_at_clock()
    return made


@function("genCA", "name string, days int", CERTIFICATE, "A certificate authority of its own, with .Cert and .Key.")
def gen_ca(calling: Calling, name: str, days: int) -> Struct:
    return signed(calling, name, days, [], _new_key(calling), None, is_authority=True)


@function(
    "genCAWithKey", "name string, days int, key string", CERTIFICATE, "A certificate authority for this private key."
)
def gen_ca_with_key(calling: Calling, name: str, days: int, key: str) -> Struct:
    return signed(calling, name, days, [], _given_key(key), None, is_authority=True)


@function(
    "genSelfSignedCert",
    "name string, ips []any, names []any, days int",
    CERTIFICATE,
    "A certificate signed by itself, with .Cert and .Key.",
)
def gen_self_signed_cert(calling: Calling, name: str, ips: list[Value], names: list[Value], days: int) -> Struct:
    key = _new_key(calling)
    return signed(calling, name, days, alternatives(ips, names), key, None)


@function(
    "genSelfSignedCertWithKey",
    "name string, ips []any, names []any, days int, key string",
    CERTIFICATE,
    "A certificate signed by itself, for this private key.",
)
def gen_self_signed_cert_with_key(
    calling: Calling, name: str, ips: list[Value], names: list[Value], days: int, key: str
) -> Struct:
    given = _given_key(key)
    return signed(calling, name, days, alternatives(ips, names), given, None)


@function(
    "genSignedCert",
    f"name string, ips []any, names []any, days int, ca {CERTIFICATE}",
    CERTIFICATE,
    "A certificate signed by an authority, with .Cert and .Key.",
)
def gen_signed_cert(
    calling: Calling, name: str, ips: list[Value], names: list[Value], days: int, authority: Struct
) -> Struct:
    key = _new_key(calling)
    signer = _signer(authority)
    return signed(calling, name, days, alternatives(ips, names), key, signer)


@function(
    "genSignedCertWithKey",
    f"name string, ips []any, names []any, days int, ca {CERTIFICATE}, key string",
    CERTIFICATE,
    "A certificate signed by an authority, for this private key.",
)
def gen_signed_cert_with_key(
    calling: Calling, name: str, ips: list[Value], names: list[Value], days: int, authority: Struct, key: str
) -> Struct:
    given = _given_key(key)
    signer = _signer(authority)
    return signed(calling, name, days, alternatives(ips, names), given, signer)


@function(
    "buildCustomCert", "certificate string, key string", CERTIFICATE, "A certificate and its key from base64 of both."
)
def build_custom_cert(calling: Calling, certificate: str, key: str) -> Struct:
    cert_pem = _decoded(certificate, "certificate")
    key_pem = _decoded(key, "private key")
    _read_certificate(cert_pem, "decodedCert")
    try:
        read_private_key(key_pem)
    except FunctionError as error:
        raise FunctionError(f"error parsing private key: {error}") from error
    return Struct(CERTIFICATE, {"Cert": cert_pem, "Key": key_pem})


def _decoded(text: str, what: str) -> str:
    try:
        return from_bytes(decode_base64(text))
    except FunctionError as error:
        raise FunctionError(f"unable to decode base64 {what}") from error


def _new_key(calling: Calling) -> PrivateKeyTypes:
    from cryptography.hazmat.primitives.asymmetric import rsa

    calling.budget.look_at_clock()
    return rsa.generate_private_key(65537, _RSA_BITS)


def _given_key(pem: str) -> PrivateKeyTypes:
    try:
        return read_private_key(pem)
    except FunctionError as error:
        raise FunctionError(f"parsing private key: {error}") from error


def _signer(authority: Struct) -> tuple[Certificate, PrivateKeyTypes]:
    fields = authority.fields()
    certificate = _read_certificate(fields["Cert"], "decodedSignerCert")
    try:
        return certificate, read_private_key(fields["Key"])
    except FunctionError as error:
        raise FunctionError(f"error parsing private key: {error}") from error


def _read_certificate(pem: str, name: str) -> Certificate:
    from cryptography.x509 import load_der_x509_certificate

    block = read_pem(pem)
    if block is None:
        raise FunctionError("unable to decode certificate")
    try:
        return load_der_x509_certificate(block.data)
    except ValueError as error:
        raise FunctionError(f"error parsing certificate: {name}.Bytes: x509: malformed certificate") from error
