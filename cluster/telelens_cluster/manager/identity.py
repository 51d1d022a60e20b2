"""Whether what connected as an agent is one.

A pod's ServiceAccount token of our audience says, by TokenReview, for which very pod it was issued. Nobody else can
have it. What the agent claims about itself beside the token counts for nothing: pod, namespace and UID are the token's,
and nothing is asked of the API server before the token was believed.
"""

from __future__ import annotations

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

_POD_NAME: Final = "authentication.kubernetes.io/pod-name"
_POD_UID: Final = "authentication.kubernetes.io/pod-uid"
_ACCOUNT: Final = "system:serviceaccount:"
_LARGEST_CERTIFICATE: Final = 8192
_LARGEST_TOKEN: Final = 16384


@dataclass(frozen=True, slots=True)
class ProvenAgent:
    """An agent that is what it says."""

    pod_uid: str
    pod_name: str
    workload: WorkloadKey
    certificate: bytes
    """DER."""


@dataclass(frozen=True, slots=True)
class VouchedPod:
    """The pod that a token was issued for."""

    namespace: str
    name: str
    uid: str


async def prove(api: Api, claim: AgentIdentity) -> ProvenAgent:
    """Check ``claim`` with the API server. Raises AgentRefused."""
    if not 0 < len(claim.service_account_token) <= _LARGEST_TOKEN:
        raise AgentRefused("the hello carries no token")
    if not 0 < len(claim.certificate) <= _LARGEST_CERTIFICATE:
        raise AgentRefused("the hello carries no certificate")
    vouched = vouched_pod(await _review(api, claim.service_account_token))
    pod = await _pod(api, vouched)
    if pod is None or pod["metadata"]["uid"] != vouched.uid or not has_agent(pod):
        raise AgentRefused(f"there is no pod {vouched.namespace}/{vouched.name} with an agent and this UID")
    if (owner := owner_of(pod)) is None:
        raise AgentRefused(f"pod {vouched.namespace}/{vouched.name} belongs to no workload that we know")
    workload = WorkloadKey(vouched.namespace, owner.kind, owner.name)
    return ProvenAgent(vouched.uid, vouched.name, workload, claim.certificate)


def vouched_pod(review: Mapping[str, Any]) -> VouchedPod:
    """Read the status of a TokenReview. Raises AgentRefused."""
    if not review.get("authenticated"):
        raise AgentRefused(f"its token was refused: {review.get('error') or 'not authenticated'}")
    if TOKEN_AUDIENCE not in (review.get("audiences") or ()):
        raise AgentRefused("its token is not for us")
    user = review.get("user") or {}
    extra = user.get("extra") or {}
    names, uids = extra.get(_POD_NAME) or [], extra.get(_POD_UID) or []
    account = str(user.get("username") or "")
    namespace, _, _ = account.removeprefix(_ACCOUNT).partition(":")
    if not account.startswith(_ACCOUNT) or len(names) != 1 or len(uids) != 1:
        raise AgentRefused("its token was issued for no pod")
    return VouchedPod(namespace, str(names[0]), str(uids[0]))


async def _review(api: Api, token: str) -> Mapping[str, Any]:
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": TOKEN_REVIEW.kind,
        "spec": {"token": token, "audiences": [TOKEN_AUDIENCE]},
    }
    answer: Mapping[str, Any] = (await api.create(TOKEN_REVIEW.collection(), body)).get("status") or {}
    return answer


async def _pod(api: Api, vouched: VouchedPod) -> Mapping[str, Any] | None:
    try:
        return await api.get(POD.object(vouched.namespace, vouched.name))
    except ApiError as error:
        if error.status != 404:
            raise
        return None
