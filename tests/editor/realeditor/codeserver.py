"""One running code-server: the real workbench and extension host of VS Code, behind a port of this machine."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import urllib.parse
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from fixtures.waiting import eventually

from realeditor.installation import EditorError, Installation

MACHINE = frozenset({"telelens.python"})
"""Settings whose scope is a machine."""
CALM: Mapping[str, Any] = {
    "chat.disableAIFeatures": True,
    "workbench.startupEditor": "none",
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "extensions.autoUpdate": False,
    "update.mode": "none",
    "git.enabled": False,
    "remote.autoForwardPorts": False,
    "terminal.integrated.gpuAcceleration": "off",
    "terminal.integrated.enablePersistentSessions": False,
    "workbench.reduceMotion": "on",
    "editor.minimap.enabled": False,
    "editor.wordBasedSuggestions": "off",
    "window.commandCenter": False,
    "debug.showSubSessionsInToolBar": False,
    "window.restoreWindows": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
}
"""Settings that make it calm."""

LISTENING = re.compile(r"HTTP server listening on http://127\.0\.0\.1:([0-9]+)/")

FLAGS = (
    "--auth=none",
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-getting-started-override",
    "--disable-proxy",
    "--ignore-last-opened",
)


class Profile:
    """User data and extensions: what lasts from one start of the editor to the next."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation = installation
        self.user_data = folder / "user-data"
        self.extensions = folder / "extensions"
        for made in (self.user_data / "User", self.extensions):
            made.mkdir(parents=True, exist_ok=True)
        self.configuration = folder / "config.yaml"
        self.configuration.write_text("{}\n")

    def settings(self, more: Mapping[str, Any]) -> None:
        """Write the user's settings, and those that in a window like ours, a remote one, only the machine's may hold:
        an editor believes the user's until it has read of which scope they are."""
        machine = {name: value for name, value in more.items() if name in MACHINE}
        for folder, found in (("User", {**CALM, **more}), ("Machine", machine)):
            (self.user_data / folder).mkdir(exist_ok=True)
            (self.user_data / folder / "settings.json").write_text(json.dumps(found, indent=1))

    def install(self, vsix: Path, environment: Mapping[str, str]) -> None:
        """Install an extension from its file. Raises EditorError."""
        command = [*self.command(), "--install-extension", str(vsix), "--force"]
        ended = subprocess.run(
            command, env={**environment, "EXTENSIONS_GALLERY": "{}"}, check=False, capture_output=True, text=True
        )
        if ended.returncode != 0 or "successfully installed" not in ended.stdout:
            raise EditorError(f"{' '.join(command)}: {ended.stdout}{ended.stderr}")

    def storage(self, extension: str) -> Path:
        """The extension's global storage."""
        return self.user_data / "User" / "globalStorage" / extension

    def is_set_up(self, extension: str) -> bool:
        """Whether the extension has made there what it needs."""
        folder = self.storage(extension)
        return folder.is_dir() and any(not one.name.startswith("making-") for one in folder.iterdir())

    def logs(self, channel: str) -> dict[Path, str]:
        """What every start's log of an extension's output says, the last one's last. The editor keeps those of its last
        ten starts, and may delete one in this moment."""
        found: list[tuple[float, Path, str]] = []
        for folder, _, files in os.walk(self.user_data / "logs"):
            if (name := f"{channel}.log") in files:
                log = Path(folder) / name
                with suppress(FileNotFoundError):
                    found.append((log.stat().st_mtime, log, log.read_text()))
        return {log: text for _, log, text in sorted(found)}

    def command(self) -> list[str]:
        program = [str(self.installation.node), str(self.installation.entry)]
        folders = ["--user-data-dir", str(self.user_data), "--extensions-dir", str(self.extensions)]
        return [*program, "--config", str(self.configuration), *folders]


class CodeServer:
    """Runs from `__enter__`, which returns when it listens, to `__exit__`, which leaves no process of it behind."""

    def __init__(
        self,
        profile: Profile,
        *,
        environment: Mapping[str, str],
        prefix: Sequence[str],
        log: Path,
        asks_for_trust: bool = False,
    ) -> None:
        self._profile = profile
        self._environment = {**environment, "EXTENSIONS_GALLERY": "{}"}
        self._prefix = prefix
        self._log = log
        self._flags = FLAGS if asks_for_trust else (*FLAGS, "--disable-workspace-trust")

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*self._prefix, *self._profile.command(), *self._flags, "--bind-addr=127.0.0.1:0"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,
            )
        try:
            self._port = eventually(self._port_it_was_given)
        except BaseException:
            self.stop()
            raise
        return self

    def _port_it_was_given(self) -> int:
        """0 as long as it does not listen. A port chosen beforehand could be somebody's by the time it is wanted."""
        said = self._log.read_text(errors="replace")
        if self._process.poll() is not None:
            raise EditorError(f"code-server ended: {said}")
        found = LISTENING.search(said)
        return int(found[1]) if found else 0

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        """As when the machine is shut down: SIGTERM to all of it, and SIGKILL to what stays. Twice is once."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        # The workbench's own, which nobody takes away when it is ended from outside.
        for socket in Path(self._environment["XDG_RUNTIME_DIR"]).glob("vscode-*.sock"):
            socket.unlink(missing_ok=True)

    def url(self, place: Path, file: Path | None = None) -> str:
        """Of a window on a folder, or on the folders of a workspace's file, with the file open."""
        kind = "workspace" if place.suffix == ".code-workspace" else "folder"
        query = f"{kind}={urllib.parse.quote(str(place))}"
        if file is not None:
            remote = f"vscode-remote://127.0.0.1:{self._port}{file}"
            query += f"&payload={urllib.parse.quote(json.dumps([['openFile', remote]]))}"
        return f"http://127.0.0.1:{self._port}/?{query}"
