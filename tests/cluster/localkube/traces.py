"""What a cluster may leave on a machine: a snapshot to compare before with after."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from localkube.cgroups import ROOT
from localkube.commands import run
from localkube.places import cache_folder, clusters_folder
from localkube.removal import CONTAINER_LOGS, NETWORK_RECORDS, SHIM_SOCKETS


def _processes() -> frozenset[str]:
    """Programs that are a cluster's; a machine's other processes come and go as they like."""
    found = set()
    marks = (f"{cache_folder()}/", f"{clusters_folder()}/", "containerd", "localkube", "/pause", "coredns")
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                command = (folder / "cmdline").read_text(errors="replace").replace("\0", " ").strip()
            except OSError:
                continue
            if any(mark in command for mark in marks):
                found.add(f"{folder.name} {command}")
    return frozenset(found)


def _network_namespaces() -> frozenset[str]:
    """Those of running processes. `lsns` says the same, but fails when one ends while it looks."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found.add(os.readlink(folder / "ns" / "net"))
            except OSError:
                continue
    return frozenset(found)


def _names(*command: str) -> frozenset[str]:
    return frozenset(run(*command).splitlines())


def _below(folder: Path, pattern: str = "*") -> frozenset[str]:
    return frozenset(map(str, folder.glob(pattern))) if folder.exists() else frozenset()


@dataclass(frozen=True, kw_only=True)
class Traces:
    """Everything on this machine that a cluster touches, each as a set of names."""

    processes: frozenset[str]
    mounts: frozenset[str]
    namespaces: frozenset[str]
    network_namespaces: frozenset[str]
    routes: frozenset[str]
    links: frozenset[str]
    rules: frozenset[str]
    cgroups: frozenset[str]
    files: frozenset[str]

    @classmethod
    def now(cls) -> "Traces":
        mounts = (line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines())
        links = json.loads(run("ip", "-json", "link", "show"))
        return cls(
            processes=_processes(),
            mounts=frozenset(mounts),
            namespaces=_names("ip", "netns", "list"),
            network_namespaces=_network_namespaces(),
            routes=_names("ip", "route", "show", "table", "all"),
            links=frozenset(link["ifname"] for link in links),
            rules=_names("nft", "list", "ruleset"),
            cgroups=_below(ROOT, "*/telelens*") | _below(ROOT, "*/kubepods*"),
            files=_below(SHIM_SOCKETS)
            | _below(CONTAINER_LOGS)
            | _below(NETWORK_RECORDS)
            | _below(Path("/etc/netns"))
            | _below(Path("/run/netns")),
        )

    def beyond(self, other: "Traces") -> dict[str, list[str]]:
        """What is here and was not there, by kind; empty when nothing is."""
        kinds = self.__dataclass_fields__
        more = {kind: sorted(getattr(self, kind) - getattr(other, kind)) for kind in kinds}
        return {kind: names for kind, names in more.items() if names}
