"""Where a benchmark happens: the project's own cluster, a namespace in it, a desk in its workstation namespace."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import resident

HERE = Path(__file__).parent
NAMESPACE = "telelens-bench"


@dataclass(frozen=True)
class Desk:
    """A workstation that reaches the API server and nothing else of the cluster."""

    network: tuple[str, ...]
    environment: dict[str, str]

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        ended = subprocess.run(
            [*self.network, *command], check=False, capture_output=True, text=True, env=self.environment
        )
        if check and ended.returncode != 0:
            raise SystemExit(f"bench: {' '.join(command)}: exit status {ended.returncode}\n{ended.stderr}")
        return ended

    def telelens(self, *arguments: str) -> str:
        """Run the command line, as a user would; its output."""
        return self.run("telelens", *arguments).stdout

    @contextmanager
    def serving(self, *command: str, **environment: str) -> Iterator[None]:
        """A program that runs meanwhile."""
        process = subprocess.Popen(
            [*self.network, *command],
            env=self.environment | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


@dataclass(frozen=True)
class Place:
    """The cluster as the benchmark sees it."""

    status: dict[str, Any]
    folder: Path

    def caller(self) -> tuple[str, ...]:
        """Enters the network of the pod that calls the Service."""
        pid = resident.processes(self.get("pod", "caller"), "caller")[0].pid
        return ("nsenter", f"--net=/proc/{pid}/ns/net")

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl as administrator in the benchmark's namespace."""
        command = [self.status["kubectl"], "--kubeconfig", self.status["kubeconfig"], "-n", NAMESPACE, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, input=stdin).stdout

    def get(self, *arguments: str) -> dict[str, Any]:
        """An object, or a list, as JSON."""
        answer: dict[str, Any] = json.loads(self.kubectl("get", *arguments, "-o", "json"))
        return answer

    def desk(self, kubeconfig: str) -> Desk:
        """The workstation, with a state of its own."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "KUBE", "TELELENS_"))
        }
        for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME"):
            folder = self.folder / name.lower()
            folder.mkdir(mode=0o700, exist_ok=True)
            environment[name] = str(folder)
        tools = f"{Path(self.status['kubectl']).parent}:{Path(self.status['helm']).parent}"
        environment["PATH"] = f"{Path('.venv/bin').absolute()}:{tools}:{environment['PATH']}"
        environment["KUBECONFIG"] = kubeconfig
        return Desk(("ip", "netns", "exec", self.status["workstation_namespace"]), environment)


@contextmanager
def bench_place() -> Iterator[Place]:
    """The running cluster of the project, with the benchmark's application in it; removed afterwards."""
    localkube = subprocess.run(
        [
            str(Path(".venv/bin/python").absolute()),
            "-m",
            "localkube",
            "status",
            "--name",
            os.environ.get("CLUSTER", "telelens"),
            "--format",
            "json",
        ],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": "tests/cluster"},
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Place(json.loads(localkube.stdout), Path(folder))
        place.kubectl("create", "namespace", NAMESPACE)
        try:
            yield place
        finally:
            place.kubectl("delete", "namespace", NAMESPACE, "--wait=true")


def timed(action: Any) -> float:
    """Seconds that ``action`` takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
