"""Which path of the API serves which kind."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object; ``group`` is empty for the core."""

    group: str
    version: str
    plural: str
    namespaced: bool = True

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The URL's path, whatever the names hold; without ``name``, of the collection."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        if self.namespaced and namespace:
            root += "/namespaces/" + quote(namespace, safe="")
        parts = [root, self.plural, quote(name, safe=":"), subresource]
        return "/".join(part for part in parts if part)

    def describe(self, namespace: str = "", subresource: str = "") -> str:
        """For messages: ``pods/portforward in namespace shop``."""
        what = f"{self.plural}.{self.group}" if self.group else self.plural
        if subresource:
            what += f"/{subresource}"
        return f"{what} in namespace {namespace}" if namespace else what


PODS = Resource("", "v1", "pods")
SERVICES = Resource("", "v1", "services")
NAMESPACES = Resource("", "v1", "namespaces", namespaced=False)
DEPLOYMENTS = Resource("apps", "v1", "deployments")
STATEFUL_SETS = Resource("apps", "v1", "statefulsets")
SELF_SUBJECT_REVIEWS = Resource("authentication.k8s.io", "v1", "selfsubjectreviews", namespaced=False)
SELF_SUBJECT_ACCESS_REVIEWS = Resource("authorization.k8s.io", "v1", "selfsubjectaccessreviews", namespaced=False)
