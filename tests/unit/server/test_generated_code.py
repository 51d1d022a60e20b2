"""What attrs compiles for the protocol's classes is kept from one start to the next."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = """
import builtins, sys
compile_really, compiled = builtins.compile, []

def counted(source, filename, *more, **named):
    if "<attrs generated" in str(filename) and "lsprotocol" in str(filename):
        compiled.append(filename)
    return compile_really(source, filename, *more, **named)

builtins.compile = counted
from telelens_server.__main__ import _create_server
_create_server()
from lsprotocol.types import Position
assert Position(1, 2) == Position(1, 2) and Position(1, 2) < Position(2, 0)
print(len(compiled))
"""


def start(folder: Path, **environment: str) -> int:
    """A server is made by a program that keeps its byte code in ``folder``: so many pieces had to be compiled."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = inherited | {"PYTHONPYCACHEPREFIX": str(folder)} | environment
    ended = subprocess.run([sys.executable, "-c", COUNT], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return int(ended.stdout)


def files(folder: Path) -> list[Path]:
    return list(folder.rglob("generated_code*.kept*"))


def test_the_second_start_compiles_nothing(tmp_path: Path) -> None:
    assert start(tmp_path) > 100
    assert start(tmp_path) == 0


@pytest.mark.parametrize("content", [b"", b"nonsense", "beginning", "older"])
def test_what_cannot_be_read_is_made_anew(tmp_path: Path, content: bytes | str) -> None:
    start(tmp_path)
    (file,) = files(tmp_path)
    whole = file.read_bytes()
    damaged = {"beginning": whole[:-1000], "older": whole.replace(b"generated code 1", b"generated code 0", 1)}
    file.write_bytes(damaged[content] if isinstance(content, str) else content)
    assert start(tmp_path) > 100
    assert start(tmp_path) == 0
    assert files(tmp_path) == [file]


def test_nothing_is_written_where_python_writes_no_byte_code(tmp_path: Path) -> None:
    assert start(tmp_path, PYTHONDONTWRITEBYTECODE="1") > 100
    assert files(tmp_path) == []
