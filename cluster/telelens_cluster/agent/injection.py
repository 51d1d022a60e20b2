"""What the injector wrote down about the pod, as the init container and the agent read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from telelens_schemas.names import INJECTION_VARIABLE, ORIGINATING_TLS, TERMINATING_TLS

from telelens_cluster.agent.errors import InjectionError

VERSION: Final = 1
LITERAL: Final = "literal"


@dataclass(frozen=True, slots=True)
class DeclaredVariable:
    """One entry of a container's ``env``: a literal is expanded by the agent, a reference was by the kubelet."""

    name: str
    literal: bool


@dataclass(frozen=True, slots=True)
class Container:
    """A container of the application, and the prefix under which the agent carries its environment."""

    name: str
    prefix: str
    tcp_ports: tuple[int, ...]
    environment: tuple[DeclaredVariable, ...]


@dataclass(frozen=True, slots=True)
class ShadowPort:
    """The kubelet probes ``shadow``; the application listens on ``target``."""

    shadow: int
    target: int


@dataclass(frozen=True, slots=True)
class NamedSecret:
    """A Secret that the pod template names, whether or not there is one."""

    annotation: str
    secret: str


@dataclass(frozen=True, slots=True)
class TlsSecrets:
    """What HTTP is read with where callers speak TLS."""

    terminating: NamedSecret | None = None
    originating: NamedSecret | None = None


@dataclass(frozen=True, slots=True)
class Injection:
    """The whole document."""

    containers: tuple[Container, ...] = ()
    shadow_ports: tuple[ShadowPort, ...] = ()
    redirected: tuple[int, ...] = ()
    """Ports whose connections go to the agent from the pod's first moment: it starts for an intercept."""
    tls: TlsSecrets = TlsSecrets()

    def container(self, name: str) -> Container | None:
        """The container called ``name``."""
        return next((container for container in self.containers if container.name == name), None)


def read_injection(environment: Mapping[str, str]) -> Injection:
    """The document in ``environment``. Raises InjectionError."""
    text = environment.get(INJECTION_VARIABLE)
    if not text:
        raise InjectionError(f"{INJECTION_VARIABLE} is not set: this container was not made by the injector")
    try:
        document = json.loads(text)
        if document["version"] != VERSION:
            raise InjectionError(
                f"{INJECTION_VARIABLE} has version {document['version']}, this agent reads {VERSION}: "
                "manager and agent image do not match"
            )
        return Injection(
            containers=tuple(_container(entry) for entry in document.get("containers", ())),
            shadow_ports=tuple(
                ShadowPort(_port(entry["shadow"]), _port(entry["target"])) for entry in document.get("shadowPorts", ())
            ),
            redirected=tuple(_port(port) for port in document.get("redirected", ())),
            tls=_tls(document.get("tls", {})),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InjectionError(f"{INJECTION_VARIABLE} cannot be read: {error!r}") from error


def _container(entry: Mapping[str, Any]) -> Container:
    return Container(
        name=str(entry["name"]),
        prefix=str(entry["prefix"]),
        tcp_ports=tuple(
            _port(port["containerPort"]) for port in entry.get("ports", ()) if port.get("protocol", "TCP") == "TCP"
        ),
        environment=tuple(
            DeclaredVariable(name=str(variable["name"]), literal=variable["kind"] == LITERAL)
            for variable in entry.get("environment", ())
        ),
    )


def _tls(entries: Mapping[str, Any]) -> TlsSecrets:
    found = {purpose: NamedSecret(str(entry["annotation"]), str(entry["secret"])) for purpose, entry in entries.items()}
    return TlsSecrets(found.get(TERMINATING_TLS), found.get(ORIGINATING_TLS))


def _port(value: object) -> int:
    """Checked here because ports become text of the pod's nftables rules."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 65536:
        raise ValueError(f"{value!r} is not a port")
    return value
