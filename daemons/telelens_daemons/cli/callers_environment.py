"""The caller's environment, in the form in which another process can use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from telelens_daemons.absolute_paths import absolute_list

KUBECONFIG: Final = "KUBECONFIG"


def callers_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """All of it that is text, as a message carries nothing else; names of kubeconfigs as seen from any folder."""
    found = {name: value for name, value in environment.items() if _is_text(name) and _is_text(value)}
    if listed := found.get(KUBECONFIG):
        found[KUBECONFIG] = absolute_list(listed)
    return found


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
