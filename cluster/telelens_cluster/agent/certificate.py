"""The certificate that the agent shows on its tunnel listener, made by the pod for itself.

Made by the ``openssl`` program: 5 ms and gone, where the cryptography package takes 70 ms to import and 70 MB of image.
Kept in the pod's memory, so that an agent that was restarted in place is still the one that the API vouches for.
"""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from telelens_schemas.names import RUN_PATH

from telelens_cluster.agent.errors import CertificateError

_DAYS: Final = "3650"
_NAME: Final = "/CN=telelens-agent"


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """Where key and certificate (PEM) lie, and the certificate as DER."""

    key: Path
    certificate: Path
    der: bytes


def own_certificate(directory: Path) -> OwnCertificate:
    """The pod's certificate; made when there is none. Raises CertificateError."""
    key, certificate = directory / "agent.key", directory / "agent.crt"
    try:
        if not _usable(key, certificate):
            _make(key, certificate)
        return OwnCertificate(key, certificate, ssl.PEM_cert_to_DER_cert(certificate.read_text()))
    except (OSError, ValueError) as error:
        raise CertificateError(f"the agent's certificate cannot be made in {directory}: {error}") from error


def _usable(key: Path, certificate: Path) -> bool:
    """Whether both are there and belong together (one may be left of a start that was ended half-way)."""
    if not (key.exists() and certificate.exists()):
        return False
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except ssl.SSLError:
        return False
    return True


def _make(key: Path, certificate: Path) -> None:
    new_key, new_certificate = key.with_suffix(".key.new"), certificate.with_suffix(".crt.new")
    command = [
        *("openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-subj", _NAME, "-days", _DAYS, "-addext", "basicConstraints=critical,CA:FALSE"),
        *("-keyout", str(new_key), "-out", str(new_certificate)),
    ]
    try:
        made = subprocess.run(command, capture_output=True, text=True, timeout=30, umask=0o077, check=False)
    except FileNotFoundError as error:
        raise CertificateError("the image has no openssl program") from error
    except subprocess.SubprocessError as error:
        raise CertificateError(f"openssl could not be run: {error}") from error
    if made.returncode:
        raise CertificateError(f"openssl made no certificate: {made.stderr.strip()[-300:]}")
    os.replace(new_key, key)
    os.replace(new_certificate, certificate)


if __name__ == "__main__":
    try:
        print(own_certificate(Path(RUN_PATH)).certificate)
    except CertificateError as error:
        sys.exit(f"telelens-agent: {error}")
