"""The sample application's files: in a wheel inside the package, in a checkout where they are written."""

from __future__ import annotations

from pathlib import Path

from telelens_schemas.specification import read_specification

from telelens_daemons.demo.errors import DemoError

SPECIFICATION = "echo.ispec.yaml"
PROGRAM = "echo_local.py"
BREAKPOINT_AT = "    return {\n"
"""The statement of ``greet`` that follows its two variables."""


def samples() -> Path:
    """The folder. Raises DemoError."""
    package = Path(__file__).resolve().parents[1]
    for place in (package / "samples", package.parent.parent / "cluster" / "samples"):
        if (place / SPECIFICATION).is_file():
            return place
    raise DemoError("the samples are missing in this installation", hint="install telelens again")


def namespace_of(folder: Path) -> str:
    """The namespace that SPECIFICATION connects to."""
    connection = read_specification((folder / SPECIFICATION).read_text(), SPECIFICATION).specifications[0].connection
    assert connection is not None
    assert connection.namespace is not None
    return connection.namespace


def breakpoint_line(folder: Path) -> int:
    """Where the demo stops in PROGRAM, 1-based."""
    program = (folder / PROGRAM).read_text()
    return program[: program.index(BREAKPOINT_AT)].count("\n") + 1
