"""Programs that outlive the command that starts them, known by pid and start time.

A pid alone may be anybody's by the time we want to end it; with the time it started (in clock ticks
since boot) and the boot's identity it is ours or nobody's.
"""

import json
import os
import resource
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _start_ticks(pid: int) -> int | None:
    """When a living process started, in clock ticks since boot; None for the dead and zombies."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process that we started, now or in an earlier command."""

    name: str
    pid: int
    start_ticks: int
    boot: str

    def alive(self) -> bool:
        _reap(self.pid)
        return self.boot == _boot() and _start_ticks(self.pid) == self.start_ticks

    def signal(self, number: signal.Signals) -> None:
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _reap(pid: int) -> None:
    """Take the exit status of a child of ours, so that it does not stay as a zombie."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    namespace: str,
    log: Path,
    records: Path,
    environment: Mapping[str, str],
) -> Process:
    """Start a program in a network namespace and a session of its own, output to `log`.

    `nsenter` and not `ip netns exec`: that one remounts /sys, and the kubelet then finds no cgroups.
    It may open as many files as the machine lets it, and so may the pods that inherit from it.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    limited = ["prlimit", f"--nofile={most}:{most}"]
    arguments = [*limited, "nsenter", f"--net=/run/netns/{namespace}", "--", *map(str, command)]
    output = (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    pid = os.posix_spawnp(
        arguments[0],
        arguments,
        environment,
        setsid=True,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            output,
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )
    process = Process(name=name, pid=pid, start_ticks=_start_ticks(pid) or 0, boot=_boot())
    (records / f"{name}.json").write_text(json.dumps(asdict(process)))
    return process


def recorded(records: Path) -> list[Process]:
    """Every process with a legible record in the folder, alive or not."""
    found = []
    for path in sorted(records.glob("*.json")):
        with suppress(OSError, ValueError, TypeError):
            found.append(Process(**json.loads(path.read_text())))
    return found


def find(pids: Iterable[int]) -> list[Process]:
    """The living among processes we did not start ourselves, such as a container's."""
    boot = _boot()
    return [
        Process(name=str(pid), pid=pid, start_ticks=ticks, boot=boot)
        for pid in pids
        if (ticks := _start_ticks(pid)) is not None
    ]


def end(processes: Sequence[Process], *, patience: float) -> None:
    """End processes: SIGTERM, and SIGKILL for those alive after `patience` seconds."""
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        if number is signal.SIGTERM and not patience:
            continue
        for process in processes:
            process.signal(number)
        deadline = time.monotonic() + seconds
        while any(process.alive() for process in processes) and time.monotonic() < deadline:
            time.sleep(0.02)
