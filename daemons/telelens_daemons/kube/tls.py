"""The TLS context for an API server, from what a kubeconfig and a credential plugin give."""

from __future__ import annotations

import os
import ssl
import tempfile

from telelens_daemons.kube.credentials import ClientCertificate, pem
from telelens_daemons.kube.errors import KubeconfigError
from telelens_daemons.kube.kubeconfig import Access


def tls_context(access: Access, certificate: ClientCertificate | None) -> ssl.SSLContext | None:
    """Return the context, or None for plain http. Raises KubeconfigError when a certificate cannot be used."""
    if not access.server.startswith("https://"):
        return None
    authority = pem(access.cluster_entry, "certificate-authority", access.flags.certificate_authority)
    insecure = access.flags.insecure_skip_tls_verify or bool(access.cluster_entry.get("insecure-skip-tls-verify"))
    try:
        if insecure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        else:
            context = ssl.create_default_context(cadata=authority.decode() if authority else None)
            # Python 3.13 turned this on; Kubernetes' own tools make CAs that do not pass it.
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    except (ssl.SSLError, ValueError) as error:
        raise KubeconfigError(f"the CA of cluster {access.cluster} cannot be used: {error}") from error
    if certificate:
        _load(context, certificate, access)
    return context


def server_hostname(access: Access) -> str | None:
    """The name that the server's certificate must carry, where it is not the URL's."""
    return access.flags.tls_server_name or access.cluster_entry.get("tls-server-name") or None


def _load(context: ssl.SSLContext, certificate: ClientCertificate, access: Access) -> None:
    # The ssl module takes client certificates from files only; this one lives for a moment, mode 0600.
    descriptor, path = tempfile.mkstemp(prefix="telelens-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(certificate.certificate + b"\n" + certificate.key)
        context.load_cert_chain(path)
    except ssl.SSLError as error:
        raise KubeconfigError(f"the client certificate of context {access.context} cannot be used: {error}") from error
    finally:
        os.unlink(path)
