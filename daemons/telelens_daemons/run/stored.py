"""Specifications that a cluster stores (`kubectl get ispecs`), read by their names."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import Any, Final

import yaml
from telelens_schemas.specification.language import GROUP, KIND, VERSION, VERSIONS
from telelens_schemas.suggestions import did_you_mean
from telelens_schemas.wire.daemon_pb2 import ConnectRequest

from telelens_daemons.connection.access import access_of
from telelens_daemons.errors import UserError
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.errors import ForbiddenError, KubeconfigError, KubeError, NotFoundError, UnreachableError
from telelens_daemons.kube.resources import Resource
from telelens_daemons.run.for_caller import read_for_caller
from telelens_daemons.version import version

STORED: Final = Resource(GROUP, VERSION, "interceptspecifications")
_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_FILES = (".yaml", ".yml", ".json")


class StoredSpecificationError(UserError):
    """The cluster does not store it, or does not give it to this user."""

    code = "no-stored-specification"


def is_stored_name(text: str) -> bool:
    """Whether the name of a stored specification is meant: a file of that name wins, and what looks like one is one.
    A folder does not: that of a service's code often has the service's name."""
    path = Path(text)
    return bool(_NAME.fullmatch(text)) and not text.endswith(_FILES) and (path.is_dir() or not path.exists())


def read_stored(name: str, request: ConnectRequest) -> str:
    """Its text, as an object of the version that it was written in. ``request`` says how to reach the cluster, and the
    namespace where it is stored. Raises StoredSpecificationError and KubeError."""
    return as_text(asyncio.run(_fetch(name, request)), name)


async def _fetch(name: str, request: ConnectRequest) -> dict[str, Any]:
    try:
        access = access_of(request)
        async with KubeClient(access, environment=os.environ, user_agent=f"telelens/{version()}") as client:
            try:
                return await client.get(STORED, name, namespace=access.namespace)
            except NotFoundError as error:
                raise await _missing(client, name, access.namespace) from error
            except ForbiddenError as error:
                raise StoredSpecificationError(
                    f"there is no file {name}, and you may not get stored specifications in namespace "
                    f"{access.namespace}",
                    hint="name a file, give --namespace, or ask there for the role telelens-intercept",
                    detail=error.detail,
                    code=error.code,
                ) from error
    except (KubeconfigError, UnreachableError) as error:
        raise StoredSpecificationError(
            f"there is no file {name}, and no cluster can be asked for a stored specification: {error.message}",
            hint=error.hint or "name a file",
            detail=error.detail,
            code=error.code,
        ) from error


async def _missing(client: KubeClient, name: str, namespace: str) -> UserError:
    """Why: the kind is not there, or the object."""
    try:
        known = [str(one["metadata"]["name"]) for one in await client.list_all(STORED, namespace=namespace)]
    except NotFoundError:
        return StoredSpecificationError(
            f"there is no file {name}, and this cluster stores no specifications: it has no definition of them",
            hint="name a file, or have an administrator run: telelens helm upgrade --crds",
        )
    except KubeError:
        known = []  # Who may not list them is told what is certain.
    return StoredSpecificationError(
        f"there is no file {name}, and no specification of that name is stored in namespace {namespace}",
        hint=did_you_mean(name, known) or "name a file, give --namespace, or see: kubectl get ispecs --all-namespaces",
    )


def as_text(item: dict[str, Any], name: str) -> str:
    """The object as a file would hold it.

    All versions are served as what was written; which one that was, its own keys tell: the version in which fewest are
    wrong, of several the newest.
    """
    texts = [_dumped(item, one.api_version) for one in reversed(VERSIONS.values())]
    return min(texts, key=lambda text: len(read_for_caller(text, name).errors))


def _dumped(item: dict[str, Any], api_version: str) -> str:
    metadata = {key: item["metadata"][key] for key in ("name", "namespace") if key in item["metadata"]}
    document = {"apiVersion": api_version, "kind": KIND, "metadata": metadata, "spec": item.get("spec") or {}}
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6)


class _Dumper(yaml.SafeDumper):
    """Writes texts with templates as blocks: what these expand to needs no quoting there, whatever it holds."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "{{" in text else None)


_Dumper.add_representer(str, _text)
