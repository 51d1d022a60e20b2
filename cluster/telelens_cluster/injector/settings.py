"""What the injector must know beside the pod."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionSettings:
    """The same for every pod that this manager injects."""

    agent_image: str
    pull_policy: str = "IfNotPresent"
    resources: Mapping[str, Any] = field(default_factory=dict)
    manager_address: str
    """``host:port`` of the manager's listener for agents."""
    manager_ca: str
    """PEM of the authority that signed the listener's certificate."""
