"""Which sessions' certificates agents may pin.

Agents let in whoever proves to hold the key of a pinned certificate, and know by the pin which session it is. So every
session has its own, and it is exactly what our clients make; what is not is refused here, before any agent hears of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from telelens_cluster.manager.errors import CertificateUnfit

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Carried:
    """What one session carries."""

    name: str
    since: str
    certificate: bytes
    """DER; empty where it is unfit."""
    fault: str = ""


class SessionCertificates:
    """Judges the certificates of all sessions together; a certificate belongs to the oldest that carries it."""

    def __init__(self) -> None:
        self._carried: dict[str, _Carried] = {}
        self._carriers: dict[bytes, set[str]] = {}

    def add(self, session: Object) -> None:
        """Take notice of a session; its spec never changes."""
        metadata = session["metadata"]
        if (uid := metadata["uid"]) in self._carried:
            return
        certificate, fault = b"", ""
        try:
            certificate = fit_certificate(session["spec"]["certificate"])
            self._carriers.setdefault(certificate, set()).add(uid)
        except CertificateUnfit as error:
            fault = str(error)
        self._carried[uid] = _Carried(metadata["name"], metadata.get("creationTimestamp") or "", certificate, fault)

    def forget(self, uid: str) -> None:
        """The session is gone."""
        carried = self._carried.pop(uid, None)
        if carried and (carriers := self._carriers.get(carried.certificate)):
            carriers.discard(uid)
            if not carriers:
                del self._carriers[carried.certificate]

    def fault(self, uid: str) -> str:
        """Why the session is refused; empty where it is not."""
        carried = self._carried.get(uid)
        if carried is None:
            return "its certificate has not been looked at yet"
        if carried.fault:
            return carried.fault
        oldest = min(self._carriers[carried.certificate], key=lambda one: (self._carried[one].since, one))
        return "" if oldest == uid else f"session {self._carried[oldest].name} carries the same certificate"

    def pin(self, uid: str) -> bytes | None:
        """The certificate (DER) that agents may pin for the session."""
        return None if self.fault(uid) else self._carried[uid].certificate


def fit_certificate(text: str) -> bytes:
    """The certificate (DER) in ``text``. Raises CertificateUnfit."""
    try:
        certificates = x509.load_pem_x509_certificates(text.encode())
        if len(certificates) != 1:
            raise CertificateUnfit("its certificate is several")
        (certificate,) = certificates
        key = certificate.public_key()
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise CertificateUnfit("its certificate's key is not of the curve P-256")
        if constraints.ca:
            raise CertificateUnfit("its certificate is an authority's (CA:TRUE)")
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, TypeError) as error:
        raise CertificateUnfit("its certificate is not signed by itself") from error
    except x509.ExtensionNotFound as error:
        raise CertificateUnfit("its certificate does not say CA:FALSE") from error
    except CertificateUnfit:
        raise
    except Exception as error:  # the parser raises ValueError and errors of its own; all come from what a stranger sent
        raise CertificateUnfit("its certificate cannot be read") from error
    return certificate.public_bytes(Encoding.DER)
