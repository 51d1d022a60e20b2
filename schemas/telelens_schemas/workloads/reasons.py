"""Why a workload cannot be intercepted: one line with the reason, before anything is touched."""

from __future__ import annotations

from telelens_schemas.names import INJECT_ANNOTATION_SPELLINGS, INJECT_DISABLED
from telelens_schemas.workloads.manifest import (
    Manifest,
    annotations_of,
    labels_of,
    part,
    template_of,
    title,
)

SUPPORTED_KINDS = ("Deployment", "StatefulSet")

_MESH_CONTAINERS = {
    "istio-proxy": "Istio",
    "linkerd-proxy": "Linkerd",
    "consul-dataplane": "Consul",
    "envoy-sidecar": "Consul",
    "kuma-sidecar": "Kuma",
}
# Label or annotation → mesh and the values that switch it on (empty: every value).
_MESH_MARKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sidecar.istio.io/inject": ("Istio", ("true",)),
    "sidecar.istio.io/status": ("Istio", ()),
    "istio-injection": ("Istio", ("enabled",)),
    "istio.io/rev": ("Istio", ()),
    "linkerd.io/inject": ("Linkerd", ("enabled", "ingress")),
    "linkerd.io/proxy-version": ("Linkerd", ()),
    "consul.hashicorp.com/connect-inject": ("Consul", ("true",)),
    "consul.hashicorp.com/connect-inject-status": ("Consul", ("injected",)),
    "kuma.io/sidecar-injection": ("Kuma", ("enabled", "true")),
}
# Pods that opt out although their namespace opts in.
_MESH_REFUSALS = {
    "sidecar.istio.io/inject": ("Istio", "false"),
    "linkerd.io/inject": ("Linkerd", "disabled"),
    "istio.io/dataplane-mode": ("Istio ambient", "none"),
    "consul.hashicorp.com/connect-inject": ("Consul", "false"),
    "kuma.io/sidecar-injection": ("Kuma", "disabled"),
}
_AMBIENT = "istio.io/dataplane-mode"


def workload_unsupported_reason(workload: Manifest, *, namespace: Manifest | None = None) -> str | None:
    """Why ``workload`` cannot be intercepted by the ``toggle`` redirect; ``None`` when it can.

    ``namespace`` is the Namespace object where the caller has it: meshes are mostly switched on there.
    """
    subject = title(workload)
    kind = str(workload.get("kind", ""))
    if kind not in SUPPORTED_KINDS:
        return f"{subject}: {kind}s are not supported yet, only {'s and '.join(SUPPORTED_KINDS)}s"
    return _template_reason(template_of(workload), subject, namespace) or _forbidden(workload, subject)


def pod_unsupported_reason(pod: Manifest, *, namespace: Manifest | None = None) -> str | None:
    """The same for a pod as admission left it: what webhooks added (a mesh's sidecar) shows only there."""
    return _template_reason(pod, title({"kind": "Pod", **pod}), namespace)


def _template_reason(template: Manifest, subject: str, namespace: Manifest | None) -> str | None:
    spec = part(template, "spec")
    if spec.get("hostNetwork"):
        return f"{subject} uses hostNetwork: the redirect would be the whole node's"
    if part(spec, "os").get("name") == "windows" or part(spec, "nodeSelector").get("kubernetes.io/os") == "windows":
        return f"{subject} runs on Windows nodes: the redirect needs Linux"
    mesh = _mesh(template, namespace)
    if mesh is not None:
        return f"{subject} belongs to a service mesh ({mesh}): its proxy reaches the application past the redirect"
    return _forbidden(template, subject)


def _forbidden(manifest: Manifest, subject: str) -> str | None:
    annotations = annotations_of(manifest)
    for spelling in INJECT_ANNOTATION_SPELLINGS:
        if spelling in annotations:
            return f"{subject} forbids it: {spelling}: disabled" if annotations[spelling] == INJECT_DISABLED else None
    return None


def _mesh(template: Manifest, namespace: Manifest | None) -> str | None:
    spec = part(template, "spec")
    for container in [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]:
        mesh = _MESH_CONTAINERS.get(str(container.get("name", "")))
        if mesh is not None:
            return mesh
    own = {**annotations_of(template), **labels_of(template)}
    refused = {mesh for mark, (mesh, value) in _MESH_REFUSALS.items() if own.get(mark) == value}
    inherited = {**annotations_of(namespace or {}), **labels_of(namespace or {})}
    return _marked(own) or next(
        (mesh for mesh in (_marked({key: value}) for key, value in inherited.items()) if mesh and mesh not in refused),
        None,
    )


def _marked(marks: Manifest) -> str | None:
    if marks.get(_AMBIENT) == "ambient":
        return "Istio ambient"
    for mark, (mesh, values) in _MESH_MARKS.items():
        if mark in marks and (not values or marks[mark] in values):
            return mesh
    return None
