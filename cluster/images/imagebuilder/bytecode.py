"""Compiling Python ahead of time: containers start with a read-only root and cannot do it."""

import shutil
import sys
from pathlib import Path

from imagebuilder.base import LEVELS, PYTHON
from imagebuilder.programs import run


def compile_all(root: Path, installed: str) -> None:
    """Compile everything in `root/installed`; bytecode trusts no time, since a layer's are all 0.

    Bytecode fits one minor version of Python. Where that one is not on this machine nothing is
    compiled: the image works, and starts a little slower.
    """
    python = _interpreter()
    if python is not None:
        command = [python, "-m", "compileall", "-q", *LEVELS.split(), "--invalidation-mode", "unchecked-hash"]
        folder = root / installed.lstrip("/")
        run(*command, "-s", root, "-p", "/", folder)


def _interpreter() -> str | None:
    """A Python of the version that the images have."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" == PYTHON:
        return sys.executable
    return shutil.which(f"python{PYTHON}")
