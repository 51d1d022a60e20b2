"""An intercept with a preview URL."""

from __future__ import annotations

from typing import Any

from telelens_schemas.resources import (
    HeaderMatch,
    Intercept,
    InterceptPort,
    InterceptSpec,
    InterceptStatus,
    Match,
    Mechanism,
    Metadata,
    Phase,
    PreviewRequest,
    PreviewState,
    ResolvedPort,
    SessionReference,
    WorkloadReference,
)

LABEL = "0123456789abcdef0123456789abcdef"
WANTED = PreviewRequest()
HOST = f"{LABEL}.preview.test"


def match(**headers: str) -> Match:
    """Patterns by header; the underscore stands for a hyphen."""
    return Match(
        headers=tuple(HeaderMatch(name=name.replace("_", "-"), regex=regex) for name, regex in headers.items())
    )


def intercept(
    *,
    port: int = 80,
    matched: Match | None = None,
    preview: PreviewRequest | None = WANTED,
    phase: Phase = Phase.ACTIVE,
    **status: Any,
) -> Intercept:
    """ACTIVE, in namespace shop, of service echo."""
    return Intercept(
        metadata=Metadata(name="echo", namespace="shop", uid="u"),
        spec=InterceptSpec(
            owner="ada",
            session=SessionReference(name="s", uid="s-uid"),
            workload=WorkloadReference(kind="Deployment", name="echo"),
            ports=(InterceptPort(local_port=8080),),
            mechanism=Mechanism.HTTP,
            match=matched,
            preview=preview,
        ),
        status=InterceptStatus(
            **{
                "phase": phase,
                "service": "echo",
                "ports": (ResolvedPort(service_port=port, container_port=8080),),
                "preview": PreviewState(url=f"http://{HOST}"),
                **status,
            }
        ),
    )
