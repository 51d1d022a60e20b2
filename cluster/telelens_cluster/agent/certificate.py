"""The certificate that the agent shows on its tunnel listener, made by the pod for itself.

Made by the ``openssl`` program: 15 ms and gone, where the cryptography package takes 70 ms to import.
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

# Who pins a certificate has no use for its dates, and the clocks of node and workstation must not matter; of openssl's
# programs only `ca` lets one choose the first date.
_BEGIN: Final = "20200101000000Z"
_END: Final = "20991231235959Z"
_CONFIGURATION: Final = """\
[req]
prompt = no
distinguished_name = name
[name]
CN = telelens-agent
[ca]
default_ca = agent
[agent]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = policy
x509_extensions = extensions
[policy]
CN = supplied
[extensions]
basicConstraints = critical, CA:FALSE
"""


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
    folder = certificate.parent / "making-certificate"
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        (folder / "config").write_text(_CONFIGURATION)
        (folder / "index").write_text("")
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
        _openssl(folder, "req", "-new", "-nodes", *curve, "-keyout", "key", "-out", "request")
        dates = ("-startdate", _BEGIN, "-enddate", _END)
        files = ("-keyfile", "key", "-in", "request", "-out", "certificate")
        _openssl(folder, "ca", "-selfsign", "-batch", "-notext", *dates, *files)
        os.replace(folder / "key", key)
        os.replace(folder / "certificate", certificate)
    finally:
        for left in folder.iterdir():
            left.unlink()
        folder.rmdir()


def _openssl(folder: Path, *arguments: str) -> None:
    try:
        done = subprocess.run(
            ["openssl", arguments[0], "-config", "config", *arguments[1:]],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=30,
            umask=0o077,
            check=False,
        )
    except FileNotFoundError as error:
        raise CertificateError("the image has no openssl program") from error
    except subprocess.SubprocessError as error:
        raise CertificateError(f"openssl could not be run: {error}") from error
    if done.returncode:
        raise CertificateError(f"openssl {arguments[0]} failed: {done.stderr.strip()[-300:]}")


if __name__ == "__main__":
    try:
        print(own_certificate(Path(RUN_PATH)).certificate)
    except CertificateError as error:
        sys.exit(f"telelens-agent: {error}")
