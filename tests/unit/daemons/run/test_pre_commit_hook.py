"""The hook that pre-commit finds in this repository: which files it is given, and what it says of them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[4]
GOOD = "workloads: [{name: echo, intercepts: [{localPort: 9090}]}]\n"


@pytest.fixture
def hook() -> dict[str, str]:
    (only,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    # All that pre-commit wants (https://pre-commit.com/#creating-new-hooks).
    assert {"id", "name", "entry", "language"} <= only.keys()
    found: dict[str, str] = only
    return found


@pytest.mark.parametrize(
    ("name", "is_checked"),
    [
        ("echo.ispec.yaml", True),
        ("shop/deep/echo.ispec.yml", True),
        ("values.yaml", False),
        ("echo.ispec.yaml.bak", False),
        ("ispec.yaml", False),
    ],
)
def test_specifications_are_checked_and_nothing_else(hook: dict[str, str], name: str, is_checked: bool) -> None:
    assert (re.search(hook["files"], name) is not None) == is_checked


def run(hook: dict[str, str], folder: Path, *files: str) -> tuple[int, str]:
    """As pre-commit does: the entry from its environment's folder of programs, the files' names behind it."""
    program, *arguments = shlex.split(hook["entry"])
    command = [str(Path(sys.executable).parent / program), *arguments, *files]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return ended.returncode, ended.stdout + ended.stderr


def test_it_passes_what_is_right_and_fails_on_what_is_wrong(hook: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "good.ispec.yaml").write_text(GOOD)
    (tmp_path / "bad one.ispec.yaml").write_text(GOOD.replace("localPort", "localprot"))
    assert run(hook, tmp_path, "good.ispec.yaml")[0] == 0
    code, said = run(hook, tmp_path, "good.ispec.yaml", "bad one.ispec.yaml")
    assert code == 1
    assert "bad one.ispec.yaml:1:" in said
    assert "localprot" in said


def test_what_it_is_installed_with_is_there(hook: dict[str, str]) -> None:
    """pre-commit installs the repository itself, with these extras of it."""
    project = (ROOT / "pyproject.toml").read_text()
    for extra in re.findall(r"\[([\w,]+)\]", "".join(hook["additional_dependencies"])):
        assert re.search(rf"^{extra} = \[", project, re.MULTILINE)
