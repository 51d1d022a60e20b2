"""Debian's packages a cluster needs: installed when we may, named when not."""

import os
import shutil
from pathlib import Path

from localkube.commands import run
from localkube.errors import LocalKubeError
from localkube.progress import say

PROVIDES = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "iptables": "iptables",
    "nft": "nftables",
    "conntrack": "conntrack",
    "socat": "socat",
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "sysctl": "procps",
    "curl": "curl",
    "wrk": "wrk",
    "haproxy": "haproxy",
    "cc": "gcc libc6-dev",
}
"""Which packages bring which program."""

PLUGINS = Path("/usr/lib/cni")


def missing() -> list[str]:
    """The packages that are not there, sorted."""
    absent = [packages for program, packages in PROVIDES.items() if shutil.which(program) is None]
    wanted = {package for packages in absent for package in packages.split()}
    if not (PLUGINS / "bridge").exists():
        wanted.add("containernetworking-plugins")
    return sorted(wanted)


def install_or_name() -> None:
    """Install what is missing as root; name it otherwise: what needs no cluster works without."""
    if os.geteuid() == 0:
        ensure()
    elif wanted := missing():
        say(f"not root, so not installed: for a cluster of your own, apt-get install -y {' '.join(wanted)}")


def ensure() -> None:
    """Install what is missing.

    Raises LocalKubeError that names the packages when we are not root.
    """
    wanted = missing()
    if os.geteuid() != 0:
        install = f" and first: apt-get install -y {' '.join(wanted)}" if wanted else ""
        raise LocalKubeError(
            "a cluster of one's own needs root (namespaces, mounts, cgroups): run this as root"
            f"{install}; or set TELELENS_KUBECONFIG to use another cluster"
        )
    if not wanted:
        return
    say(f"installing Debian packages: {' '.join(wanted)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", environment=quiet)
    run("apt-get", "install", "-y", "--no-install-recommends", *wanted, environment=quiet)
