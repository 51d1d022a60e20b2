"""Taking a cluster away, whatever state it is in: running, half started, or killed from outside.

Nothing here trusts that an earlier step went well; each looks at what is really there.
"""

import hashlib
import shutil
import time
from contextlib import suppress
from pathlib import Path

from localkube import cgroups, network, processes, subnets
from localkube.commands import run
from localkube.places import Places
from localkube.progress import say

SHIM_SOCKETS = Path("/run/containerd/s")
CONTAINER_LOGS = Path("/var/log/containers")
NETWORK_RECORDS = Path("/var/lib/cni/results")
"""Places that the kubelet, containerd and CNI do not let us move."""


def remove(places: Places, *, keep_logs: bool = False) -> None:
    """End all processes and remove every trace; without a trace it does nothing."""
    known = subnets.recorded(places.subnets)
    _end_processes(places)
    _unmount(places.folder)
    network.remove(places, known)
    cgroups.remove(places.cgroup)
    _remove_strays(places)
    if keep_logs:
        for entry in places.folder.iterdir() if places.folder.exists() else []:
            if entry != places.logs:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    elif places.folder.exists():
        shutil.rmtree(places.folder)


def _end_processes(places: Places) -> None:
    """First who would start others anew, then the pods, then whoever is left in the namespaces."""
    recorded = [process for process in processes.recorded(places.processes) if process.alive()]
    if recorded:
        say(f"ending {places.name}")
    processes.end(recorded, patience=0)
    for _ in range(20):
        shims = _shims(places.socket)
        left = cgroups.pids(places.cgroup) | set(network.pids(places)) | set(shims)
        if not (living := processes.find(left)):
            break
        processes.end(living, patience=0)
        for identity, pid in ((shims[pid], pid) for pid in shims):
            _forget_shim(places.socket, identity, pid)


def _shims(socket: Path) -> dict[int, str]:
    """The shims of this containerd, known by their arguments: pid and container."""
    found: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError):
            arguments = (folder / "cmdline").read_text(errors="replace").split("\0")
            if "containerd-shim" in arguments[0] and str(socket) in arguments:
                found[int(folder.name)] = arguments[arguments.index("-id") + 1]
    return found


def _forget_shim(socket: Path, container: str, pid: int) -> None:
    """Remove a shim's socket; its name is fixed in containerd (runtime/v2/shim, SocketAddress)."""
    name = hashlib.sha256(f"{socket}/k8s.io/{container}".encode()).hexdigest()
    (SHIM_SOCKETS / name).unlink(missing_ok=True)


def _unmount(folder: Path) -> None:
    """Unmount all below `folder`, the innermost first."""
    for _ in range(50):
        points = _mount_points(folder)
        if not points:
            return
        run("umount", *points, check=False)
        time.sleep(0.02)
    if points := _mount_points(folder):
        run("umount", "--lazy", *points)


def _mount_points(folder: Path) -> list[str]:
    points = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        point = line.split()[4].encode().decode("unicode_escape")
        if point.startswith(f"{folder}/"):
            points.append(point)
    return points[::-1]


def _remove_strays(places: Places) -> None:
    """What lies outside the cluster's folder."""
    if CONTAINER_LOGS.exists():
        for link in CONTAINER_LOGS.iterdir():
            if link.is_symlink() and link.readlink().is_relative_to(places.folder):
                link.unlink()
    if NETWORK_RECORDS.exists():
        for record in NETWORK_RECORDS.glob(f"{places.container_network}-*"):
            record.unlink()
