"""Layers: tar files that come out byte for byte the same whenever their contents are the same.

A layer's digest decides whether a node imports it again, so nothing that varies between two builds
(times, owners, the order of a directory) may get into it.
"""

import hashlib
import os
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

    @classmethod
    def of(cls, file: Path) -> "Layer":
        """Describe a finished tar; its digest is kept beside it, as reading 200 MB takes a while."""
        note = file.with_suffix(".digest")
        if not note.exists():
            note.write_text(_digest(file))
        return cls(file=file, digest=note.read_text(), size=file.stat().st_size)


def _digest(file: Path) -> str:
    sha256 = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            sha256.update(block)
    return f"sha256:{sha256.hexdigest()}"


def cached(cache: Path, key: str, make: Callable[[Path], None]) -> Layer:
    """The layer made from what `key` describes; `make` fills a folder when it is not there yet."""
    name = hashlib.sha256(key.encode()).hexdigest()[:24]
    file = cache / f"{name}.tar"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".unfinished-") as temporary:
            root = Path(temporary) / "root"
            root.mkdir(mode=0o755)
            make(root)
            pack(root, Path(temporary) / "layer.tar")
            (Path(temporary) / "layer.tar").replace(file)
    return Layer.of(file)


def pack(root: Path, file: Path) -> None:
    """Pack a folder: sorted, all times 0; what we own ourselves belongs to root inside."""
    us = os.getuid(), os.getgid()

    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        if (member.uid, member.gid) == us:
            member.uid = member.gid = 0
        member.mtime, member.uname, member.gname = 0, "", ""
        return member

    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(root.rglob("*")):
            tar.add(path, str(path.relative_to(root)), recursive=False, filter=anonymous)
