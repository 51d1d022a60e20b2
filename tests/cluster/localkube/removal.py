"""Taking a cluster away, whatever state it is in: running, half started, or killed from outside.

Nothing here trusts that an earlier step went well; each looks at what is really there.
"""

import re
import shutil
import socket
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
PLUGIN_SOCKET = Path("/var/lib/kubelet/device-plugins/kubelet.sock")
"""Places that the kubelet, containerd and CNI do not let us move."""

TASKS = "state/io.containerd.runtime.v2.task/k8s.io"
"""Where containerd notes the socket of each shim."""


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
        left = cgroups.pids(places.cgroup) | set(network.pids(places)) | shims(places.socket)
        if not (living := processes.find(left)):
            break
        processes.end(living, patience=0)


def shims(address: Path) -> set[int]:
    """The shims of this containerd, known by their arguments."""
    found: set[int] = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError):
            arguments = (folder / "cmdline").read_text(errors="replace").split("\0")
            if "containerd-shim" in arguments[0] and str(address) in arguments:
                found.add(int(folder.name))
    return found


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
    for note in places.runtime.glob(f"{TASKS}/*/address"):
        Path(note.read_text().removeprefix("unix://")).unlink(missing_ok=True)
    if CONTAINER_LOGS.exists():
        for link in CONTAINER_LOGS.iterdir():
            if link.is_symlink() and link.readlink().is_relative_to(places.folder):
                link.unlink()
    for record in NETWORK_RECORDS.glob(f"{places.container_network}-*"):
        # NETWORK-CONTAINER-INTERFACE; the loopback's record bears the container's name alone.
        ours = re.fullmatch(f"{places.container_network}-([0-9a-f]{{64}})-.*", record.name)
        if ours is not None:
            (NETWORK_RECORDS / f"cni-loopback-{ours[1]}-lo").unlink(missing_ok=True)
            record.unlink()
    _remove_stale_plugin_socket()


def _remove_stale_plugin_socket() -> None:
    """Remove the socket where kubelets meet device plugins, unless some kubelet listens there."""
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(str(PLUGIN_SOCKET))
        except ConnectionRefusedError:
            PLUGIN_SOCKET.unlink(missing_ok=True)
        except OSError:
            return
    with suppress(OSError):
        PLUGIN_SOCKET.parent.rmdir()
        PLUGIN_SOCKET.parent.parent.rmdir()
