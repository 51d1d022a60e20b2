"""The chart's CRDs, brought up to date or taken away: helm does neither."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from telelens_daemons.connection.access import access_of
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.errors import NotFoundError
from telelens_daemons.kube.resources import Resource
from telelens_daemons.version import version

if TYPE_CHECKING:
    from telelens_schemas.wire.daemon_pb2 import ConnectRequest

CRDS = Resource("apiextensions.k8s.io", "v1", "customresourcedefinitions", namespaced=False)


async def apply_crds(request: ConnectRequest, paths: Sequence[Path]) -> None:
    """Create the definitions, or give existing ones the chart's spec. Raises KubeError."""
    async with _client(request) as client:
        for path in paths:
            definition = yaml.safe_load(path.read_text())
            name = definition["metadata"]["name"]
            try:
                await client.patch(CRDS, name, {"spec": definition["spec"]})
            except NotFoundError:
                await client.create(CRDS, definition)


async def delete_crds(request: ConnectRequest, paths: Sequence[Path]) -> None:
    """Delete the definitions and with them every object of theirs. Raises KubeError."""
    async with _client(request) as client:
        for path in paths:
            with contextlib.suppress(NotFoundError):
                await client.delete(CRDS, yaml.safe_load(path.read_text())["metadata"]["name"])


def _client(request: ConnectRequest) -> KubeClient:
    return KubeClient(access_of(request), environment=dict(request.environment), user_agent=f"telelens/{version()}")
