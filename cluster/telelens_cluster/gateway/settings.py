"""What the chart tells the gateway's process by environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from telelens_cluster.manager.errors import ConfigurationError
from telelens_cluster.manager.settings import PREVIEW_URL, preview_domain, served_namespaces
from telelens_cluster.preview.domain import Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Settings of the preview gateway."""

    domain: Domain
    namespaces: tuple[str, ...] = ()
    """Where intercepts are served; empty: everywhere."""
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Raises ConfigurationError naming the variable."""
        domain = preview_domain(environment)
        if domain is None:
            raise ConfigurationError(f"the environment variable {PREVIEW_URL} is not set")
        return cls(
            domain=domain,
            namespaces=served_namespaces(environment),
            log_level=environment.get("TELELENS_LOG_LEVEL") or "INFO",
        )
