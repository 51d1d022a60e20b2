"""Credentials from a program, as ``users[].user.exec`` of a kubeconfig names it (client.authentication.k8s.io).

Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
The daemon has no terminal, so the program is never interactive; what it prints on stderr goes into the error.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telelens_daemons.kube.errors import CredentialsError

API_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
PLUGIN_SECONDS = 60.0
EARLY_SECONDS = 30.0
"""A credential is renewed this long before it expires, so that no request travels with a dying one."""


@dataclass(frozen=True, slots=True)
class ExecCredential:
    """What a plugin gave: a token, a client certificate with its key (PEM), or both."""

    token: str = ""
    certificate: str = ""
    key: str = ""
    expires: float | None = None

    def is_fresh(self, now: float) -> bool:
        """Whether it may still be used at ``now`` (seconds since the epoch)."""
        return self.expires is None or now < self.expires - EARLY_SECONDS


class ExecPlugin:
    """Runs the program when there is no fresh credential, once for all that wait for it."""

    def __init__(
        self,
        entry: Mapping[str, Any],
        *,
        environment: Mapping[str, str],
        cluster: Mapping[str, Any],
    ) -> None:
        self._entry = entry
        self._environment = environment
        self._cluster = cluster
        self._credential: ExecCredential | None = None
        self._lock = asyncio.Lock()

    def forget(self) -> None:
        """The server refused the credential (401): the next one is made anew."""
        self._credential = None

    async def credential(self) -> ExecCredential:
        """The credential, made when needed. Raises CredentialsError."""
        async with self._lock:
            if self._credential is None or not self._credential.is_fresh(time.time()):
                self._credential = parse_credential(await self._run(), command=self._command)
            return self._credential

    @property
    def _command(self) -> str:
        return str(self._entry.get("command") or "")

    async def _run(self) -> bytes:
        api_version = str(self._entry.get("apiVersion") or API_VERSIONS[0])
        if api_version not in API_VERSIONS:
            raise CredentialsError(f"credential plugin {self._command}: {api_version} is not supported")
        if self._entry.get("interactiveMode") == "Always":
            raise CredentialsError(
                f"credential plugin {self._command} wants a terminal and the daemon has none",
                hint="log in with the plugin's own command first, or set interactiveMode: IfAvailable",
            )
        environment = dict(self._environment)
        for item in self._entry.get("env") or ():
            environment[str(item["name"])] = str(item["value"])
        environment["KUBERNETES_EXEC_INFO"] = json.dumps(self._info(api_version))
        arguments = [str(argument) for argument in self._entry.get("args") or ()]
        try:
            process = await asyncio.create_subprocess_exec(
                self._command,
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
            )
        except OSError as error:
            raise CredentialsError(
                f"cannot run the credential plugin {self._command}: {error.strerror}",
                hint=str(self._entry.get("installHint") or "").strip().split("\n")[0]
                or f"install {self._command}, or put its folder on PATH and connect again",
            ) from error
        try:
            async with asyncio.timeout(PLUGIN_SECONDS):
                output, errors = await process.communicate()
        except TimeoutError as error:
            raise CredentialsError(f"credential plugin {self._command} gave nothing in 60 s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            said = errors.decode(errors="replace").strip()
            raise CredentialsError(
                f"credential plugin {self._command} failed: {said.splitlines()[-1] if said else 'no output'}",
                hint="log in to the cluster again",
                detail=said,
            )
        return output

    def _info(self, api_version: str) -> dict[str, Any]:
        spec: dict[str, Any] = {"interactive": False}
        if self._entry.get("provideClusterInfo"):
            spec["cluster"] = self._cluster
        return {"apiVersion": api_version, "kind": "ExecCredential", "spec": spec}


def parse_credential(output: bytes, *, command: str) -> ExecCredential:
    """Read what a plugin printed. Raises CredentialsError when it is not an ExecCredential."""
    try:
        document = json.loads(output)
        status = document["status"]
        expires = status.get("expirationTimestamp")
        credential = ExecCredential(
            token=status.get("token") or "",
            certificate=status.get("clientCertificateData") or "",
            key=status.get("clientKeyData") or "",
            expires=datetime.fromisoformat(expires).timestamp() if expires else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CredentialsError(f"credential plugin {command} printed no ExecCredential", detail=repr(error)) from error
    if not (credential.token or (credential.certificate and credential.key)):
        raise CredentialsError(f"credential plugin {command} gave neither a token nor a certificate")
    return credential
