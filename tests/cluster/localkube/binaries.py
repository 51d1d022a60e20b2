"""The cluster's binary, kubectl and helm: built once per machine from Go modules."""

import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from localkube.errors import LocalKubeError
from localkube.locks import locked
from localkube.places import SOURCES, cache_folder
from localkube.progress import say

KUBERNETES = "1.35.4"
HELM = "v3.22.0"
COMPONENTS = (
    "etcd",
    "coredns",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "kubectl",
)
TAGS = "nosystemd,selinux"


def _version_flags() -> str:
    """Kubernetes reads its own version from variables that only the linker sets."""
    major, minor, _ = KUBERNETES.split(".")
    values = {
        "gitVersion": f"v{KUBERNETES}",
        "gitMajor": major,
        "gitMinor": minor,
        "gitCommit": f"v{KUBERNETES}",
        "gitTreeState": "clean",
    }
    prefix = "k8s.io/component-base/version"
    return " ".join(["-s", "-w", *(f"-X {prefix}.{name}={value}" for name, value in values.items())])


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """Where the built programs are."""

    folder: Path
    helm: Path

    def __getitem__(self, component: str) -> Path:
        return self.folder / component

    @property
    def kubectl(self) -> Path:
        return self.folder / "kubectl"


def build() -> Binaries:
    """Return the programs, building what the cache does not hold (minutes, the first time).

    Raises LocalKubeError when Go is missing or the build fails.
    """
    return Binaries(folder=_kube(), helm=_helm() / "helm")


def _kube() -> Path:
    key = hashlib.sha256()
    for part in ("main.go", "go.mod", "go.sum"):
        key.update((SOURCES / part).read_bytes())
    key.update(f"{KUBERNETES} {TAGS}".encode())
    folder = cache_folder() / "kube" / key.hexdigest()[:16]
    with locked(cache_folder() / "kube.lock"):
        if not (folder / "kubectl").exists():
            with _made(folder) as unfinished:
                command = ["go", "build", "-trimpath", "-tags", TAGS, "-ldflags", _version_flags()]
                _go([*command, "-o", str(unfinished / "kube"), "."], "Kubernetes (6 to 10 minutes)", {})
                for component in COMPONENTS:
                    (unfinished / component).symlink_to("kube")
    return folder


def _helm() -> Path:
    folder = cache_folder() / "helm" / HELM
    with locked(cache_folder() / "helm.lock"):
        if not (folder / "helm").exists():
            with _made(folder) as unfinished:
                module = f"helm.sh/helm/v3/cmd/helm@{HELM}"
                command = ["go", "install", "-trimpath", "-ldflags", "-s -w", module]
                _go(command, "helm (2 minutes)", {"GOBIN": str(unfinished)})
    return folder


class _made:  # noqa: N801 (a context manager, used like a function)
    """A folder that appears under its name only when it is complete."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._temporary = tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unfinished-")

    def __enter__(self) -> Path:
        inner = Path(self._temporary.name) / "made"
        inner.mkdir()
        return inner

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            (Path(self._temporary.name) / "made").rename(self._folder)
        self._temporary.cleanup()


def _go(command: Sequence[str], what: str, environment: Mapping[str, str]) -> None:
    """Run the Go compiler and report every 20 seconds that it still works."""
    say(f"building {what}; kept for the next time in {cache_folder()}")
    settings = {**os.environ, "CGO_ENABLED": "0", **environment}
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        try:
            compiler = subprocess.Popen(command, cwd=SOURCES, env=settings, stdout=output, stderr=output)
        except FileNotFoundError as missing:
            raise LocalKubeError("Go is needed to build the cluster: install go 1.25 or newer") from missing
        with compiler:
            while True:
                try:
                    status = compiler.wait(timeout=20)
                    break
                except subprocess.TimeoutExpired:
                    say(f"still building {what.split()[0]} ({time.monotonic() - started:.0f} s)")
        output.seek(0)
        if status:
            raise LocalKubeError(f"building {what} failed:\n{output.read()[-4000:]}")
    say(f"built {what.split()[0]} in {time.monotonic() - started:.0f} s")
