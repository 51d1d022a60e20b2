"""The kinds of objects that the manager touches, and where they live in the API."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from telelens_schemas.names import API_GROUP, API_VERSION, INTERCEPT_PLURAL, SESSION_PLURAL

from telelens_cluster.manager.errors import NotAName

_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource: where its collections and objects are found.

    Names come from tokens, specs and webhook bodies, hence from strangers: what is no name (``..``, ``a?b``) becomes no
    path, but NotAName.
    """

    kind: str
    prefix: str
    plural: str

    def collection(self, namespace: str | None = None) -> str:
        """The path of all objects, or of those of one namespace."""
        inside = "" if namespace is None else f"/namespaces/{_segment(namespace, _LABEL)}"
        return f"{self.prefix}{inside}/{self.plural}"

    def object(self, namespace: str | None, name: str, subresource: str = "") -> str:
        """The path of one object."""
        return f"{self.collection(namespace)}/{_segment(name, _SUBDOMAIN)}" + (f"/{subresource}" if subresource else "")


def _segment(name: str, names: re.Pattern[str]) -> str:
    """``name`` as a part of a path; quoted although no name that passes needs it."""
    if not names.fullmatch(name):
        raise NotAName(f"{name[:100]!r} is no name of a Kubernetes object")
    return quote(name, safe="")


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
