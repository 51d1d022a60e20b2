"""The layer of third-party packages, exactly those of a lock file."""

import platform
import shutil
import sys
from pathlib import Path

from imagebuilder.base import LEVELS, PYTHON
from imagebuilder.bytecode import compile_all
from imagebuilder.layers import Layer, cached, packed
from imagebuilder.places import INSTALLED
from imagebuilder.programs import run

FOLDER = f"{INSTALLED}/deps"
GLIBC = ("manylinux_2_28", "manylinux_2_17", "manylinux2014")
"""Wheels that the base's C library (2.36) runs."""


def layer(cache: Path, lock: Path) -> Layer:
    """Install the wheels that `lock` names with their hashes; nothing is built or resolved."""
    pinned = lock.read_text()

    def fill(root: Path) -> None:
        target = root / FOLDER.lstrip("/")
        target.mkdir(parents=True)
        platforms = [f"--platform={glibc}_{platform.machine()}" for glibc in GLIBC]
        choice = ["--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON}", *platforms]
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        run(*pip, "--no-deps", "--no-compile", "--require-hashes", *choice, "--target", target, "-r", lock)
        _trim(target)
        compile_all(root, FOLDER)

    key = f"dependencies {LEVELS} {PYTHON} {platform.machine()} {pinned}"
    return cached(cache, key, packed(fill), what=f"the packages of {lock.name}")


def _trim(target: Path) -> None:
    """Take out what only a developer of those packages needs."""
    for folder in [target / "bin", *target.rglob("tests"), *target.rglob("test")]:
        shutil.rmtree(folder, ignore_errors=True)
    for unused in ("*.pyx", "*.pxd", "*.c", "*.h", "*.pyi"):
        for path in target.rglob(unused):
            path.unlink()
