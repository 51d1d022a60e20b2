"""Before anything restarts: would the API server admit the pod with the agent in it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telelens_schemas.workloads import pod_unsupported_reason

from telelens_cluster.injector.pod import inject
from telelens_cluster.injector.settings import InjectionSettings
from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import ApiError
from telelens_cluster.manager.injection_plan import rehearsal_refused
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.kinds import POD
from telelens_cluster.manager.observed import Rehearsal

Object = Mapping[str, Any]


async def rehearse(
    api: Api,
    key: WorkloadKey,
    workload: Object,
    *,
    namespace: Object | None,
    settings: InjectionSettings,
    intercepts: frozenset[str],
) -> Rehearsal:
    """Create the injected pod with ``dryRun=All``: every admission has its say, nothing happens."""
    pod = inject(trial_pod(key, workload), settings, ())
    try:
        admitted = await api.create(POD.collection(key.namespace), pod, dryRun="All")
    except ApiError as error:
        if error.status >= 500 or error.status == 429:
            raise
        return rehearsal_refused(intercepts, error.message)
    if reason := pod_unsupported_reason(admitted, namespace=namespace):
        return Rehearsal(intercepts, refusal=reason)
    return Rehearsal(intercepts)


def trial_pod(key: WorkloadKey, workload: Object) -> dict[str, Any]:
    """A pod as the workload's controller would make it."""
    template = workload["spec"]["template"]
    metadata = template.get("metadata") or {}
    spec = dict(template["spec"])
    claims = [
        {"name": name, "persistentVolumeClaim": {"claimName": f"{name}-{key.name}-0"}}
        for claim in workload["spec"].get("volumeClaimTemplates") or ()
        if (name := claim["metadata"]["name"])
    ]
    if claims:
        spec["volumes"] = [*(spec.get("volumes") or ()), *claims]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": f"{key.name[:40]}-telelens-trial-",
            "labels": dict(metadata.get("labels") or {}),
            "annotations": dict(metadata.get("annotations") or {}),
        },
        "spec": spec,
    }
