"""`python vscode-extension/vsix.py OUT`: packs the extension with all that it needs, so that installing it needs no
network: the bundle, and wheels of telelens and its dependencies for each Python that is supported."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
BIN = REPOSITORY / ".venv" / "bin"
WHEELS = HERE / "wheels"

PYTHONS = ("3.11", "3.12", "3.13")
TARGET = "linux-x64"
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "linux_x86_64")
"""Which wheels run on the target; glibc 2.28 is that of VS Code's own servers."""

QUICKER = {"debugpy": "manylinux_2_34_x86_64"}
"""Wheels for newer systems, beside those that run everywhere: this one traces in C where that traces in Python."""

EXTRAS = ("server", "daemons")
INSTALLER = "pip"
"""Comes along as a wheel: Debian's Python has neither pip nor ensurepip."""


def main(out: Path) -> None:
    """Write the file."""
    version = _version()
    _dependencies()
    own = _own_wheel()
    for stale in (WHEELS / "any").glob("telelens-*.whl"):
        stale.unlink()
    shutil.copy2(own, WHEELS / "any")
    shutil.copy2(REPOSITORY / "LICENSE", HERE / "LICENSE.txt")
    shutil.copy2(REPOSITORY / "CHANGELOG.md", HERE / "CHANGELOG.md")
    _run("npm", "run", "--silent", "build", folder=HERE)
    out.parent.mkdir(parents=True, exist_ok=True)
    package = [
        "node_modules/.bin/vsce",
        "package",
        version,
        "--target",
        TARGET,
        "--no-dependencies",
        "--no-git-tag-version",
    ]
    _run(*package, "--no-update-package-json", "--skip-license", "--out", str(out.resolve()), folder=HERE)
    wheels = sum(file.stat().st_size for file in WHEELS.rglob("*.whl"))
    bundle = (HERE / "dist" / "extension.js").stat().st_size
    print(
        f"{out}: {out.stat().st_size / 1e6:.1f} MB"
        f" (extension {bundle / 1e6:.1f} MB, wheels for Python {', '.join(PYTHONS)} {wheels / 1e6:.1f} MB)"
    )


def _version() -> str:
    """The distribution's, which the extension must share."""
    manifest = json.loads((HERE / "package.json").read_text())
    found = re.search(r'^version = "(.+)"$', (REPOSITORY / "pyproject.toml").read_text(), re.MULTILINE)
    if found is None or found[1] != manifest["version"]:
        sys.exit("vsix: package.json and pyproject.toml disagree on the version")
    return found[1]


def _dependencies() -> None:
    """Fetch the wheels, unless these very ones are there."""
    recipe = [PYTHONS, PLATFORMS, QUICKER, EXTRAS, INSTALLER]
    key = hashlib.sha256(json.dumps(recipe).encode())
    for name in ("pyproject.toml", "requirements.lock"):
        key.update((REPOSITORY / name).read_bytes())
    stamp = HERE / "dist" / "wheels-from"
    if stamp.exists() and stamp.read_text() == key.hexdigest():
        return
    stamp.unlink(missing_ok=True)
    shutil.rmtree(WHEELS, ignore_errors=True)
    locked = _locked()
    for python in PYTHONS:
        _download(python, locked)
    _share()
    stamp.write_text(key.hexdigest())


def _locked() -> Path:
    """The locked requirements of the extras alone, with their hashes."""
    out = HERE / "dist" / "requirements.txt"
    out.parent.mkdir(exist_ok=True)
    _run(
        *(str(BIN / "uv"), "pip", "compile", "-q", "--universal", "--generate-hashes", "--no-emit-index-url"),
        *(argument for extra in EXTRAS for argument in ("--extra", extra)),
        *("--no-header", "--no-annotate", "--python-version", PYTHONS[0], "-c", "requirements.lock"),
        *("pyproject.toml", "-o", str(out)),
    )
    return out


def _own_wheel() -> Path:
    folder = HERE / "dist" / "own"
    shutil.rmtree(folder, ignore_errors=True)
    _run(str(BIN / "python"), "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    (wheel,) = folder.glob("*.whl")
    return wheel


def _download(python: str, locked: Path) -> None:
    print(f"vsix: wheels for Python {python}", file=sys.stderr)
    common = [
        *(str(BIN / "python"), "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"),
        *("--only-binary", ":all:", "--implementation", "cp", "--python-version", python),
        *(argument for platform in PLATFORMS for argument in ("--platform", platform)),
        *("-d", str(WHEELS / python)),
    ]
    _run(*common, "--require-hashes", "-r", str(locked))
    _run(*common, INSTALLER)
    versions = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", locked.read_text(), re.MULTILINE))
    for name, platform in QUICKER.items():
        _run(*common, "--platform", platform, f"{name}=={versions[name]}")


def _share() -> None:
    """What serves every Python is there once."""
    folders = [WHEELS / python for python in PYTHONS]
    (WHEELS / "any").mkdir()
    for file in sorted(folders[0].iterdir()):
        if all((folder / file.name).exists() for folder in folders):
            for folder in folders[1:]:
                (folder / file.name).unlink()
            file.rename(WHEELS / "any" / file.name)


def _run(*command: str, folder: Path = REPOSITORY) -> None:
    arguments: Sequence[str] = command
    ended = subprocess.run(arguments, cwd=folder, check=False, capture_output=True, text=True, env=os.environ)
    if ended.returncode != 0:
        sys.exit(f"vsix: {' '.join(command)}: exit status {ended.returncode}\n{ended.stdout}{ended.stderr}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
