"""The configuration files of a new cluster."""

from pathlib import Path

from localkube.images import PAUSE
from localkube.places import Places
from localkube.subnets import Subnets
from localkube.templating import write


def create(places: Places, subnets: Subnets, binaries: Path) -> None:
    """Write every component's configuration into the cluster's folder."""
    values = {
        "name": places.name,
        "folder": places.folder,
        "logs": places.logs,
        "certificates": places.certificates,
        "configuration": places.configuration,
        "runtime": places.runtime,
        "socket": places.socket,
        "cgroup": places.cgroup,
        "container_network": places.container_network,
        "pods": subnets.pods,
        "node_pods": subnets.node_pods,
        "dns_service": subnets.dns_service,
        "pause_image": PAUSE,
        "binaries": binaries,
    }
    for file in ("kubelet.yaml", "kube-proxy.yaml", "containerd.toml", "coredns.yaml"):
        write(file, places.configuration / file, values)
    write("network.conflist", places.configuration / "cni" / "10-telelens.conflist", values)
    # For pods with dnsPolicy Default, as on a node without a resolver.
    (places.configuration / "resolv.conf").write_text("nameserver 127.0.0.1\n")
