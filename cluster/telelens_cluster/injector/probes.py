"""Probes and lifecycle hooks are pointed at shadow ports.

A redirected port leads to the agent and from there to a debugger; a breakpoint must never get the pod killed. The pod's
table redirects the shadow port to the application in the kernel, whatever happens to the real port.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from telelens_schemas.names import FIRST_SHADOW_PORT

Object = Mapping[str, Any]
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")


class ShadowPorts:
    """Hands out one shadow port per port of the application, none that a container uses itself."""

    def __init__(self, taken: Iterable[int]) -> None:
        self._taken = frozenset(taken)
        self._next = FIRST_SHADOW_PORT
        self._shadows: dict[int, int] = {}

    def shadow_of(self, port: int) -> int:
        """The shadow of ``port``, the same each time."""
        if port not in self._shadows:
            while self._next in self._taken:
                self._next += 1
            self._shadows[port] = self._next
            self._next += 1
        return self._shadows[port]

    def as_list(self) -> list[dict[str, int]]:
        """For the agent and its table."""
        return [{"shadow": shadow, "target": port} for port, shadow in self._shadows.items()]


def shadowed(container: Object, shadows: ShadowPorts) -> dict[str, Any]:
    """``container`` with every network probe and hook on a shadow port."""
    result = dict(container)
    redirect = _redirecter(container, shadows)
    for key in _PROBES:
        if probe := container.get(key):
            result[key] = redirect(probe)
    if lifecycle := container.get("lifecycle"):
        result["lifecycle"] = {key: redirect(hook) if key in _HOOKS else hook for key, hook in lifecycle.items()}
    return result


def _redirecter(container: Object, shadows: ShadowPorts) -> Callable[[Object], dict[str, Any]]:
    names = {
        port["name"]: port["containerPort"]
        for port in container.get("ports") or ()
        if port.get("name") and (port.get("protocol") or "TCP") == "TCP"
    }

    def redirect(handler: Object) -> dict[str, Any]:
        result = copy.deepcopy(dict(handler))
        for key in ("httpGet", "tcpSocket", "grpc"):
            action = result.get(key)
            # With a host of its own it does not go to this pod.
            if action and not action.get("host") and (port := _number(action.get("port"), names)):
                action["port"] = shadows.shadow_of(port)
        return result

    return redirect


def _number(port: object, names: Mapping[str, int]) -> int | None:
    if isinstance(port, int):
        return port
    text = str(port or "")
    return int(text) if text.isdecimal() else names.get(text)
