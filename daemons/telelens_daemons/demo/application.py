"""The sample application in a namespace of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from telelens_daemons.demo.availability import POLL_SECONDS, wait_available
from telelens_daemons.demo.errors import DemoError
from telelens_daemons.demo.namespaces import remove_namespace, wait_gone
from telelens_daemons.kube.client import KubeClient, KubeObject
from telelens_daemons.kube.errors import ConflictError, KubeError, NotFoundError
from telelens_daemons.kube.resources import DEPLOYMENTS, NAMESPACES, SERVICES, Resource

RESOURCES = {
    "ConfigMap": Resource("", "v1", "configmaps"),
    "Secret": Resource("", "v1", "secrets"),
    "Service": SERVICES,
    "Deployment": DEPLOYMENTS,
}
MANIFESTS = ("echo.yaml", "shop.yaml")
OURS_LABEL = "telelens.dev/demo"
MANAGER_ANNOTATION = "telelens.dev/demo-installed-manager"
ANSWER_SECONDS = 20.0


class Application:
    """shop and echo, from ``samples``, in ``namespace``."""

    def __init__(self, client: KubeClient, *, samples: Path, namespace: str) -> None:
        self._client = client
        self._samples = samples
        self.namespace = namespace

    async def kept(self) -> KubeObject | None:
        """The namespace that an earlier demo has kept. Raises DemoError when it is somebody else's."""
        try:
            found = await self._client.get(NAMESPACES, self.namespace)
        except NotFoundError:
            return None
        if OURS_LABEL not in (found["metadata"].get("labels") or {}):
            raise DemoError(
                f"the namespace {self.namespace} is there already and is not the demo's",
                hint=f"if nobody needs it: kubectl delete namespace {self.namespace}",
            )
        if found["metadata"].get("deletionTimestamp"):
            await wait_gone(self._client, self.namespace)
            return None
        return found

    async def create_namespace(self) -> None:
        """Labelled, so that only the demo's own is ever removed."""
        metadata = {"name": self.namespace, "labels": {OURS_LABEL: "true"}}
        await self._client.create(NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})

    async def note_manager_installed(self) -> None:
        """For the demo that removes what this one keeps."""
        body = {"metadata": {"annotations": {MANAGER_ANNOTATION: "true"}}}
        await self._client.patch(NAMESPACES, self.namespace, body)

    async def deploy(self) -> None:
        """Create what is not there; returns when it is ready. Raises DemoError."""
        for file in MANIFESTS:
            for manifest in yaml.safe_load_all((self._samples / file).read_text()):
                with suppress(ConflictError):
                    await self._client.create(RESOURCES[manifest["kind"]], manifest, namespace=self.namespace)
        await wait_available(self._client, self.namespace)

    async def remove(self) -> None:
        """Delete the namespace and all that is in it."""
        await remove_namespace(self._client, self.namespace)

    async def ask_shop(
        self, customer: str, *, headers: Mapping[str, str] | None = None, patience: float = ANSWER_SECONDS
    ) -> dict[str, Any]:
        """What echo said to the shop. Asked through the API server's proxy, so it works from anywhere.

        ``headers`` are passed on by all of them.

        Tries again while the cluster has yet to learn of the pods. Raises DemoError.
        """
        path = SERVICES.path(self.namespace, "shop:http", "proxy") + "/"
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            try:
                async with self._client.request(
                    "GET",
                    path,
                    verb="get",
                    describe=f"services/proxy in namespace {self.namespace}",
                    query={"customer": customer},
                    headers=headers,
                    timeout=aiohttp.ClientTimeout(total=patience),
                ) as response:
                    answer: Mapping[str, Any] = json.loads(await response.read())
                    return dict(answer["echo"])
            except (KubeError, ValueError, KeyError) as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise DemoError(
                        f"the shop does not answer: {error}", hint=f"see: kubectl -n {self.namespace} logs deploy/shop"
                    ) from error
            await asyncio.sleep(POLL_SECONDS)
