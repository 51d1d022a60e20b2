"""What the chart tells the process by environment variables."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from telelens_cluster.manager.errors import ConfigurationError
from telelens_cluster.preview.domain import Domain, NotADomain

PREVIEW_URL = "TELELENS_PREVIEW_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the traffic manager; durations in seconds."""

    pod_name: str
    pod_namespace: str
    pod_uid: str
    pod_ips: tuple[str, ...]
    """Of each IP family of the cluster one."""
    version: str
    agent_image: str
    agent_pull_policy: str = "IfNotPresent"
    agent_resources: Mapping[str, Any]
    namespaces: tuple[str, ...] = ()
    """Where intercepts are served; empty: everywhere."""
    away_after: float = 15.0
    """Silence of a workstation after which its traffic goes to the application."""
    gone_after: float = 600.0
    """Silence after which its session and intercepts are deleted."""
    linger: float = 600.0
    """For how long the redirect stays after the last intercept of a port."""
    agent_timeout: float = 10.0
    """For how long a started agent may take to connect."""
    preview: Domain | None = None
    """Of preview URLs; absent: there are none."""
    kubeconfig: str | None = None
    """Outside a cluster only."""
    state_directory: Path = Path("/tmp")  # noqa: S108 (the container's own emptyDir)
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Raises ConfigurationError naming the variable."""

        def required(name: str) -> str:
            if not (value := environment.get(name)):
                raise ConfigurationError(f"the environment variable {name} is not set")
            return value

        def seconds(name: str, default: float, *, least: float = 0.001) -> float:
            try:
                value = float(environment.get(name) or default)
            except ValueError as error:
                raise ConfigurationError(f"{name}: {environment[name]!r} is not a number of seconds") from error
            if not value >= least:
                raise ConfigurationError(f"{name} must be at least {least:g} seconds")
            return value

        try:
            resources = json.loads(environment.get("TELELENS_AGENT_RESOURCES") or "{}")
        except ValueError as error:
            raise ConfigurationError(f"TELELENS_AGENT_RESOURCES is not JSON: {error}") from error
        return cls(
            pod_name=required("POD_NAME"),
            pod_namespace=required("POD_NAMESPACE"),
            pod_uid=required("POD_UID"),
            pod_ips=tuple(required("POD_IPS").split(",")),
            version=required("TELELENS_VERSION"),
            agent_image=required("TELELENS_AGENT_IMAGE"),
            agent_pull_policy=environment.get("TELELENS_AGENT_PULL_POLICY") or "IfNotPresent",
            agent_resources=resources,
            namespaces=served_namespaces(environment),
            away_after=seconds("TELELENS_AWAY_AFTER", 15),
            gone_after=seconds("TELELENS_GONE_AFTER", 600),
            linger=seconds("TELELENS_LINGER", 600, least=0),
            agent_timeout=seconds("TELELENS_AGENT_TIMEOUT", 10),
            preview=preview_domain(environment),
            kubeconfig=environment.get("TELELENS_KUBECONFIG") or None,
            state_directory=Path(environment.get("TELELENS_STATE_DIRECTORY") or "/tmp"),  # noqa: S108
            log_level=environment.get("TELELENS_LOG_LEVEL") or "INFO",
        )


def served_namespaces(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Where intercepts are served; empty: everywhere."""
    return tuple(name for name in environment.get("TELELENS_NAMESPACES", "").split(",") if name)


def preview_domain(environment: Mapping[str, str]) -> Domain | None:
    """Of preview URLs, None where there are none. Raises ConfigurationError naming the variable."""
    url = environment.get(PREVIEW_URL)
    try:
        return Domain.parse(url) if url else None
    except NotADomain as error:
        raise ConfigurationError(f"{PREVIEW_URL}: {error}") from error
