"""Everything that a decision about one workload is made from."""

from __future__ import annotations

import enum
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telelens_schemas.names import INJECT_ENABLED, ROLLED_AT_ANNOTATION
from telelens_schemas.resources import EnvironmentGrant, Intercept
from telelens_schemas.wire.tunnel_pb2 import AgentConfiguration, AgentStatus

from telelens_cluster.injector.policy import annotated
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.pods import Neighbour, PodState

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """A workstation as it is now."""

    uid: str
    owner: str
    certificate: bytes | None
    """DER; None where the session is refused."""
    fault: str = ""
    """Why it is refused."""
    away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentState:
    """A connected agent."""

    certificate: str
    status: AgentStatus | None = None
    configuration: AgentConfiguration | None = None


class Outcome(enum.Enum):
    """What a canary met."""

    ANSWERED = "the agent answered"
    STRANGER = "somebody else answered"
    REFUSED = "the connection was refused"
    SILENT = "nothing answered"


@dataclass(frozen=True, slots=True)
class CanaryRoute:
    """Where a canary is sent for one intercept: to a pod itself, or through the Service (``pod_uid`` empty)."""

    intercept_uid: str
    pod_uid: str
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class CanaryResult:
    """What came of it, and when (monotonic)."""

    outcome: Outcome
    at: float
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the API server said to a dry run of the injected pod. ``refusal`` is empty when it would be admitted."""

    intercepts: frozenset[str]
    refusal: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What one decision leaves to the next. Losing it (a restart) costs time, never correctness."""

    taken: frozenset[int] = frozenset()
    """TCP ports that were intercepted the last time."""
    http: frozenset[int] = frozenset()
    """Those of them, and of the lingering ones, whose requests are judged one by one."""
    lingering: Mapping[int, float] = field(default_factory=dict)
    """Port → until when it stays redirected."""
    unconnected: Mapping[str, float] = field(default_factory=dict)
    """Pod UID → since when its agent runs without being connected."""
    troubled: Mapping[str, float] = field(default_factory=dict)
    """Pod UID → since when its agent cannot start."""
    orphans: Mapping[str, float] = field(default_factory=dict)
    """Intercept UID → since when it has no session."""
    rehearsal: Rehearsal | None = None
    rolled: tuple[str, ...] = ()
    """When we rolled the workload because new pods had come without an agent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One workload and all that concerns it, at one moment."""

    key: WorkloadKey
    now: float
    wall: datetime
    workload: Object | None = None
    namespace: Object | None = None
    services: tuple[Object, ...] = ()
    pods: tuple[PodState, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    """Living pods of the namespace that are not the workload's."""
    intercepts: tuple[Intercept, ...] = ()
    sessions: Mapping[str, SessionState] = field(default_factory=dict)
    """By name."""
    agents: Mapping[str, AgentState] = field(default_factory=dict)
    """By pod UID."""
    grants: Mapping[str, EnvironmentGrant] = field(default_factory=dict)
    """By intercept UID."""
    canaries: Mapping[CanaryRoute, CanaryResult] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    @property
    def template_annotations(self) -> Mapping[str, str]:
        """Of the workload's pod template."""
        template = ((self.workload or {}).get("spec") or {}).get("template") or {}
        return (template.get("metadata") or {}).get("annotations") or {}

    @property
    def template_enabled(self) -> bool:
        """Whether new pods are injected by the template's own word."""
        return annotated(self.template_annotations) == INJECT_ENABLED

    @property
    def rolled_at(self) -> str:
        """When we rolled the workload; empty where we never did."""
        return self.template_annotations.get(ROLLED_AT_ANNOTATION) or ""

    @property
    def living(self) -> tuple[PodState, ...]:
        """Pods that serve or are about to."""
        return tuple(pod for pod in self.pods if pod.living)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The settings that decisions depend on; durations in seconds."""

    manager_addresses: tuple[str, ...]
    manager_namespace: str
    canary_secret: bytes
    agent_image: str = ""
    agent_timeout: float = 10.0
    agent_patience: float = 300.0
    """With an agent that cannot start while other pods of its template serve."""
    linger: float = 600.0
    orphan_grace: float = 10.0

    def canary_answer(self, key: WorkloadKey) -> bytes:
        """What the agents of one workload answer: those of another, behind the same Service, cannot say it."""
        return hmac.new(self.canary_secret, str(key).encode(), "sha256").hexdigest().encode()
