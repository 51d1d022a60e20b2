"""What the .vsix carries is enough for each Python that it offers to use, without any network."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from localkube.places import REPOSITORY

WANTED = "telelens[server,daemons]"
OLDEST_GLIBC = "manylinux_2_28_x86_64"


@pytest.fixture(scope="module")
def wheels(vsix: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vsix")
    with zipfile.ZipFile(vsix) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.endswith(".whl")])
    return folder / "extension" / "wheels"


def test_it_is_as_large_as_is_said(vsix: Path) -> None:
    (said,) = re.findall(r"`dist/telelens.vsix` \((\d+) MB", (REPOSITORY / "README.md").read_text())
    assert vsix.stat().st_size / 1e6 == pytest.approx(int(said), rel=0.05)


def resolve(wheels: Path, python: str, report: Path) -> set[str]:
    """The packages that pip would install for that Python, whichever this one is. Its own wheel does it, as there."""
    (pip,) = (wheels / "any").glob("pip-*.whl")
    links = [argument for name in ("any", python) for argument in ("--find-links", str(wheels / name))]
    target = ["--python-version", python, "--platform", OLDEST_GLIBC, "--platform", "manylinux2014_x86_64"]
    told = ["--dry-run", "--ignore-installed", "--quiet", "--report", str(report), "--target", str(report.parent / "x")]
    subprocess.run(
        [
            ".venv/bin/python",
            f"{pip}/pip",
            "install",
            "--no-index",
            *links,
            *target,
            "--only-binary=:all:",
            *told,
            WANTED,
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return {one["metadata"]["name"].lower() for one in json.loads(report.read_text())["install"]}


def test_each_python_has_all_that_it_needs(wheels: Path, tmp_path: Path) -> None:
    pythons = sorted(folder.name for folder in wheels.iterdir() if folder.name != "any")
    found = {python: resolve(wheels, python, tmp_path / f"{python}.json") for python in pythons}

    assert pythons == ["3.11", "3.12", "3.13"]
    assert {"telelens", "pygls", "lsprotocol", "debugpy", "uvloop", "picows", "protobuf"} <= found["3.11"]
    assert found["3.12"] == found["3.13"] == found["3.11"]


def test_one_wheel_that_is_missing_is_noticed(wheels: Path, tmp_path: Path) -> None:
    (wheel,) = (wheels / "3.12").glob("uvloop-*.whl")
    aside = wheel.rename(tmp_path / wheel.name)
    with pytest.raises(subprocess.CalledProcessError) as told:
        resolve(wheels, "3.12", tmp_path / "3.12.json")
    aside.rename(wheel)
    assert "uvloop" in told.value.stderr
