"""Keeps what attrs compiles for the protocol's classes, as Python keeps compiled modules.

attrs writes the methods of a class as text and compiles it at each start: for lsprotocol's 570 classes that is a third
of what the server's import takes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType
from typing import Any, Final

_HEAD: Final = b"telelens generated code 1\n" + importlib.util.MAGIC_NUMBER


def beside_modules() -> Path:
    """Where it is kept: beside this module's own byte code, which whoever may write there could change as well."""
    return Path(importlib.util.cache_from_source(__file__)).with_suffix(".kept")


@contextmanager
def kept(file: Path) -> Iterator[None]:
    """Within, what attrs compiles is taken from ``file``; afterwards that holds what was used and nothing else.

    A file that is missing, another version's or broken costs a start as without it. Nothing is written where Python is
    told to write no byte code, or may not.
    """
    import attr._make as making

    known = _read(file)
    used: dict[bytes, CodeType] = {}

    def compile_once(script: str, filename: str, mode: str) -> CodeType:
        key = hashlib.blake2b(f"{filename}\0{script}".encode(), digest_size=16).digest()
        code = known.get(key)
        used[key] = code = compile(script, filename, mode) if code is None else code
        return code

    # A module's global comes before the builtin; should attrs compile in another way one day, nothing is kept.
    making.compile = compile_once  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del making.compile  # type: ignore[attr-defined]
    if used.keys() != known.keys() and not sys.dont_write_bytecode:
        with suppress(OSError):
            _write(file, used)


def _read(file: Path) -> dict[bytes, CodeType]:
    try:
        content = file.read_bytes()
        # As much to be trusted as the byte code beside it.
        found: Any = marshal.loads(content[len(_HEAD) :]) if content.startswith(_HEAD) else {}  # noqa: S302
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(file: Path, codes: dict[bytes, CodeType]) -> None:
    """Whole or not at all: two servers may start at a time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_HEAD + marshal.dumps(codes))
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
