"""Makes a session's key and certificate: ``python -m telelens_daemons.session.make_certificate FOLDER``.

A program of its own, because the cryptography package would cost the daemon 25 MB for as long as it lives.
"""

from __future__ import annotations

import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID = timedelta(days=3650)
CLOCK_SKEW = timedelta(days=1)


def make_certificate(folder: Path) -> None:
    """Write ``key.pem`` and ``certificate.pem`` (self-signed, P-256, CA:FALSE), readable by the user alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    # Nothing depends on it being unique; people who look at several can tell them apart.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"telelens session {secrets.token_hex(8)}")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    write_private(
        folder / "key.pem",
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    write_private(folder / "certificate.pem", certificate.public_bytes(pem))


def write_private(path: Path, content: bytes) -> None:
    """Write a file that nobody else can read, not even for a moment."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


if __name__ == "__main__":
    make_certificate(Path(sys.argv[1]))
