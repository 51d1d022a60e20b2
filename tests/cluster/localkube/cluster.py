"""What a running cluster is to those who use it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Where everything of a running cluster is; the same as `status --format json` prints."""

    name: str
    kubeconfig: Path
    """The administrator's; works on the host and in the workstation's namespace alike."""
    api_url: str
    node_namespace: str
    """Network namespace of the node; enter it by `nsenter --net=/run/netns/…`."""
    workstation_namespace: str
    """Network namespace of a developer's desk; enter it by `ip netns exec`."""
    node_address: str
    pod_cidr: str
    service_cidr: str
    dns_address: str
    containerd_socket: Path
    containerd_namespace: str
    log_folder: Path
    state_folder: Path
    kubectl: Path
    helm: Path

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, default=str)

    @classmethod
    def from_json(cls, text: str) -> "Cluster":
        """Read what `to_json` wrote.

        Raises ValueError or TypeError when it was something else, such as an older form.
        """
        fields = json.loads(text)
        for name, kind in cls.__annotations__.items():
            if kind is Path:
                fields[name] = Path(fields[name])
        return cls(**fields)
