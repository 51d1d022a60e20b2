"""All certificates, keys and kubeconfigs that the components of a new cluster start with."""

from localkube.certificates import Authority, signing_key, write_key
from localkube.places import Places
from localkube.subnets import Subnets
from localkube.users import write_kubeconfig

API_PORT = 6443
API_NAMES = (
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "localhost",
    "127.0.0.1",
)


def api_url(subnets: Subnets) -> str:
    return f"https://{subnets.node}:{API_PORT}"


def create(places: Places, subnets: Subnets) -> None:
    """Write everything into the cluster's folders."""
    folder = places.certificates
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = Authority.create(f"telelens-{places.name}")
    authority.pair.write(folder, "ca")
    front_proxy = Authority.create("front-proxy-ca")
    front_proxy.pair.write(folder, "front-proxy-ca")
    front_proxy.client("front-proxy-client").write(folder, "front-proxy-client")

    addresses = (subnets.node, subnets.host, subnets.node_for_workstation, subnets.api_service)
    authority.server("kube-apiserver", [*API_NAMES, *addresses]).write(folder, "apiserver")
    authority.server("kubelet", [places.name, subnets.node]).write(folder, "kubelet-server")
    authority.client("kube-apiserver-kubelet-client", ["system:masters"]).write(folder, "kubelet-client")

    private, public = signing_key()
    write_key(folder / "service-account.key", private)
    (folder / "service-account.pub").write_bytes(public)

    people = {
        places.kubeconfig: ("admin", ["system:masters"]),
        places.configuration / "kubelet.kubeconfig": (f"system:node:{places.name}", ["system:nodes"]),
    }
    for component in ("kube-controller-manager", "kube-scheduler", "kube-proxy"):
        people[places.configuration / f"{component}.kubeconfig"] = (f"system:{component}", [])
    for file, (user, groups) in people.items():
        write_kubeconfig(
            file,
            cluster=places.name,
            server=api_url(subnets),
            user=user,
            authority=authority,
            pair=authority.client(user, groups),
        )
