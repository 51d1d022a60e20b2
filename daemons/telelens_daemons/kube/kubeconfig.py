"""Reads kubeconfig files the way kubectl does: several files merged, paths relative to the file that names them.

Source of the merge rule: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from telelens_daemons.kube.errors import KubeconfigError
from telelens_daemons.kube.flags import KubeFlags

PATH_KEYS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Ways:
    """What whoever reads a kubeconfig can do to have another one read, and to name a context; on the command line,
    unless somebody says otherwise."""

    kubeconfig: str = "set KUBECONFIG or give --kubeconfig"
    context: str = "give --context"


_FLAGS = Ways()


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach one API server as one user: a context, resolved. ``*_data`` keys keep their base64."""

    context: str
    cluster: str
    server: str
    namespace: str
    cluster_entry: Mapping[str, Any] = field(repr=False)
    user_entry: Mapping[str, Any] = field(repr=False)
    flags: KubeFlags = field(repr=False)
    source: str = ""


def config_paths(kubeconfig: str, environment: Mapping[str, str]) -> list[Path]:
    """The files to read: the flag's (one file, or a list), else ``KUBECONFIG``'s, else ``~/.kube/config``."""
    listed = kubeconfig or environment.get("KUBECONFIG", "")
    names = [name for name in listed.split(os.pathsep) if name]
    if names:
        return [Path(name).expanduser() for name in names]
    home = environment.get("HOME") or str(Path.home())
    return [Path(home) / ".kube" / "config"]


class Kubeconfig:
    """The merged content of all files."""

    def __init__(
        self,
        *,
        clusters: Mapping[str, Mapping[str, Any]],
        users: Mapping[str, Mapping[str, Any]],
        contexts: Mapping[str, Mapping[str, Any]],
        current_context: str,
        source: str,
        ways: Ways = _FLAGS,
    ) -> None:
        self.clusters = clusters
        self.users = users
        self.contexts = contexts
        self.current_context = current_context
        self.source = source
        self._ways = ways

    @classmethod
    def load(cls, paths: Sequence[Path], ways: Ways = _FLAGS) -> Kubeconfig:
        """Read and merge; the first file that names a thing wins. Files that are not there are skipped. Raises
        KubeconfigError, whose hints are of the ``ways``."""
        found = [path for path in paths if path.is_file()]
        source = os.pathsep.join(str(path) for path in paths)
        if not found:
            raise KubeconfigError(f"no kubeconfig: {source} does not exist", hint=ways.kubeconfig)
        merged: dict[str, dict[str, Mapping[str, Any]]] = {"clusters": {}, "users": {}, "contexts": {}}
        current = ""
        for path in found:
            document = _read(path, ways)
            current = current or str(document.get("current-context") or "")
            for kind, named in merged.items():
                for name, entry in _named_entries(document, kind, path):
                    named.setdefault(name, entry)
        return cls(**merged, current_context=current, source=source, ways=ways)

    def access(self, *, context: str = "", flags: KubeFlags | None = None, namespace: str = "") -> Access:
        """Resolve a context and the flags over it. Raises KubeconfigError when something named is missing."""
        flags = flags or KubeFlags()
        name = context or self.current_context
        entry: Mapping[str, Any] = {}
        if name:
            entry = self._named(self.contexts, "context", name)
        elif not (flags.cluster or flags.server):
            raise KubeconfigError(
                f"no current context in {self.source}",
                hint=f"{self._ways.context}, one of: {', '.join(sorted(self.contexts)) or '(none defined)'}",
            )
        cluster = flags.cluster or str(entry.get("cluster") or "")
        user = flags.user or str(entry.get("user") or "")
        cluster_entry = self._named(self.clusters, "cluster", cluster) if cluster else {}
        user_entry = self._named(self.users, "user", user) if user else {}
        server = flags.server or str(cluster_entry.get("server") or "")
        if not server:
            raise KubeconfigError(f"cluster {cluster!r} in {self.source} names no server")
        if flags.server and "://" not in server:
            server = f"https://{server}"
        return Access(
            context=name,
            cluster=cluster,
            server=server.rstrip("/"),
            namespace=namespace or str(entry.get("namespace") or "default"),
            cluster_entry=cluster_entry,
            user_entry=user_entry,
            flags=replace(flags),
            source=self.source,
        )

    def _named(self, entries: Mapping[str, Mapping[str, Any]], kind: str, name: str) -> Mapping[str, Any]:
        entry = entries.get(name)
        if entry is None:
            known = ", ".join(sorted(entries)) or "(none)"
            raise KubeconfigError(f"no {kind} named {name!r} in {self.source}", hint=f"there are: {known}")
        return entry


def _read(path: Path, ways: Ways) -> Mapping[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 (a safe loader, the C one if there)
    except OSError as error:
        raise KubeconfigError(f"cannot read {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        hint = f"mend it, or {ways.kubeconfig}"
        raise KubeconfigError(f"{path} is not valid YAML", hint=hint, detail=str(error)) from error
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise KubeconfigError(f"{path} is not a kubeconfig: expected a mapping at its root")
    return document


def _named_entries(document: Mapping[str, Any], kind: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    inner_key = kind[:-1]
    for item in document.get(kind) or ():
        if not isinstance(item, Mapping) or not isinstance(item.get("name"), str):
            raise KubeconfigError(f"{path}: an entry of {kind} has no name")
        inner = item.get(inner_key)
        yield item["name"], _with_absolute_paths(inner if isinstance(inner, Mapping) else {}, path.parent)


def _with_absolute_paths(entry: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    result = dict(entry)
    for key in PATH_KEYS:
        value = result.get(key)
        if isinstance(value, str) and value:
            result[key] = str((folder / value).resolve())
    plugin = result.get("exec")
    if isinstance(plugin, Mapping):
        command = plugin.get("command")
        # client-go: a command with a separator in it is relative to the file; a bare name is looked up on PATH.
        if isinstance(command, str) and "/" in command and not command.startswith("/"):
            result["exec"] = {**plugin, "command": str((folder / command).resolve())}
    return result
