"""The Secrets that a pod template names for the TLS of its requests, and their way into the agent's container.

Nobody of ours reads them but the agent: the kubelet brings them, as it would for any container of that pod. So who may
write a pod template in a namespace gains nothing by naming one, and the injector needs no right to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from telelens_schemas.names import (
    ORIGINATING_TLS,
    ORIGINATING_TLS_ANNOTATION_SPELLINGS,
    TERMINATING_TLS,
    TERMINATING_TLS_ANNOTATION_SPELLINGS,
    TLS_AUTHORITY,
    TLS_CERTIFICATE,
    TLS_KEY,
    TLS_PATH,
)

_SPELLINGS: Final = {
    TERMINATING_TLS: TERMINATING_TLS_ANNOTATION_SPELLINGS,
    ORIGINATING_TLS: ORIGINATING_TLS_ANNOTATION_SPELLINGS,
}
_NAME: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_MODE: Final = 0o444
"""Files of a Secret belong to root and, where the pod names one, to its fsGroup, which is not ours to choose: the agent
reads them as anybody. No container has them mounted but the agent's."""


@dataclass(frozen=True, slots=True)
class NamedSecret:
    """One annotation."""

    purpose: str
    annotation: str
    secret: str

    @property
    def volume(self) -> str:
        """Its name in the pod."""
        return f"telelens-{self.purpose}-tls"


def named_secrets(annotations: Mapping[str, str]) -> tuple[NamedSecret, ...]:
    """Those of a pod; of several spellings of one annotation the first counts."""
    found = []
    for purpose, spellings in _SPELLINGS.items():
        spelling = next((one for one in spellings if annotations.get(one)), None)
        if spelling is not None:
            found.append(NamedSecret(purpose, spelling, annotations[spelling]))
    return tuple(found)


def described(secrets: Sequence[NamedSecret]) -> dict[str, dict[str, str]]:
    """For the agent, which says what is missing."""
    return {one.purpose: {"annotation": one.annotation, "secret": one.secret} for one in secrets}


def volumes(secrets: Sequence[NamedSecret]) -> list[dict[str, Any]]:
    """Optional, also key by key: a Secret that is not there yet keeps no pod from starting."""
    keys = (TLS_CERTIFICATE, TLS_KEY, TLS_AUTHORITY)
    items = [{"key": key, "path": key} for key in keys]
    return [
        {
            "name": one.volume,
            "secret": {"secretName": one.secret, "optional": True, "defaultMode": _MODE, "items": items},
        }
        for one in _possible(secrets)
    ]


def mounts(secrets: Sequence[NamedSecret]) -> list[dict[str, Any]]:
    """Of the agent's container."""
    return [
        {"name": one.volume, "mountPath": f"{TLS_PATH}/{one.purpose}", "readOnly": True} for one in _possible(secrets)
    ]


def _possible(secrets: Sequence[NamedSecret]) -> list[NamedSecret]:
    """The API server would refuse the pod for a volume with a name that no Secret can have."""
    return [one for one in secrets if _NAME.match(one.secret)]
