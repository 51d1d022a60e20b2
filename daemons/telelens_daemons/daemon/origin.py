"""Which daemon runs: one left over by an update is noticed, and one that cannot be reached is named."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

import telelens_daemons
from telelens_daemons.places import Places
from telelens_daemons.version import version


@dataclass(frozen=True, slots=True)
class Origin:
    """Of a daemon that runs, or ran last."""

    version: str
    package: str
    installed: int
    """When the package's files were written, ns."""
    process: int
    machine: str

    @classmethod
    def own(cls) -> Origin:
        """This process's."""
        package, installed = _files()
        return cls(version(), package, installed, os.getpid(), socket.gethostname())

    @classmethod
    def read(cls, places: Places) -> Origin | None:
        """None where nobody has written it."""
        try:
            return cls(**json.loads(places.origin.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, places: Places) -> None:
        """For ``read``, in one step; by whoever holds the daemon's lock."""
        beside = places.origin.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self)))
        beside.replace(places.origin)

    @property
    def is_another_version(self) -> bool:
        """Whether that daemon is not of this program's version."""
        package, installed = _files()
        if self.package == package:
            # Known without the time that it takes to look up a version.
            return self.installed != installed
        return self.version != version()

    @property
    def is_here(self) -> bool:
        """Whether it ran on this machine."""
        return self.machine == socket.gethostname()


def is_another_version(places: Places) -> bool:
    """Whether the daemon that runs is not of this program's version."""
    origin = Origin.read(places)
    return origin is not None and origin.is_another_version


def _files() -> tuple[str, int]:
    package = Path(telelens_daemons.__file__)
    return str(package), os.stat(package).st_mtime_ns
