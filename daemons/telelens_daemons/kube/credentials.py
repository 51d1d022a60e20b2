"""Who we are to an API server: headers for each request and, perhaps, a client certificate."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telelens_daemons.kube.errors import CredentialsError, KubeconfigError
from telelens_daemons.kube.exec_plugin import ExecPlugin
from telelens_daemons.kube.kubeconfig import Access

TOKEN_FILE_SECONDS = 60.0
"""How long a token read from a file is trusted; such files are rotated (client-go uses a minute as well)."""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """PEM texts."""

    certificate: bytes
    key: bytes


class Credentials:
    """Answers for one access; asks plugins and files again when what they gave grows old."""

    def __init__(self, access: Access, *, environment: Mapping[str, str]) -> None:
        self._flags = access.flags
        self._user = access.user_entry
        self._plugin: ExecPlugin | None = None
        self._file_token: tuple[float, str] = (0.0, "")
        if isinstance(self._user.get("exec"), Mapping) and not self._static_token():
            self._plugin = ExecPlugin(self._user["exec"], environment=environment, cluster=exec_cluster_info(access))
        elif "auth-provider" in self._user:
            raise KubeconfigError(
                f"the kubeconfig of context {access.context} uses auth-provider, which Kubernetes removed in 1.26",
                hint="renew the kubeconfig with your provider's tool: it will use an exec plugin",
            )

    @property
    def can_renew(self) -> bool:
        """Whether asking again after a 401 may help."""
        return self._plugin is not None or bool(self._user.get("tokenFile"))

    def forget(self) -> None:
        """The server said 401: make everything that can be made anew."""
        self._file_token = (0.0, "")
        if self._plugin:
            self._plugin.forget()

    async def headers(self) -> list[tuple[str, str]]:
        """Authorization and impersonation headers; one may occur twice. Raises CredentialsError."""
        headers = self._impersonation()
        if authorization := await self._authorization():
            headers.append(("Authorization", authorization))
        return headers

    async def client_certificate(self) -> ClientCertificate | None:
        """The certificate and key to show in TLS, if there are any."""
        if self._plugin:
            credential = await self._plugin.credential()
            if credential.certificate:
                return ClientCertificate(credential.certificate.encode(), credential.key.encode())
        certificate = pem(self._user, "client-certificate", self._flags.client_certificate)
        key = pem(self._user, "client-key", self._flags.client_key)
        return ClientCertificate(certificate, key) if certificate and key else None

    async def _authorization(self) -> str:
        if token := self._static_token():
            return f"Bearer {token}"
        if token_file := self._user.get("tokenFile"):
            return f"Bearer {self._token_from(Path(token_file))}"
        if self._plugin:
            token = (await self._plugin.credential()).token
            return f"Bearer {token}" if token else ""
        if self._user.get("username"):
            pair = f"{self._user['username']}:{self._user.get('password', '')}"
            return f"Basic {base64.b64encode(pair.encode()).decode()}"
        return ""

    def _static_token(self) -> str:
        token = self._flags.token
        if not token and not self._user.get("tokenFile"):
            token = str(self._user.get("token") or "")
        return token

    def _token_from(self, path: Path) -> str:
        read_at, token = self._file_token
        now = time.monotonic()
        if not token or now - read_at > TOKEN_FILE_SECONDS:
            try:
                token = path.read_text().strip()
            except OSError as error:
                raise CredentialsError(f"cannot read the token file {path}: {error.strerror}") from error
            self._file_token = (now, token)
        return token

    def _impersonation(self) -> list[tuple[str, str]]:
        user = self._flags.as_user or self._user.get("as")
        groups = self._flags.as_groups or tuple(self._user.get("as-groups") or ())
        headers = [("Impersonate-User", str(user))] if user else []
        return [*headers, *(("Impersonate-Group", str(group)) for group in groups)]


def pem(entry: Mapping[str, Any], key: str, override: str = "") -> bytes:
    """The PEM text under ``key``: the flag's file, else ``key-data`` (base64), else the file of ``key``."""
    try:
        if override:
            return Path(override).expanduser().read_bytes()
        if data := entry.get(f"{key}-data"):
            return base64.b64decode(data)
        if path := entry.get(key):
            return Path(path).read_bytes()
    except OSError as error:
        raise KubeconfigError(f"cannot read {key} {error.filename}: {error.strerror}") from error
    except ValueError as error:
        raise KubeconfigError(f"{key}-data in the kubeconfig is not base64") from error
    return b""


def exec_cluster_info(access: Access) -> dict[str, Any]:
    """``spec.cluster`` of the information for a plugin that asks for it (``provideClusterInfo``)."""
    info: dict[str, Any] = {"server": access.server}
    if authority := pem(access.cluster_entry, "certificate-authority", access.flags.certificate_authority):
        info["certificate-authority-data"] = base64.b64encode(authority).decode()
    for key in ("tls-server-name", "insecure-skip-tls-verify", "proxy-url"):
        if access.cluster_entry.get(key):
            info[key] = access.cluster_entry[key]
    for extension in access.cluster_entry.get("extensions") or ():
        if extension.get("name") == "client.authentication.k8s.io/exec":
            info["config"] = extension.get("extension")
    return info
