"""Where things lie: the cache (built from sources, shared) and each cluster's own folder."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from localkube.errors import LocalKubeError

SOURCES = Path(__file__).resolve().parent.parent / "kube"
"""The Go module of the cluster's binary."""

REPOSITORY = Path(__file__).resolve().parents[3]


def _base(variable: str, default: str) -> Path:
    """A base folder of the XDG specification; relative values are ignored, as it asks for."""
    given = os.environ.get(variable, "")
    return Path(given) if os.path.isabs(given) else Path.home() / default


def cache_folder() -> Path:
    return _base("XDG_CACHE_HOME", ".cache") / "telelens"


def clusters_folder() -> Path:
    return _base("XDG_STATE_HOME", ".local/state") / "telelens" / "clusters"


@dataclass(frozen=True, kw_only=True)
class Places:
    """All paths and kernel names of one cluster; each follows from its name alone.

    That is what lets `down` clean up after a cluster whose records are lost.
    """

    name: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", self.name):
            raise LocalKubeError(
                f"{self.name!r} cannot name a cluster: use up to 32 of a-z, 0-9 and '-' (not at its ends)"
            )

    @property
    def folder(self) -> Path:
        return clusters_folder() / self.name

    @property
    def lock(self) -> Path:
        return clusters_folder() / f".{self.name}.lock"

    @property
    def record(self) -> Path:
        """What `status` prints; exists once the cluster has been ready."""
        return self.folder / "cluster.json"

    @property
    def subnets(self) -> Path:
        return self.folder / "subnets.json"

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def processes(self) -> Path:
        return self.folder / "process"

    @property
    def certificates(self) -> Path:
        return self.folder / "certificates"

    @property
    def configuration(self) -> Path:
        return self.folder / "configuration"

    @property
    def runtime(self) -> Path:
        """Everything of containerd's."""
        return self.folder / "containerd"

    @property
    def socket(self) -> Path:
        return self.runtime / "containerd.sock"

    @property
    def kubelet(self) -> Path:
        return self.folder / "kubelet"

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def node_namespace(self) -> str:
        return f"telelens-{self.name}-node"

    @property
    def workstation_namespace(self) -> str:
        return f"telelens-{self.name}-desk"

    @property
    def cgroup(self) -> str:
        return f"telelens-{self.name}"

    @property
    def container_network(self) -> str:
        """Name of the CNI network; the CNI's own records carry it."""
        return f"telelens-{self.name}"
