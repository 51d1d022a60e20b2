"""Says which of our roles is missing when RBAC refuses what an intercept needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from telelens_schemas.names import INTERCEPT_ROLE

from telelens_daemons.kube.errors import ForbiddenError


@contextmanager
def intercept_role_needed(namespace: str) -> Iterator[None]:
    """What is done within needs ClusterRole telelens-intercept in ``namespace``."""
    try:
        yield
    except ForbiddenError as error:
        raise ForbiddenError(
            error.message,
            hint=f"ask for ClusterRole {INTERCEPT_ROLE} in namespace {namespace}",
            detail=error.detail,
        ) from error
