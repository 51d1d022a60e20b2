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

from telelens_daemons.demo.errors import DemoError
from telelens_daemons.kube.client import KubeClient, KubeObject
from telelens_daemons.kube.errors import ConflictError, KubeError, NotFoundError
from telelens_daemons.kube.resources import DEPLOYMENTS, NAMESPACES, PODS, SERVICES, Resource

RESOURCES = {
    "ConfigMap": Resource("", "v1", "configmaps"),
    "Secret": Resource("", "v1", "secrets"),
    "Service": SERVICES,
    "Deployment": DEPLOYMENTS,
}
MANIFESTS = ("echo.yaml", "shop.yaml")
OURS_LABEL = "telelens.dev/demo"
MANAGER_ANNOTATION = "telelens.dev/demo-installed-manager"
READY_SECONDS = 90.0
ANSWER_SECONDS = 20.0
GONE_SECONDS = 60.0
POLL_SECONDS = 0.1
UNPULLABLE = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName")


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
            await self.gone()
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
        """Create what is not there."""
        for file in MANIFESTS:
            for manifest in yaml.safe_load_all((self._samples / file).read_text()):
                with suppress(ConflictError):
                    await self._client.create(RESOURCES[manifest["kind"]], manifest, namespace=self.namespace)

    async def ready(self) -> None:
        """Wait until every Deployment is available; says at once when an image cannot be had."""
        with _within(READY_SECONDS, f"the pods in {self.namespace} are not ready"):
            async with asyncio.timeout(READY_SECONDS):
                while not all(map(_is_available, await self._list(DEPLOYMENTS))):
                    _check_images(await self._list(PODS))
                    await asyncio.sleep(POLL_SECONDS)

    async def remove(self) -> None:
        """Delete the namespace and all that is in it; Kubernetes takes five seconds and more for that."""
        with suppress(NotFoundError):
            await self._client.delete(NAMESPACES, self.namespace)
        await self.gone()

    async def gone(self) -> None:
        """Wait until the namespace is gone."""
        with _within(GONE_SECONDS, f"the namespace {self.namespace} does not go"):
            async with asyncio.timeout(GONE_SECONDS):
                with suppress(NotFoundError):
                    while True:
                        await self._client.get(NAMESPACES, self.namespace)
                        await asyncio.sleep(POLL_SECONDS)

    async def ask_shop(self, customer: str, *, patience: float = ANSWER_SECONDS) -> dict[str, Any]:
        """What echo said to the shop. Asked through the API server's proxy, so it works from anywhere.

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

    async def _list(self, resource: Resource) -> list[KubeObject]:
        return await self._client.list_all(resource, namespace=self.namespace)


class _within:  # noqa: N801 (reads as a statement)
    """Turns a timeout into an error that says what did not happen."""

    def __init__(self, seconds: float, what: str) -> None:
        self._message = f"{what} after {seconds:g} s"

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, TimeoutError):
            raise DemoError(self._message, hint="see: kubectl get pods --all-namespaces") from error


def _is_available(deployment: KubeObject) -> bool:
    status = deployment.get("status") or {}
    return bool(
        status.get("observedGeneration") == deployment["metadata"]["generation"]
        and status.get("availableReplicas", 0) >= deployment["spec"]["replicas"]
        and status.get("updatedReplicas", 0) == status.get("replicas")
    )


def _check_images(pods: list[KubeObject]) -> None:
    for pod in pods:
        for container in (pod.get("status") or {}).get("containerStatuses") or ():
            waiting = (container.get("state") or {}).get("waiting") or {}
            if waiting.get("reason") in UNPULLABLE:
                raise DemoError(
                    f"the cluster has no image {container['image']}: {waiting['reason']}",
                    hint="the project's own cluster gets it by: make images; yours: cluster/images/sample.Dockerfile",
                )
