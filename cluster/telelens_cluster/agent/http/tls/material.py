"""What the Secrets hold at this moment, checked before HAProxy hears of it. The kubelet renews the files."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from telelens_schemas.names import ORIGINATING_TLS, TERMINATING_TLS, TLS_AUTHORITY, TLS_CERTIFICATE, TLS_KEY

from telelens_cluster.agent.injection import NamedSecret, TlsSecrets

_BLOCK: Final = re.compile(rb"-----BEGIN [A-Z0-9 ]+-----[^-]*-----END [A-Z0-9 ]+-----\r?\n?")
_DATA: Final = "..data"
"""The kubelet's link to all files of one version."""


class MaterialError(Exception):
    """The Secrets cannot be used; the text names the Secret, its second line says what to do."""


class BrokenMaterialError(MaterialError):
    """What is there is no material."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What HAProxy's configuration is made for; everything else of a Material is changed while it runs."""

    mutual: bool
    """There are a certificate to show to an application that asks for one, and an authority by which callers are asked
    for theirs: neither serves without the other."""
    trusts: bool
    """The application must show a certificate of a given authority."""


@dataclass(frozen=True, slots=True)
class Material:
    """PEM, keys among it: never to be printed."""

    certificate: bytes = field(repr=False)
    """Key and chain that callers meet."""
    callers: bytes = field(repr=False)
    """Authorities of callers' own certificates; may be empty, as may what follows."""
    client: bytes = field(repr=False)
    """Key and chain that the application meets."""
    trust: bytes = field(repr=False)
    """Authorities of the application's certificate."""

    @property
    def shape(self) -> Shape:
        """See there."""
        return Shape(mutual=bool(self.client and self.callers), trusts=bool(self.trust))


def read_material(directory: Path, secrets: TlsSecrets) -> Material:
    """Raises MaterialError: BrokenMaterialError where something is there."""
    if secrets.terminating is None:
        named = secrets.originating
        what = f"annotation {named.annotation} does nothing alone" if named else "no Secret is named"
        raise MaterialError(
            f"{what}\nadd the annotation telelens.dev/inject-terminating-tls-secret to the pod template"
        )
    certificate, callers = _read(directory / TERMINATING_TLS, secrets.terminating)
    if not certificate:
        raise MaterialError(
            f"{_called(secrets.terminating)} is not there, or lacks {TLS_CERTIFICATE} or {TLS_KEY}"
            "\ncreate it as a Secret of type kubernetes.io/tls; the kubelet brings it within two minutes"
        )
    client, trust = b"", b""
    if secrets.originating is not None:
        client, trust = _read(directory / ORIGINATING_TLS, secrets.originating)
        if not client and not trust:
            raise MaterialError(
                f"{_called(secrets.originating)} is not there, or holds neither {TLS_CERTIFICATE} with {TLS_KEY} nor"
                f" {TLS_AUTHORITY}\ncreate it; the kubelet brings it within two minutes"
            )
    return Material(certificate, callers, client, trust)


def _read(folder: Path, secret: NamedSecret) -> tuple[bytes, bytes]:
    """(key with chain, authorities), each empty where it is not there. Raises BrokenMaterialError."""
    # One version: the kubelet swaps the link, and what was read of two would not fit together.
    whole = (folder / _DATA).resolve() if (folder / _DATA).exists() else folder
    certificate, key, authority = whole / TLS_CERTIFICATE, whole / TLS_KEY, whole / TLS_AUTHORITY
    try:
        pair = b""
        if certificate.exists() and key.exists():
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
            pair = _dense(key.read_bytes()) + _dense(certificate.read_bytes())
        authorities = _dense(authority.read_bytes()) if authority.exists() else b""
        if authorities:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=authorities.decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise BrokenMaterialError(
            f"{_called(secret)} cannot be used: {_reason(error)}\n"
            f"{TLS_CERTIFICATE} and {TLS_KEY} must be PEM, without a password, and belong together,"
            f" {TLS_AUTHORITY} must hold certificates"
        ) from error
    except OSError as error:
        raise BrokenMaterialError(f"{_called(secret)} cannot be read: {error.strerror}") from error
    return pair, authorities


def _called(secret: NamedSecret) -> str:
    return f'Secret "{secret.secret}" (annotation {secret.annotation})'


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return reason.lower().replace("_", " ") if isinstance(reason, str) else "it is no PEM"


def _dense(text: bytes) -> bytes:
    """The PEM in it, without words and blank lines, which would end what HAProxy is told. Raises ValueError."""
    lines = b"".join(_BLOCK.findall(text)).splitlines()
    return b"".join(line.strip() + b"\n" for line in lines if line.strip()).decode("ascii").encode()
