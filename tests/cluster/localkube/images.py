"""Images in the cluster's containerd: the pause image, and those a user loads."""

import os
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from localkube.commands import run
from localkube.errors import LocalKubeError
from localkube.places import REPOSITORY

PAUSE = "localhost/pause:1"
NAMESPACE = "k8s.io"
"""Where the kubelet's containerd keeps what it runs."""

SMALL = 100_000
"""Bytes; manifests and configurations are smaller, and layers that are cost nothing."""

BUILDER = REPOSITORY / "cluster" / "images"


def build_pause(file: Path) -> Path:
    """Build the image that holds each pod's namespaces."""
    builder = {**os.environ, "PYTHONPATH": str(BUILDER)}
    run(sys.executable, "-m", "imagebuilder", "build", "pause", "--out", file, environment=builder)
    return file


def load(socket: Path, files: Sequence[Path]) -> list[str]:
    """Import OCI or docker tars; returns the names of the images.

    Layers that containerd has already are not sent again, which makes a reload take no time.
    Raises LocalKubeError when a file is not an image.
    """
    ctr = ("ctr", "--address", socket, "--namespace", NAMESPACE)
    names: list[str] = []
    for file in files:
        known = frozenset(run(*ctr, "content", "ls", "--quiet").split())
        with tempfile.NamedTemporaryFile(suffix=".tar") as sent:
            _copy_unknown(file, Path(sent.name), known)
            said = run(*ctr, "images", "import", sent.name)
        names += [line.split()[1] for line in said.splitlines() if line.startswith("unpacking ")]
    return names


def _copy_unknown(file: Path, copy: Path, known: frozenset[str]) -> None:
    """Copy an image's tar without the layers in `known`; manifests stay, the import reads them."""
    try:
        with tarfile.open(file) as image, tarfile.open(copy, "w") as sent:
            for member in image:
                digest = member.name.removeprefix("blobs/").replace("/", ":")
                if member.size < SMALL or digest not in known:
                    sent.addfile(member, image.extractfile(member) if member.isfile() else None)
    except (OSError, tarfile.TarError) as error:
        raise LocalKubeError(f"{file}: not an image in a tar: {error}") from error
