"""Waits for Deployments, and says at once what a wait would never see: an image that cannot be had."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from telelens_daemons.demo.errors import DemoError
from telelens_daemons.kube.client import KubeClient, KubeObject
from telelens_daemons.kube.resources import DEPLOYMENTS, PODS

READY_SECONDS = 90.0
POLL_SECONDS = 0.1
UNPULLABLE = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName")


async def wait_available(client: KubeClient, namespace: str) -> None:
    """Wait until every Deployment of the namespace is available. Raises DemoError."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not all(map(is_available, await client.list_all(DEPLOYMENTS, namespace=namespace))):
                check_images(await client.list_all(PODS, namespace=namespace))
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise DemoError(
            f"the pods in namespace {namespace} are not ready after {READY_SECONDS:g} s",
            hint=f"see: kubectl -n {namespace} describe pods",
        ) from error


def is_available(deployment: KubeObject) -> bool:
    """Whether all of its pods are of the newest template, and available."""
    status = deployment.get("status") or {}
    return bool(
        status.get("observedGeneration") == deployment["metadata"]["generation"]
        and status.get("availableReplicas", 0) >= deployment["spec"]["replicas"]
        and status.get("updatedReplicas", 0) == status.get("replicas")
    )


def check_images(pods: Iterable[KubeObject]) -> None:
    """Raises DemoError when a container waits for an image that the cluster cannot get."""
    for pod in pods:
        for container in (pod.get("status") or {}).get("containerStatuses") or ():
            waiting = (container.get("state") or {}).get("waiting") or {}
            if waiting.get("reason") in UNPULLABLE:
                raise DemoError(
                    f"the cluster has no image {container['image']}: {waiting['reason']}",
                    hint="the project's own cluster gets it by: make images; yours from: cluster/images/*.Dockerfile",
                )
