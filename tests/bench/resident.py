"""The processes of a pod's containers, seen from their node, and their resident memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil


def processes(pod: dict[str, Any], container: str) -> list[psutil.Process]:
    """Those of one container, found by its cgroup."""
    statuses = pod["status"]["containerStatuses"]
    identifier = next(s["containerID"].rpartition("/")[2] for s in statuses if s["name"] == container)
    found = []
    for process in psutil.process_iter():
        try:
            if identifier in Path(f"/proc/{process.pid}/cgroup").read_text():
                found.append(process)
        except OSError:
            continue
    return found


def of_container(pod: dict[str, Any], name: str) -> float:
    """MiB, the sum over its processes: pages that they share count for each."""
    return float(sum(process.memory_info().rss for process in processes(pod, name))) / 2**20


def of_process(pid: int) -> float:
    """MiB of one process."""
    rss: int = psutil.Process(pid).memory_info().rss
    return rss / 2**20
