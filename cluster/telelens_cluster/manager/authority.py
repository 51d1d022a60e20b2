"""The Secret that all replicas share: authority and server certificate.

The first replica fills it; one that loses that race reads what the winner wrote. The TLS context that listeners use
is reloaded in place, so a renewed certificate meets the next handshake and cuts no connection.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from telelens_schemas.names import MANAGER_AGENTS_SERVICE, MANAGER_NAME

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.certificates import Pair, make_authority, make_server
from telelens_cluster.manager.errors import ApiError, ManagerError
from telelens_cluster.manager.kinds import MUTATING_WEBHOOK, SECRET, VALIDATING_WEBHOOK

_log = logging.getLogger(__name__)
SECRET_NAME: Final = "telelens-manager-tls"  # noqa: S105 (the name of an object)
_CHECK_EVERY: Final = 30.0
_CHECK_SOON: Final = 1.0
"""While a webhook configuration is missing: an installation writes it after the Deployment."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the Secret holds."""

    authority: Pair
    server: Pair

    @classmethod
    def make(cls, hosts: list[str], now: datetime) -> Identity:
        """A new one."""
        authority = make_authority(now)
        return cls(authority, make_server(authority, hosts, now))

    def renewed(self, hosts: list[str], now: datetime) -> Identity:
        """The same where nothing is due, else with what is due made anew."""
        authority, server = self.authority, self.server
        if authority.half_spent(now):
            authority = make_authority(now, former=authority)
        if server.half_spent(now) or not server.covers(hosts) or not server.signed_by(authority):
            server = make_server(authority, hosts, now)
        return self if (authority, server) == (self.authority, self.server) else Identity(authority, server)

    def to_data(self) -> dict[str, str]:
        """The ``data`` of the Secret."""
        fields = {
            "ca.crt": self.authority.certificate,
            "ca.key": self.authority.key,
            "tls.crt": self.server.certificate,
            "tls.key": self.server.key,
        }
        return {name: base64.b64encode(value).decode() for name, value in fields.items()}

    @classmethod
    def from_data(cls, data: Mapping[str, str]) -> Identity:
        """Raises KeyError or ValueError when it is not ours."""
        fields = {name: base64.b64decode(value) for name, value in data.items()}
        return cls(Pair(fields["ca.crt"], fields["ca.key"]), Pair(fields["tls.crt"], fields["tls.key"]))


class Authority:
    """Keeps Secret, TLS context and the webhook configurations' ``caBundle`` in step. Call ``prepare`` first."""

    def __init__(self, api: Api, *, namespace: str, state_directory: Path) -> None:
        self._api = api
        self._namespace = namespace
        self._directory = state_directory
        self._hosts = [
            f"{service}.{namespace}{suffix}"
            for service in (MANAGER_NAME, MANAGER_AGENTS_SERVICE)
            for suffix in ("", ".svc", ".svc.cluster.local")
        ]
        self._path = SECRET.object(namespace, SECRET_NAME)
        self._identity: Identity | None = None
        self._published = False
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        """For every listener of this process."""
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.num_tickets = 0

    @property
    def identity(self) -> Identity:
        """What is in force."""
        assert self._identity, "prepare() was not called"
        return self._identity

    async def prepare(self) -> None:
        """Read the Secret, or make it; renew what is due; tell the webhook configurations."""
        while True:
            try:
                await self._synchronise()
                break
            except ApiError as error:
                if error.status != 409:  # another replica was quicker: read what it wrote
                    raise
        await self._publish()

    async def run(self) -> None:
        """Keep everything in step, for ever."""
        while True:
            await asyncio.sleep(_CHECK_EVERY if self._published else _CHECK_SOON)
            try:
                await self.prepare()
            except ManagerError as error:
                _log.warning("certificates could not be checked: %s", error)

    async def _synchronise(self) -> None:
        now = datetime.now(UTC)
        try:
            secret = await self._api.get(self._path)
        except ApiError as error:
            if error.status != 404:
                raise
            identity = Identity.make(self._hosts, now)
            await self._api.create(SECRET.collection(self._namespace), self._secret(identity))
            _log.info("made the manager's certificate authority")
        else:
            if not (data := secret.get("data")):  # the chart makes it empty, so that it goes with the chart
                await self._api.update(self._path, {**secret, "data": Identity.make(self._hosts, now).to_data()})
                _log.info("made the manager's certificate authority")
                return await self._synchronise()
            try:
                found = Identity.from_data(data)
            except (KeyError, ValueError) as error:
                raise ManagerError(
                    f"the Secret {self._namespace}/{SECRET_NAME} does not hold what the manager wrote ({error});"
                    " delete it and restart the manager"
                ) from error
            identity = found.renewed(self._hosts, now)
            if identity != found:
                await self._api.update(self._path, {**secret, "data": identity.to_data()})
                _log.info("renewed the manager's certificates")
        if identity != self._identity:
            self._load(identity)

    def _secret(self, identity: Identity) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": SECRET_NAME, "labels": {"app.kubernetes.io/name": MANAGER_NAME}},
            "type": "Opaque",
            "data": identity.to_data(),
        }

    def _load(self, identity: Identity) -> None:
        """``ssl`` reads certificates from files only; the key is there no longer than that takes."""
        path = self._directory / "server.pem"
        path.touch(mode=0o600)
        try:
            path.write_bytes(identity.server.key + identity.server.certificate)
            self.context.load_cert_chain(path)
        finally:
            path.unlink()
        self._identity = identity

    async def _publish(self) -> None:
        """Write the authority into the webhook configurations; absent ones are the chart's business."""
        self._published = True
        bundle = base64.b64encode(self.identity.authority.certificate).decode()
        for kind in (MUTATING_WEBHOOK, VALIDATING_WEBHOOK):
            path = kind.object(None, f"{MANAGER_NAME}-{self._namespace}")
            try:
                configuration = await self._api.get(path)
            except ApiError as error:
                if error.status != 404:
                    raise
                self._published = False
                continue
            changes: list[Mapping[str, Any]] = [
                {"op": "add", "path": f"/webhooks/{index}/clientConfig/caBundle", "value": bundle}
                for index, hook in enumerate(configuration.get("webhooks") or ())
                if hook["clientConfig"].get("caBundle") != bundle
            ]
            if changes:
                # The index may mean another hook by now: only where the object is still the one that was read.
                version = configuration["metadata"]["resourceVersion"]
                test = {"op": "test", "path": "/metadata/resourceVersion", "value": version}
                await self._api.patch(path, [test, *changes])
