"""The copy of the application's environment that the agent carries.

The kubelet resolves references (ConfigMaps, Secrets, fields of the pod), so the agent's container declares each
variable of the application once more under a prefix. The agent must not live under the application's own LD_PRELOAD or
PYTHONPATH, hence the prefix. Literal values travel raw: the kubelet would expand ``$(VAR)`` in them by the
*agent's* variables, so every ``$`` is doubled and the agent expands by the kubelet's rule itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Object = Mapping[str, Any]


def raw(value: str) -> str:
    """``value`` so that the kubelet's expansion gives it back unchanged.

    https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    return value.replace("$", "$$")


def copied_variables(container: Object, prefix: str) -> list[dict[str, Any]]:
    """The ``env`` entries of ``container`` under ``prefix``, in their order."""
    return [_copied(entry, prefix, container["name"]) for entry in container.get("env") or ()]


def copied_sources(container: Object, prefix: str) -> list[dict[str, Any]]:
    """The ``envFrom`` entries of ``container``, each under ``prefix`` and its own prefix."""
    return [{**source, "prefix": prefix + (source.get("prefix") or "")} for source in container.get("envFrom") or ()]


def declared_variables(container: Object) -> list[dict[str, str]]:
    """Name and kind of each variable, in the order in which the kubelet expands them."""
    return [
        {"name": entry["name"], "kind": "reference" if entry.get("valueFrom") else "literal"}
        for entry in container.get("env") or ()
    ]


def container_ports(container: Object) -> list[dict[str, Any]]:
    """The TCP and UDP ports that ``container`` declares."""
    ports: Sequence[Object] = container.get("ports") or ()
    return [
        {"containerPort": port["containerPort"], "protocol": port.get("protocol") or "TCP"}
        for port in ports
        if (port.get("protocol") or "TCP") in ("TCP", "UDP")
    ]


def _copied(entry: Object, prefix: str, container: str) -> dict[str, Any]:
    name = prefix + entry["name"]
    if not (source := entry.get("valueFrom")):
        return {"name": name, "value": raw(entry.get("value") or "")}
    if resource := source.get("resourceFieldRef"):
        # Absent means "this container", which would be the agent.
        source = {**source, "resourceFieldRef": {"containerName": container, **resource}}
    return {"name": name, "valueFrom": source}
