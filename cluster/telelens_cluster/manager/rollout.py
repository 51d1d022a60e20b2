"""Changes to a workload's template: the only way in which pods are ever replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from telelens_schemas.names import INJECT_ANNOTATION, INJECT_ENABLED, ROLLED_AT_ANNOTATION

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.kinds import POD, WORKLOADS
from telelens_cluster.manager.pods import PodState

ENABLED_BY_US_ANNOTATION: Final = "telelens.dev/enabled-by-manager"
"""On the workload itself, beside the template: the template's annotation is ours to remove."""


def roll_patch(now: datetime, *, enable: bool) -> dict[str, Any]:
    """Makes the workload's controller replace its pods."""
    annotations = {ROLLED_AT_ANNOTATION: now.astimezone(UTC).isoformat(timespec="milliseconds")}
    patch: dict[str, Any] = {"spec": {"template": {"metadata": {"annotations": annotations}}}}
    if enable:
        annotations[INJECT_ANNOTATION] = INJECT_ENABLED
        patch["metadata"] = {"annotations": {ENABLED_BY_US_ANNOTATION: "true"}}
    return patch


def roll_back_patch(workload: Mapping[str, Any]) -> dict[str, Any] | None:
    """Gives the workload its own template again; None where nothing of ours is in it."""
    own = workload["metadata"].get("annotations") or {}
    template = (workload["spec"]["template"].get("metadata") or {}).get("annotations") or {}
    annotations: dict[str, None] = {}
    if ROLLED_AT_ANNOTATION in template:
        annotations[ROLLED_AT_ANNOTATION] = None
    patch: dict[str, Any] = {}
    if ENABLED_BY_US_ANNOTATION in own:
        patch["metadata"] = {"annotations": {ENABLED_BY_US_ANNOTATION: None}}
        if INJECT_ANNOTATION in template:
            annotations[INJECT_ANNOTATION] = None
    if annotations:
        patch["spec"] = {"template": {"metadata": {"annotations": annotations}}}
    return patch or None


async def roll(api: Api, key: WorkloadKey, *, enable: bool) -> str:
    """Patch the template; returns the mark that the new pods will carry."""
    patch = roll_patch(datetime.now(UTC), enable=enable)
    await api.patch(WORKLOADS[key.kind].object(key.namespace, key.name), patch)
    return str(patch["spec"]["template"]["metadata"]["annotations"][ROLLED_AT_ANNOTATION])


async def roll_back(api: Api, key: WorkloadKey, workload: Mapping[str, Any], broken: Iterable[PodState]) -> None:
    """Undo ``roll``. A StatefulSet also waits for ever for a pod that cannot start, so that pod is removed.

    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
    """
    if patch := roll_back_patch(workload):
        await api.patch(WORKLOADS[key.kind].object(key.namespace, key.name), patch)
    if key.kind == "StatefulSet":
        for pod in broken:
            await api.delete(POD.object(key.namespace, pod.name), uid=pod.uid)
