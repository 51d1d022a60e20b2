"""The protobuf modules are those that the .proto files make."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import telelens_schemas.wire as wire


def test_generated_modules_are_not_stale(tmp_path: Path) -> None:
    folder = Path(wire.__path__[0])
    generator = folder.parent.parent / "generate.py"
    subprocess.run([sys.executable, str(generator), str(tmp_path)], check=True)
    made = sorted((tmp_path / "telelens_schemas" / "wire").iterdir())
    assert len(made) >= 5
    for file in made:
        assert (folder / file.name).read_text() == file.read_text(), f"{file.name} is stale: run schemas/generate.py"
