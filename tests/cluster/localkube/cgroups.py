"""The control groups under which the kubelet keeps a cluster's pods, in every hierarchy."""

import time
from contextlib import suppress
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


def _hierarchies() -> list[Path]:
    """Mount points: one per controller in version 1 and hybrid, one in all in version 2."""
    points = []
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, point, kind, *_ = line.split()
        if kind in ("cgroup", "cgroup2") and point.startswith(str(ROOT)):
            points.append(Path(point))
    return points


def create(name: str) -> None:
    """Make the cluster's own root; the kubelet demands that it exists."""
    for hierarchy in _hierarchies():
        _offer_controllers(hierarchy)
        group = hierarchy / name
        group.mkdir(exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):
            # Empty in a new group of version 1, which then takes no process.
            if (group / setting).exists() and not (group / setting).read_text().strip():
                (group / setting).write_text((hierarchy / setting).read_text())


def _offer_controllers(hierarchy: Path) -> None:
    """Let groups below use each controller: version 2 does not by itself, version 1 knows no such file."""
    offered = hierarchy / "cgroup.controllers"
    for controller in offered.read_text().split() if offered.exists() else []:
        with suppress(OSError):
            (hierarchy / "cgroup.subtree_control").write_text(f"+{controller}")


def pids(name: str) -> set[int]:
    """Every process inside the cluster's pods."""
    found: set[int] = set()
    for hierarchy in _hierarchies():
        for file in (hierarchy / name).rglob("cgroup.procs"):
            with suppress(OSError):
                found |= {int(pid) for pid in file.read_text().split()}
    return found


def remove(name: str) -> None:
    """Remove all groups, the innermost first; the kernel may need a moment after the last process."""
    for _ in range(100):
        groups = [group for hierarchy in _hierarchies() if (group := hierarchy / name).exists()]
        if not groups:
            return
        for group in groups:
            inner = [path for path in group.rglob("*") if path.is_dir()]
            for path in [*sorted(inner, key=lambda path: -len(path.parts)), group]:
                with suppress(OSError):
                    path.rmdir()
        time.sleep(0.05)
