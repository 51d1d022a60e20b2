"""Resident memory of the containers of a pod and of a process, in MiB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil


def of_container(pod: dict[str, Any], name: str) -> float:
    """The sum over the processes of one container, found by its cgroup: pages that they share count for each."""
    statuses = pod["status"]["containerStatuses"]
    identifier = next(s["containerID"].rpartition("/")[2] for s in statuses if s["name"] == name)
    total = 0
    for process in psutil.process_iter():
        try:
            if identifier in Path(f"/proc/{process.pid}/cgroup").read_text():
                total += process.memory_info().rss
        except (OSError, psutil.Error):
            continue
    return total / 2**20


def of_process(pid: int) -> float:
    """One process."""
    rss: int = psutil.Process(pid).memory_info().rss
    return rss / 2**20
