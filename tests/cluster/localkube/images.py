"""Images in the cluster's containerd: the pause image, and those a user loads."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from localkube.commands import run
from localkube.places import REPOSITORY

PAUSE = "localhost/pause:1"
NAMESPACE = "k8s.io"
"""Where the kubelet's containerd keeps what it runs."""

BUILDER = REPOSITORY / "cluster" / "images"


def build_pause(file: Path) -> Path:
    """Build the image that holds each pod's namespaces."""
    builder = {**os.environ, "PYTHONPATH": str(BUILDER)}
    run(sys.executable, "-m", "imagebuilder", "pause", "--out", file, environment=builder)
    return file


def load(socket: Path, files: Sequence[Path]) -> list[str]:
    """Import OCI or docker tars; returns the names of the images.

    Raises CommandError when a file is not an image.
    """
    names: list[str] = []
    for file in files:
        said = run("ctr", "--address", socket, "--namespace", NAMESPACE, "images", "import", file)
        names += [line.split()[1] for line in said.splitlines() if line.startswith("unpacking ")]
    return names
