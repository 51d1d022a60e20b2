"""Looks at the namespace that a connection is for, while the rest of connecting goes on: what is wrong with it would
else be found by the first intercept."""

from __future__ import annotations

import asyncio

from telelens_schemas.names import API_GROUP, INTERCEPT_PLURAL, INTERCEPT_ROLE
from telelens_schemas.suggestions import did_you_mean

from telelens_daemons.errors import UserError
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.errors import KubeError, NotFoundError
from telelens_daemons.kube.resources import NAMESPACES, SELF_SUBJECT_ACCESS_REVIEWS


class UnknownNamespaceError(UserError):
    """There is no such namespace."""

    code = "unknown-namespace"


async def check_namespace(client: KubeClient, namespace: str) -> str:
    """A warning where the user may not intercept there, else nothing.

    Raises UnknownNamespaceError, where the user may know. Every other failure is left to whoever needs the answer.
    """
    allowed, _ = await asyncio.gather(_may_intercept(client, namespace), _check_exists(client, namespace))
    if allowed:
        return ""
    return (
        f"you may not create intercepts in namespace {namespace}:"
        f" ask for ClusterRole {INTERCEPT_ROLE} there, if it is the right one (--namespace)"
    )


async def _may_intercept(client: KubeClient, namespace: str) -> bool:
    attributes = {"namespace": namespace, "verb": "create", "group": API_GROUP, "resource": INTERCEPT_PLURAL}
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    try:
        review = await client.create(SELF_SUBJECT_ACCESS_REVIEWS, body)
    except KubeError:
        return True
    return bool(review.get("status", {}).get("allowed"))


async def _check_exists(client: KubeClient, namespace: str) -> None:
    try:
        await client.get(NAMESPACES, namespace)
    except NotFoundError as error:
        raise UnknownNamespaceError(
            f"there is no namespace {namespace}", hint=await _suggestion(client, namespace), detail=error.detail
        ) from error
    except KubeError:
        pass  # Ordinary users may not read namespaces.


async def _suggestion(client: KubeClient, namespace: str) -> str:
    try:
        known = [str(item["metadata"]["name"]) for item in await client.list_all(NAMESPACES)]
    except KubeError:
        known = []
    return did_you_mean(namespace, known) or "give another: --namespace"
