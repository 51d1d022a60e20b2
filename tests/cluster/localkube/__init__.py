"""A real Kubernetes on one bare machine: etcd, control plane, node and DNS in a network namespace.

Here lives what starts, describes and ends such a cluster, and nothing that knows Telelens: any other
cluster can take its place. Needs root, Go and Debian's containerd; no registry, no Docker.
"""

from localkube.cluster import Cluster
from localkube.errors import LocalKubeError
from localkube.lifecycle import down, load, status, up
from localkube.users import user

__all__ = ["Cluster", "LocalKubeError", "down", "load", "status", "up", "user"]
