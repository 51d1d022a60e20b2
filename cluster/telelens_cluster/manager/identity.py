"""Whether what connected as an agent is one.

A pod's ServiceAccount token of our audience says, by TokenReview, which very pod it was issued for. Nobody else can
have it, and nothing that the agent claims about itself counts beyond that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from telelens_schemas.names import TOKEN_AUDIENCE
from telelens_schemas.wire.tunnel_pb2 import AgentIdentity

from telelens_cluster.injector.pod import has_agent
from telelens_cluster.injector.policy import owner_of
from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import AgentRefused, ApiError
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.kinds import POD, TOKEN_REVIEW

_POD_UID: Final = "authentication.kubernetes.io/pod-uid"
_LARGEST_CERTIFICATE: Final = 8192


@dataclass(frozen=True, slots=True)
class ProvenAgent:
    """An agent that is what it says."""

    pod_uid: str
    pod_name: str
    workload: WorkloadKey
    certificate: bytes
    """DER."""


async def prove(api: Api, claim: AgentIdentity) -> ProvenAgent:
    """Check ``claim`` with the API server. Raises AgentRefused."""
    if not claim.pod_uid or not claim.pod_name or not claim.pod_namespace:
        raise AgentRefused("the hello names no pod")
    if not 0 < len(claim.certificate) <= _LARGEST_CERTIFICATE:
        raise AgentRefused("the hello carries no certificate")
    review, pod = await asyncio.gather(_review(api, claim.service_account_token), _pod(api, claim))
    if not review.get("authenticated"):
        raise AgentRefused(f"its token was refused: {review.get('error') or 'not authenticated'}")
    if TOKEN_AUDIENCE not in (review.get("audiences") or ()):
        raise AgentRefused("its token is not for us")
    user = review.get("user") or {}
    if (user.get("extra") or {}).get(_POD_UID) != [claim.pod_uid]:
        raise AgentRefused("its token was issued for another pod")
    if pod is None or pod["metadata"]["uid"] != claim.pod_uid or not has_agent(pod):
        raise AgentRefused(f"there is no pod {claim.pod_namespace}/{claim.pod_name} with an agent and this UID")
    if (owner := owner_of(pod)) is None:
        raise AgentRefused(f"pod {claim.pod_namespace}/{claim.pod_name} belongs to no workload that we know")
    workload = WorkloadKey(claim.pod_namespace, owner.kind, owner.name)
    return ProvenAgent(claim.pod_uid, claim.pod_name, workload, claim.certificate)


async def _review(api: Api, token: str) -> Mapping[str, Any]:
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": TOKEN_REVIEW.kind,
        "spec": {"token": token, "audiences": [TOKEN_AUDIENCE]},
    }
    answer: Mapping[str, Any] = (await api.create(TOKEN_REVIEW.collection(), body)).get("status") or {}
    return answer


async def _pod(api: Api, claim: AgentIdentity) -> Mapping[str, Any] | None:
    try:
        return await api.get(POD.object(claim.pod_namespace, claim.pod_name))
    except ApiError as error:
        if error.status != 404:
            raise
        return None
