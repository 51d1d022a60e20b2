"""A pod with the traffic agent in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from telelens_schemas import names

from telelens_cluster.injector.environment import (
    container_ports,
    copied_sources,
    copied_variables,
    declared_variables,
    raw,
)
from telelens_cluster.injector.probes import ShadowPorts, shadowed
from telelens_cluster.injector.settings import InjectionSettings
from telelens_cluster.injector.tls import NamedSecret, described, mounts, named_secrets, volumes

Object = Mapping[str, Any]

KEEP_PROBES_ANNOTATION: Final = "telelens.dev/keep-probes"
"""``enabled`` leaves probes where they are, for ingress controllers that infer their health checks from them."""
_API_TOKEN_PATH: Final = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 (a path)
_SUPERVISOR: Final = "/opt/telelens/app/telelens_cluster/agent/supervisor.sh"
_AWAIT_START: Final = "/opt/telelens/app/telelens_cluster/agent/await_start.sh"


def has_agent(pod: Object) -> bool:
    """Whether the pod was injected."""
    return any(container["name"] == names.AGENT_CONTAINER for container in pod["spec"].get("containers") or ())


def inject(pod: Object, settings: InjectionSettings, redirected: Sequence[int]) -> dict[str, Any]:
    """``pod`` with init container, agent, volumes, and probes on shadow ports; ``pod`` itself is left alone.

    ``redirected`` are the ports that are redirected from the first moment, because the pod starts for an intercept.
    """
    if has_agent(pod):
        return dict(pod)
    spec = pod["spec"]
    applications: list[Object] = list(spec.get("containers") or ())
    everywhere = [*applications, *(spec.get("initContainers") or ())]
    shadows = ShadowPorts(port["containerPort"] for one in everywhere for port in container_ports(one))
    annotations = (pod.get("metadata") or {}).get("annotations") or {}
    if annotations.get(KEEP_PROBES_ANNOTATION) != "enabled":
        applications = [shadowed(container, shadows) for container in applications]
    secrets = named_secrets(annotations)
    description = _description(applications, shadows, redirected, secrets)
    agent = _agent_container(settings, description, applications, secrets)
    if redirected:
        agent["lifecycle"] = _unready_until_started()
    # First of the init containers: the table must stand before any of them can be reached, and a mesh's or
    # vault's init container may need it no less than we do.
    return {
        **pod,
        "spec": {
            **spec,
            "initContainers": [_init_container(settings, description), *(spec.get("initContainers") or ())],
            "containers": [*applications, agent],
            "volumes": [*(spec.get("volumes") or ()), *_volumes(), *volumes(secrets)],
        },
    }


def _description(
    applications: Sequence[Object], shadows: ShadowPorts, redirected: Sequence[int], secrets: Sequence[NamedSecret]
) -> str:
    containers = [
        {
            "name": container["name"],
            "prefix": names.environment_prefix(index),
            "ports": container_ports(container),
            "environment": declared_variables(container),
            "envFrom": bool(container.get("envFrom")),
        }
        for index, container in enumerate(applications)
    ]
    description = {
        "version": 1,
        "containers": containers,
        "shadowPorts": shadows.as_list(),
        "redirected": sorted(set(redirected)),
        **({"tls": described(secrets)} if secrets else {}),
    }
    return json.dumps(description, separators=(",", ":"))


def _init_container(settings: InjectionSettings, description: str) -> dict[str, Any]:
    return {
        "name": names.INIT_CONTAINER,
        "image": settings.agent_image,
        "imagePullPolicy": settings.pull_policy,
        "command": ["python3", "-m", "telelens_cluster.agent.init"],
        "env": [{"name": names.INJECTION_VARIABLE, "value": raw(description)}],
        "resources": dict(settings.resources),
        "securityContext": {
            "runAsUser": 0,
            "runAsGroup": 0,
            "runAsNonRoot": False,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [_run_mount(), _no_api_token()],
    }


def _agent_container(
    settings: InjectionSettings, description: str, applications: Sequence[Object], secrets: Sequence[NamedSecret]
) -> dict[str, Any]:
    prefixes = [names.environment_prefix(index) for index in range(len(applications))]
    return {
        "name": names.AGENT_CONTAINER,
        "image": settings.agent_image,
        "imagePullPolicy": settings.pull_policy,
        "command": ["/bin/sh", _SUPERVISOR],
        "env": [
            {"name": names.INJECTION_VARIABLE, "value": raw(description)},
            _field("POD_NAME", "metadata.name"),
            _field("POD_NAMESPACE", "metadata.namespace"),
            _field("POD_UID", "metadata.uid"),
            _field("POD_IP", "status.podIP"),
            {"name": names.MANAGER_VARIABLE, "value": settings.manager_address},
            {"name": names.MANAGER_CA_VARIABLE, "value": settings.manager_ca},
            *(
                variable
                for container, prefix in zip(applications, prefixes, strict=True)
                for variable in copied_variables(container, prefix)
            ),
        ],
        "envFrom": [
            source
            for container, prefix in zip(applications, prefixes, strict=True)
            for source in copied_sources(container, prefix)
        ],
        "resources": dict(settings.resources),
        "securityContext": {
            "runAsUser": names.AGENT_UID,
            "runAsGroup": names.AGENT_UID,
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [
            _run_mount(),
            {
                "name": names.TOKEN_VOLUME,
                "mountPath": str(PurePosixPath(names.TOKEN_PATH).parent),
                "readOnly": True,
            },
            _no_api_token(),
            *mounts(secrets),
        ],
    }


def _unready_until_started() -> dict[str, Any]:
    mark = f"{names.RUN_PATH}/{names.START_MARK}"
    return {"postStart": {"exec": {"command": ["/bin/sh", _AWAIT_START, mark]}}}


def _field(name: str, path: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": path}}}


def _run_mount() -> dict[str, Any]:
    return {"name": names.RUN_VOLUME, "mountPath": names.RUN_PATH}


def _no_api_token() -> dict[str, Any]:
    """An empty folder where the API token would be.

    The ServiceAccount admission runs again after this webhook and would mount the pod's token into our containers too;
    it leaves those alone that have something at that path.
    """
    return {"name": names.RUN_VOLUME, "mountPath": _API_TOKEN_PATH, "subPath": "none", "readOnly": True}


def _volumes() -> list[dict[str, Any]]:
    token = {
        "serviceAccountToken": {
            "audience": names.TOKEN_AUDIENCE,
            "expirationSeconds": names.TOKEN_SECONDS,
            "path": PurePosixPath(names.TOKEN_PATH).name,
        }
    }
    return [
        {"name": names.RUN_VOLUME, "emptyDir": {"medium": "Memory", "sizeLimit": "8Mi"}},
        {"name": names.TOKEN_VOLUME, "projected": {"sources": [token]}},
    ]
