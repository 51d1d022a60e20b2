"""The kinds of objects that the manager touches, and where they live in the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from telelens_schemas.names import API_GROUP, API_VERSION, INTERCEPT_PLURAL, SESSION_PLURAL


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource: where its collections and objects are found."""

    kind: str
    prefix: str
    plural: str

    def collection(self, namespace: str | None = None) -> str:
        """The path of all objects, or of those of one namespace."""
        inside = f"/namespaces/{namespace}" if namespace else ""
        return f"{self.prefix}{inside}/{self.plural}"

    def object(self, namespace: str | None, name: str, subresource: str = "") -> str:
        """The path of one object."""
        return f"{self.collection(namespace)}/{name}" + (f"/{subresource}" if subresource else "")


_OURS: Final = f"/apis/{API_GROUP}/{API_VERSION}"
SESSION: Final = Kind("Session", _OURS, SESSION_PLURAL)
INTERCEPT: Final = Kind("Intercept", _OURS, INTERCEPT_PLURAL)
POD: Final = Kind("Pod", "/api/v1", "pods")
SERVICE: Final = Kind("Service", "/api/v1", "services")
SECRET: Final = Kind("Secret", "/api/v1", "secrets")
DEPLOYMENT: Final = Kind("Deployment", "/apis/apps/v1", "deployments")
STATEFUL_SET: Final = Kind("StatefulSet", "/apis/apps/v1", "statefulsets")
LEASE: Final = Kind("Lease", "/apis/coordination.k8s.io/v1", "leases")
TOKEN_REVIEW: Final = Kind("TokenReview", "/apis/authentication.k8s.io/v1", "tokenreviews")
ACCESS_REVIEW: Final = Kind("SubjectAccessReview", "/apis/authorization.k8s.io/v1", "subjectaccessreviews")
MUTATING_WEBHOOK: Final = Kind(
    "MutatingWebhookConfiguration", "/apis/admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations"
)
VALIDATING_WEBHOOK: Final = Kind(
    "ValidatingWebhookConfiguration", "/apis/admissionregistration.k8s.io/v1", "validatingwebhookconfigurations"
)

WORKLOADS: Final = {kind.kind: kind for kind in (DEPLOYMENT, STATEFUL_SET)}
"""The kinds of workloads that can be intercepted."""
