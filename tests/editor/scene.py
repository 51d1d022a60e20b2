"""What a test in the editor has: somebody's desk with a workspace on it, an editor that runs there, and the sample
application in the cluster."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from fixtures import manifests
from fixtures.caller import Answer, CallFailed
from fixtures.desk import Desk
from fixtures.namespace import Namespace
from fixtures.waiting import PATIENCE, eventually
from localkube.places import REPOSITORY
from realeditor.window import Window

SAMPLES = REPOSITORY / "cluster" / "samples"
PROGRAM = "echo_local.py"
MANIFEST = "echo.yaml"
STOP_AT = 'answer = f"{greeting}, {customer}"'
"""The line of the program at which the tests stop."""

LAUNCH = """\
{
  // What runs here is what the cluster runs.
  "version": "0.2.0",
  "configurations": [
    {
      "name": "echo here", // pressed by everybody
      "type": "telelens",
      "request": "launch",
      "program": "${workspaceFolder}/echo_local.py",
      "telelens": { "workload": "echo", "ports": ["8080:http"] },
    },
  ]
}
"""


class Workspace:
    """A folder as a developer of the sample application has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        for name in (PROGRAM, MANIFEST):
            shutil.copy(SAMPLES / name, folder)

    @property
    def launch(self) -> Path:
        return self.folder / ".vscode" / "launch.json"

    def write_launch(self, text: str = LAUNCH) -> None:
        self.launch.parent.mkdir(exist_ok=True)
        self.launch.write_text(text)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def line_of(self, name: str, text: str) -> int:
        """Number of the first line that has the text, from 1."""
        lines = (self.folder / name).read_text().splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)


@dataclass(frozen=True)
class Echo:
    """The sample application's echo in the test's namespace."""

    namespace: Namespace

    def apply(self, *, injected: bool = True, greeting: str = "") -> None:
        """As the sample's file has it, but for another greeting; `injected`: the agent is there from the start."""
        documents = list(yaml.safe_load_all((SAMPLES / MANIFEST).read_text()))
        for one in documents:
            if one["kind"] == "Deployment" and injected:
                one["spec"]["template"]["metadata"]["annotations"] = dict(manifests.INJECT)
            if one["kind"] == "ConfigMap" and greeting:
                one["data"]["GREETING"] = greeting
        self.namespace.apply(*documents)
        self.wait_ready()

    def declare(self) -> None:
        """What an editor finds of it in the cluster, without a pod."""
        documents = list(yaml.safe_load_all((SAMPLES / MANIFEST).read_text()))
        for one in documents:
            if one["kind"] == "Deployment":
                one["spec"]["replicas"] = 0
        self.namespace.apply(*documents)

    def wait_ready(self) -> None:
        """Until a rollout is through and callers reach the one pod that is left: the sample ends as soon as it is told
        to, and a node learns a moment later that its pod is to be called no more."""
        self.namespace.wait_ready("deployment/echo")
        eventually(self._is_reached)

    def _is_reached(self) -> bool:
        pods = self.namespace.get("pods", "--selector", "app=echo")
        try:
            return len(pods) == 1 and self.answered_by_pod()
        except CallFailed:
            return False

    def ask(self, path: str = "/?customer=Ada", *, headers: Mapping[str, str] | None = None) -> Answer:
        return self.namespace.place("echo").ask(path, headers=dict(headers or {}), patience=60)

    def begin(self, path: str = "/?customer=Ada", *, headers: Mapping[str, str] | None = None) -> Future[Any]:
        """A request that may take long: somebody has a breakpoint."""
        place = self.namespace.place("echo")
        return self.namespace.caller.begin(
            "ask", path=path, host=place.host, port=place.port, headers=dict(headers or {}), patience=120
        )

    def said(self, *, headers: Mapping[str, str]) -> str:
        """What an answer says; "" while there is none."""
        try:
            return self.ask(headers=headers).body
        except CallFailed:
            return ""

    def answered_at_desk(self, *, headers: Mapping[str, str]) -> bool:
        """Whether a program at the desk answers already; False while it does not."""
        try:
            return not self.answered_by_pod(headers=headers)
        except (CallFailed, ValueError):
            return False

    def is_answered_by_pod(self, *, headers: Mapping[str, str]) -> bool:
        """Whether the pod answers again; False while an agent has not heard yet that the intercept is over."""
        try:
            return self.answered_by_pod(headers=headers)
        except (CallFailed, ValueError):
            return False

    def answered_by_pod(self, *, headers: Mapping[str, str] | None = None) -> bool:
        return str(self.ask(headers=headers).json()["answered_by"]).startswith("pod ")


def listening(process: int, port: int) -> bool:
    """Whether it holds a socket that listens on that port (proc_net_tcp in the kernel's documentation). Raises OSError
    when it is gone."""
    held = set()
    for one in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            held.add(os.readlink(one))
    rows = [line.split() for line in Path(f"/proc/{process}/net/tcp").read_text().splitlines()[1:]]
    listed = (row for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}"))
    return any(f"socket:[{row[9]}]" in held for row in listed)


def header_of(curl: str) -> dict[str, str]:
    """The headers that a curl command line sends."""
    return dict(re.findall(r"-H '([^:']+): ([^']*)'", curl))


@dataclass(frozen=True)
class Scene:
    desk: Desk
    echo: Echo
    workspace: Workspace
    open_window: Callable[..., Window]
    """Called with the name of a file of the workspace, which is opened; `beside` the window there is, or with the
    `folders` of a workspace's file."""

    def open_text(self, name: str, text: str) -> Window:
        """Write a file of the workspace and open it; returns when its text is shown."""
        self.workspace.write(name, text)
        window = self.open_window(name)
        window.line(text.partition("\n")[0]).wait_for()
        return window

    def intercepts(self) -> list[dict[str, Any]]:
        return self.desk.intercepts()

    def programs(self) -> list[tuple[str, ...]]:
        """The command lines of the sample's program that run at the desk."""
        return [one.command for one in self.desk.processes() if any(PROGRAM in word for word in one.command)]

    def listeners(self, port: int) -> set[int]:
        """The processes of the sample's program that listen there; found out without connecting, which may stop at a
        breakpoint."""
        found = set()
        for one in self.desk.processes():
            if any(PROGRAM in word for word in one.command):
                with suppress(OSError):  # it ended meanwhile
                    if listening(one.pid, port):
                        found.add(one.pid)
        return found

    def curl(self) -> str:
        """The command line that the daemon has for the one intercept there is."""
        (intercept,) = self.desk.status()["intercepts"]
        return str(intercept.get("curl", ""))

    def launch_text(self) -> str:
        return self.workspace.launch.read_text()

    def configurations(self) -> list[dict[str, Any]]:
        """Of the launch.json, which may begin with the editor's own comment."""
        lines = self.launch_text().splitlines()
        text = "\n".join(line for line in lines if not line.strip().startswith("//"))
        return list(json.loads(text)["configurations"])

    def body(self, answer: Future[Any]) -> Any:
        return json.loads(answer.result(PATIENCE)["body"])
