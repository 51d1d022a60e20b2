"""The groups of an Intercept's owner, as the admission webhook saw them.

Whether an owner may exec into a pod often follows from its groups, and those are known at admission only. The webhook
writes them into an annotation, and signs: it may have been down (failurePolicy Ignore), and the creator may have put
something there. The signature covers the session's UID, which nobody else can have.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

OWNER_GROUPS_ANNOTATION: Final = "telelens.dev/owner-groups"


def stamp(intercept: Mapping[str, Any], groups: Sequence[str], key: bytes) -> str:
    """The value of the annotation."""
    return json.dumps({"groups": list(groups), "signature": _signature(intercept, groups, key)})


def stamped_groups(intercept: Mapping[str, Any], key: bytes) -> tuple[str, ...]:
    """The groups that the webhook stamped; none where the stamp is absent or not the webhook's."""
    text = (intercept["metadata"].get("annotations") or {}).get(OWNER_GROUPS_ANNOTATION)
    try:
        value = json.loads(text or "null")
        groups, signature = value["groups"], value["signature"]
        genuine = hmac.compare_digest(signature, _signature(intercept, groups, key))
    except (ValueError, TypeError, KeyError):
        return ()
    return tuple(groups) if genuine else ()


def _signature(intercept: Mapping[str, Any], groups: Sequence[str], key: bytes) -> str:
    metadata, spec = intercept["metadata"], intercept["spec"]
    signed = [metadata["namespace"], metadata["name"], spec["owner"], spec["session"]["uid"], list(groups)]
    return hmac.new(key, json.dumps(signed).encode(), hashlib.sha256).hexdigest()
