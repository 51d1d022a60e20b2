"""Layers: tar files that come out byte for byte the same whenever their contents are the same.

A layer's digest decides whether a node imports it again, so nothing that varies between two builds
(times, owners, the order of a directory) may get into it.
"""

import hashlib
import os
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Layer:
    """An uncompressed tar; its digest is its DiffID too."""

    file: Path
    digest: str
    size: int


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _digest_of(file: Path) -> str:
    with file.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def cached(cache: Path, key: str, make: Callable[[Path], None], *, what: str = "") -> Layer:
    """The layer made from what `key` describes; `make` writes its tar when it is not there yet.

    Its digest is kept beside it, as reading 200 MB takes a while. `what` is said while it is made.
    """
    file = cache / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.tar"
    note = file.with_suffix(".digest")
    if not note.exists():
        cache.mkdir(parents=True, exist_ok=True)
        if what:
            print(f"imagebuilder: making {what}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".unfinished-") as temporary:
            unfinished, said = Path(temporary) / "layer.tar", Path(temporary) / "digest"
            make(unfinished)
            said.write_text(_digest_of(unfinished))
            unfinished.replace(file)
            said.replace(note)
    return Layer(file=file, digest=note.read_text(), size=file.stat().st_size)


def pack(root: Path, file: Path) -> None:
    """Pack a folder: sorted, all times 0, all of it root's and open to be read."""

    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        executable = member.isdir() or member.mode & 0o100
        member.mode = 0o755 if executable else 0o644
        member.uid = member.gid = member.mtime = 0
        member.uname = member.gname = ""
        return member

    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(root.rglob("*")):
            tar.add(path, str(path.relative_to(root)), recursive=False, filter=anonymous)


def packed(fill: Callable[[Path], None]) -> Callable[[Path], None]:
    """Make a layer from a folder that `fill` fills."""

    def make(file: Path) -> None:
        root = file.with_name("root")
        root.mkdir()
        fill(root)
        pack(root, file)

    return make


def fingerprint(root: Path) -> str:
    """What a folder holds, as a key: names and contents."""
    sha256 = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        if "__pycache__" not in path.parts:
            executable = os.access(path, os.X_OK)
            sha256.update(f"{path.relative_to(root)} {executable} {_digest_of(path)}\n".encode())
    return sha256.hexdigest()
