"""Telelens' own Kubernetes objects: what stands in the API server about sessions and intercepts, as frozen
dataclasses and as CRDs. Who may do what with them is the chart's admission policy, not here."""

from __future__ import annotations

from telelens_schemas.resources.codec import ResourceError
from telelens_schemas.resources.intercept import (
    GROUP_LENGTH,
    MOST_GROUPS,
    MOST_HEADERS,
    PATTERN_LENGTH,
    Drain,
    EnvironmentGrant,
    HeaderMatch,
    Intercept,
    InterceptedPod,
    InterceptPort,
    InterceptSpec,
    InterceptStatus,
    Match,
    Mechanism,
    PathKind,
    PathMatch,
    Phase,
    PreviewIngress,
    PreviewRequest,
    PreviewState,
    Protocol,
    ResolvedPort,
    SessionReference,
    WorkloadReference,
)
from telelens_schemas.resources.metadata import Metadata, format_time, parse_time
from telelens_schemas.resources.session import Session, SessionSpec, SessionStatus

__all__ = [
    "GROUP_LENGTH",
    "MOST_GROUPS",
    "MOST_HEADERS",
    "PATTERN_LENGTH",
    "Drain",
    "EnvironmentGrant",
    "HeaderMatch",
    "Intercept",
    "InterceptPort",
    "InterceptSpec",
    "InterceptStatus",
    "InterceptedPod",
    "Match",
    "Mechanism",
    "Metadata",
    "PathKind",
    "PathMatch",
    "Phase",
    "PreviewIngress",
    "PreviewRequest",
    "PreviewState",
    "Protocol",
    "ResolvedPort",
    "ResourceError",
    "Session",
    "SessionReference",
    "SessionSpec",
    "SessionStatus",
    "WorkloadReference",
    "format_time",
    "parse_time",
]
