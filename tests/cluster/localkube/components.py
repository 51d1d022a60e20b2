"""How each program of the cluster is started: its command line, and nothing else.

Every flag beyond the obvious says why it is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localkube.binaries import Binaries
from localkube.places import Places
from localkube.subnets import Subnets

ETCD = "http://127.0.0.1:2379"
"""In the node's own namespace nobody else reaches it."""


@dataclass(frozen=True, kw_only=True)
class Components:
    """Command lines for one cluster."""

    binaries: Binaries
    places: Places
    subnets: Subnets

    def _kubeconfig(self, component: str) -> Path:
        return self.places.configuration / f"{component}.kubeconfig"

    def containerd(self) -> Sequence[str | Path]:
        return ["containerd", "--config", self.places.configuration / "containerd.toml"]

    def etcd(self) -> Sequence[str | Path]:
        return [
            self.binaries["etcd"],
            f"--data-dir={self.places.folder / 'etcd'}",
            f"--listen-client-urls={ETCD}",
            f"--advertise-client-urls={ETCD}",
            "--listen-peer-urls=http://127.0.0.1:2380",
            # A cluster for tests need not survive a power cut; disks are slow.
            "--unsafe-no-fsync",
            "--log-level=warn",
        ]

    def apiserver(self) -> Sequence[str | Path]:
        certificates = self.places.certificates
        return [
            self.binaries["kube-apiserver"],
            f"--etcd-servers={ETCD}",
            f"--advertise-address={self.subnets.node}",
            f"--service-cluster-ip-range={self.subnets.services}",
            f"--client-ca-file={certificates / 'ca.crt'}",
            f"--tls-cert-file={certificates / 'apiserver.crt'}",
            f"--tls-private-key-file={certificates / 'apiserver.key'}",
            f"--kubelet-client-certificate={certificates / 'kubelet-client.crt'}",
            f"--kubelet-client-key={certificates / 'kubelet-client.key'}",
            f"--kubelet-certificate-authority={certificates / 'ca.crt'}",
            "--kubelet-preferred-address-types=InternalIP",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={certificates / 'service-account.pub'}",
            f"--service-account-signing-key-file={certificates / 'service-account.key'}",
            f"--requestheader-client-ca-file={certificates / 'front-proxy-ca.crt'}",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={certificates / 'front-proxy-client.crt'}",
            f"--proxy-client-key-file={certificates / 'front-proxy-client.key'}",
            "--profiling=false",
        ]

    def controller_manager(self) -> Sequence[str | Path]:
        certificates = self.places.certificates
        kubeconfig = self._kubeconfig("kube-controller-manager")
        return [
            self.binaries["kube-controller-manager"],
            f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            "--leader-elect=false",
            "--use-service-account-credentials",
            f"--root-ca-file={certificates / 'ca.crt'}",
            f"--service-account-private-key-file={certificates / 'service-account.key'}",
            f"--cluster-signing-cert-file={certificates / 'ca.crt'}",
            f"--cluster-signing-key-file={certificates / 'ca.key'}",
            "--allocate-node-cidrs",
            f"--cluster-cidr={self.subnets.pods}",
            f"--service-cluster-ip-range={self.subnets.services}",
            # The defaults slow down whoever makes and drops a namespace per test.
            "--kube-api-qps=100",
            "--kube-api-burst=200",
            # Tests take the API server away for more than the default of 50 s. The node, which could not renew its
            # lease, would then count as lost, and every Service lose its pods, whoever intercepts them or not.
            "--node-monitor-grace-period=5m",
            "--profiling=false",
        ]

    def scheduler(self) -> Sequence[str | Path]:
        kubeconfig = self._kubeconfig("kube-scheduler")
        return [
            self.binaries["kube-scheduler"],
            f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            "--leader-elect=false",
        ]

    def kubelet(self) -> Sequence[str | Path]:
        return [
            self.binaries["kubelet"],
            f"--config={self.places.configuration / 'kubelet.yaml'}",
            f"--kubeconfig={self._kubeconfig('kubelet')}",
            f"--root-dir={self.places.kubelet}",
            f"--hostname-override={self.places.name}",
            f"--node-ip={self.subnets.node}",
        ]

    def proxy(self) -> Sequence[str | Path]:
        return [self.binaries["kube-proxy"], f"--config={self.places.configuration / 'kube-proxy.yaml'}"]
