"""What one does with a cluster: up, down, load, status. Each may be asked twice."""

from collections.abc import Sequence
from pathlib import Path

from localkube import binaries, credentials, images, packages, processes, removal, subnets
from localkube.cluster import Cluster
from localkube.errors import LocalKubeError
from localkube.locks import locked
from localkube.places import Places
from localkube.progress import say
from localkube.readiness import Api, resolves
from localkube.starting import Starting

DEFAULT = "telelens"


def up(name: str = DEFAULT) -> Cluster:
    """Return the running cluster of that name; starts it, or starts it anew when it is broken.

    Raises LocalKubeError with what to do; then nothing of the cluster is left but its logs.
    """
    places = Places(name=name)
    packages.ensure()
    built = binaries.build()
    with locked(places.lock):
        if (running := _healthy(places)) is not None:
            return running
        if places.folder.exists():
            say(f"{name} is not whole; removing what is left of it")
        removal.remove(places)
        places.folder.mkdir(parents=True, mode=0o711)
        try:
            chosen = subnets.choose(places)
            Starting(places, chosen, built).run()
        except BaseException:
            removal.remove(places, keep_logs=True)
            raise
        cluster = _describe(places, chosen, built)
        places.record.write_text(cluster.to_json())
        return cluster


def down(name: str = DEFAULT) -> None:
    """End the cluster and leave nothing behind; without one it does nothing."""
    places = Places(name=name)
    with locked(places.lock):
        removal.remove(places)
        places.lock.unlink()


def status(name: str = DEFAULT) -> Cluster:
    """Describe a running cluster.

    Raises LocalKubeError when there is none, or when it is not healthy.
    """
    cluster = _healthy(Places(name=name))
    if cluster is None:
        raise LocalKubeError(f"no healthy cluster named {name}: start it by `up`")
    return cluster


def load(files: Sequence[Path], name: str = DEFAULT) -> list[str]:
    """Import image tars (OCI or docker) where the cluster's pods find them; returns their names."""
    return images.load(status(name).containerd_socket, files)


def _healthy(places: Places) -> Cluster | None:
    """The cluster, if it was ready once, all its processes live, and API and DNS answer now."""
    known = subnets.recorded(places.subnets)
    try:
        cluster = Cluster.from_json(places.record.read_text())
    except (OSError, ValueError, TypeError):
        return None
    running = processes.recorded(places.processes)
    if known is None or not running or not all(process.alive() for process in running):
        return None
    api = Api(cluster.api_url, places.certificates)
    works = api.ready() and api.node_ready(places.name)
    names = any(resolves(known.dns_service, known.api_service) for _ in range(3))
    return cluster if works and names else None


def _describe(places: Places, chosen: subnets.Subnets, built: binaries.Binaries) -> Cluster:
    return Cluster(
        name=places.name,
        kubeconfig=places.kubeconfig,
        api_url=credentials.api_url(chosen),
        node_namespace=places.node_namespace,
        workstation_namespace=places.workstation_namespace,
        node_address=chosen.node,
        pod_cidr=chosen.pods,
        service_cidr=chosen.services,
        dns_address=chosen.dns_service,
        containerd_socket=places.socket,
        containerd_namespace=images.NAMESPACE,
        log_folder=places.logs,
        state_folder=places.folder,
        kubectl=built.kubectl,
        helm=built.helm,
    )
