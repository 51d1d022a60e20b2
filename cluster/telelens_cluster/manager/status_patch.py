"""The write of an Intercept's status."""

from __future__ import annotations

import dataclasses
from typing import Any

from telelens_schemas.resources import InterceptStatus
from telelens_schemas.resources.codec import camel, write


def status_patch(uid: str, status: InterceptStatus) -> dict[str, Any]:
    """A merge patch for ``/status``: what is None goes away. The UID makes it fail on a later object of that name."""
    absent: dict[str, Any] = {camel(field.name): None for field in dataclasses.fields(status)}
    return {"metadata": {"uid": uid}, "status": {**absent, **write(status)}}
