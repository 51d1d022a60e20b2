"""Where the daemon keeps its files: a private folder for its socket, one for logs and one for its session."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Paths, by the XDG base directory specification."""

    run: Path
    state: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Places:
        """The places of the user whose environment this is."""
        home = Path(environment.get("HOME") or Path.home())
        state_home = environment.get("XDG_STATE_HOME")
        state = (Path(state_home) if state_home else home / ".local" / "state") / "telelens"
        runtime = environment.get("XDG_RUNTIME_DIR")
        return cls(run=Path(runtime) / "telelens" if runtime else state / "run", state=state)

    @property
    def socket(self) -> Path:
        """The daemon's gRPC socket."""
        return self.run / "daemon.sock"

    @property
    def daemon_lock(self) -> Path:
        """Held by the daemon as long as it lives."""
        return self.run / "daemon.lock"

    @property
    def start_lock(self) -> Path:
        """Held by whoever starts a daemon, so that two starts make one."""
        return self.run / "start.lock"

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
        for folder in (self.run, self.log.parent, self.session):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.chmod(folder, 0o700)
