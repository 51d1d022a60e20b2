"""The difference of two pods as a JSON patch (RFC 6902), as an AdmissionReview answer carries it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def patch_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Operations that make ``after`` of ``before``; whole lists are replaced, only what is in ``spec`` is looked at."""
    old, new = before["spec"], after["spec"]
    return [
        {"op": "replace" if key in old else "add", "path": f"/spec/{key}", "value": value}
        for key, value in new.items()
        if key not in old or old[key] != value
    ]
