"""Private keys as PEM: made, and read again."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telelens_schemas.templates.functions import FunctionError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_BLOCK: Final = re.compile(
    r"^-----BEGIN ([^\n]*?)-----[ \t\r]*\n(.*?)^-----END \1-----[ \t\r]*$", re.DOTALL | re.MULTILINE
)
_HEADERS: Final = re.compile(r"\A(?:[^\n:]+:[^\n]*\n)+\n?")
_TRADITIONAL: Final = {"RSA": "RSA", "EC": "EC", "DSA": "DSA"}


@dataclass(frozen=True, slots=True)
class PemBlock:
    """What stands between two lines of dashes."""

    label: str
    data: bytes


def read_pem(text: str) -> PemBlock | None:
    """The first block of a text; ``None`` where it holds none."""
    for found in _BLOCK.finditer(text):
        body = _HEADERS.sub("", found[2])
        try:
            return PemBlock(found[1], base64.b64decode("".join(body.split()), validate=True))
        except (binascii.Error, ValueError):
            continue
    return None


def read_private_key(pem: str) -> PrivateKeyTypes:
    """Raises FunctionError with sprig's words."""
    block = read_pem(pem)
    if block is None:
        raise FunctionError("no PEM data in input")
    if block.label == "PRIVATE KEY":
        return _loaded(block, "decoding PEM as PKCS#8")
    if not block.label.endswith(" PRIVATE KEY"):
        raise FunctionError(f"no private key data in PEM block of type {block.label}")
    kind = block.label.removesuffix(" PRIVATE KEY")
    if kind not in _TRADITIONAL:
        # sprig cuts one letter less than it means to
        raise FunctionError(f"invalid private key type {block.label}")
    return _loaded(block, f"parsing {kind} private key from PEM")


def _loaded(block: PemBlock, doing: str) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    try:
        return load_der_private_key(block.data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise FunctionError(f"{doing}: {error}") from error


def make_private_key(kind: str) -> PrivateKeyTypes:
    """``rsa`` (4096 bits), ``dsa``, ``ecdsa`` (P-256) or ``ed25519``. Raises KeyError for others."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

    makers: Mapping[str, Callable[[], PrivateKeyTypes]] = {
        "rsa": lambda: rsa.generate_private_key(65537, 4096),
        "dsa": lambda: dsa.generate_private_key(2048),
        "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }
    return makers[kind]()


def as_pem(key: PrivateKeyTypes) -> str:
    """In the older format of its kind, as Go's tools write it; Ed25519 has none but PKCS#8."""
    from cryptography.hazmat.primitives.asymmetric.dsa import DSAPrivateKey
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    older = isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey | DSAPrivateKey)
    shape = PrivateFormat.TraditionalOpenSSL if older else PrivateFormat.PKCS8
    return key.private_bytes(Encoding.PEM, shape, NoEncryption()).decode()
