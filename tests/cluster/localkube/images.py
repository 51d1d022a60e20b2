"""Images in the cluster's containerd: the pause image, and those a user loads."""

import os
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from localkube.commands import run
from localkube.errors import CommandError, LocalKubeError
from localkube.places import REPOSITORY

PAUSE = "localhost/pause:1"
NAMESPACE = "k8s.io"
"""Where the kubelet's containerd keeps what it runs."""

SMALL = 100_000
"""Bytes; manifests and configurations are smaller, and layers that are cost nothing."""

ATTEMPTS = 3

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
    names: list[str] = []
    for file in files:
        said = _import(socket, file)
        names += [line.split()[1] for line in said.splitlines() if line.startswith("unpacking ")]
    return names


def _import(socket: Path, file: Path) -> str:
    """Import one tar; returns what ctr says.

    What an image of the same name needed before may be collected as garbage while we count on it: then it is sent.
    """
    ctr = ("ctr", "--address", socket, "--namespace", NAMESPACE)
    for attempt in range(1, ATTEMPTS + 1):
        known = frozenset(run(*ctr, "content", "ls", "--quiet").split()) if attempt < ATTEMPTS else frozenset()
        with tempfile.NamedTemporaryFile(suffix=".tar") as sent:
            _copy_unknown(file, Path(sent.name), known)
            try:
                return run(*ctr, "images", "import", sent.name)
            except CommandError as error:
                if attempt == ATTEMPTS or "does not exist" not in str(error):
                    raise
    raise AssertionError("the last attempt returns or raises")


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
