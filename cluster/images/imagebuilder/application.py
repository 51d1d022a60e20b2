"""The thin layer on top: our own code from our own wheel, or the samples."""

import shutil
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from imagebuilder.base import LEVELS
from imagebuilder.bytecode import compile_all
from imagebuilder.errors import BuildError
from imagebuilder.layers import Layer, cached, fingerprint, packed
from imagebuilder.places import INSTALLED, REPOSITORY
from imagebuilder.programs import run

FOLDER = f"{INSTALLED}/app"
SAMPLES = f"{INSTALLED}/samples"
PACKAGES = ("telelens_cluster", "telelens_schemas")
"""What of the wheel runs in a cluster."""


def layer(cache: Path) -> Layer:
    """Our packages, taken from a freshly built wheel."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        hatchling = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
        run(*hatchling, "--directory", folder / "wheel", folder=REPOSITORY)
        chosen = folder / "chosen"
        _unpack(next((folder / "wheel").glob("*.whl")), chosen)

        def fill(root: Path) -> None:
            shutil.copytree(chosen, root / FOLDER.lstrip("/"))
            compile_all(root, FOLDER)

        return cached(cache, f"application {LEVELS} {fingerprint(chosen)}", packed(fill))


def _unpack(wheel: Path, folder: Path) -> None:
    """Unpack our packages and the wheel's metadata (which tells the version), nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            top = name.split("/")[0]
            ours = top in PACKAGES or top.endswith(".dist-info")
            # RECORD changes with every file of the wheel, also with those left out here.
            if ours and not name.endswith("/RECORD"):
                archive.extract(name, folder)


def samples(cache: Path) -> Layer:
    """The samples' programs, each a single file without dependencies.

    Raises BuildError when there is none.
    """
    programs: Sequence[Path] = sorted((REPOSITORY / "cluster" / "samples").glob("*.py"))
    if not programs:
        raise BuildError("cluster/samples holds no program")

    def fill(root: Path) -> None:
        target = root / SAMPLES.lstrip("/")
        target.mkdir(parents=True)
        for program in programs:
            shutil.copyfile(program, target / program.name)
        compile_all(root, SAMPLES)

    contents = [(program.name, program.read_text()) for program in programs]
    return cached(cache, f"samples 1 {contents}", packed(fill))
