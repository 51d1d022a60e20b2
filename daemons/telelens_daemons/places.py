"""Where the daemon keeps its files: a private folder for its socket, one for logs and one for its session."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET = 103
"""Bytes of a socket's path: sun_path has 108 with its end on Linux (unix(7)), 104 on macOS."""


_SOCKET = "daemon.sock"


@dataclass(frozen=True, slots=True)
class Places:
    """Paths, by the XDG base directory specification."""

    state: Path
    socket: Path
    """The daemon's gRPC socket."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Places:
        """The places of the user whose environment this is.

        All stand in one folder, so that whoever has this home finds the one daemon: XDG_RUNTIME_DIR is unset under
        ``su`` and cron, and goes with the last login while the daemon and its session go on. It has the socket where
        the other path is too long for one; the locks stand still.
        """
        home = Path(environment.get("HOME") or Path.home())
        state_home = environment.get("XDG_STATE_HOME")
        state = (Path(state_home) if state_home else home / ".local" / "state") / "telelens"
        here = cls(state=state, socket=state / "run" / _SOCKET)
        runtime = environment.get("XDG_RUNTIME_DIR")
        return cls(state=state, socket=Path(runtime) / "telelens" / _SOCKET) if runtime and not here.is_short else here

    @property
    def is_short(self) -> bool:
        """Whether the system takes the socket's path."""
        return len(os.fsencode(self.socket)) <= LONGEST_SOCKET

    @property
    def run(self) -> Path:
        """The folder of what is there while a daemon is."""
        return self.state / "run"

    @property
    def daemon_lock(self) -> Path:
        """Held by the daemon as long as it lives."""
        return self.run / "daemon.lock"

    @property
    def start_lock(self) -> Path:
        """Held by whoever starts a daemon, so that two starts make one."""
        return self.run / "start.lock"

    @property
    def origin(self) -> Path:
        """Which daemon it is: version, files, process, machine."""
        return self.run / "daemon.origin"

    @property
    def log(self) -> Path:
        """The daemon's log."""
        return self.state / "logs" / "daemon.log"

    @property
    def session(self) -> Path:
        """The folder of the session: key, certificate, what it was made from."""
        return self.state / "session"

    def make(self) -> None:
        """Create the folders. The gRPC socket is as private as its folder: this user's alone."""
        self.state.mkdir(parents=True, exist_ok=True)
        for folder in (self.run, self.socket.parent, self.log.parent, self.session):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.chmod(folder, 0o700)
