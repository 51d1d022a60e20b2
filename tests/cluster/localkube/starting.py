"""Bringing a cluster up from nothing: the order in which its programs are started, and why."""

from collections.abc import Callable, Sequence
from pathlib import Path

from localkube import cgroups, configuration, credentials, images, network, processes
from localkube.binaries import Binaries
from localkube.commands import PLAIN, run
from localkube.components import Components
from localkube.errors import LocalKubeError
from localkube.places import Places
from localkube.processes import Process
from localkube.progress import say, wait_until
from localkube.readiness import Api, resolves
from localkube.subnets import Subnets

PATIENCE = 90.0
"""Seconds for each step; each takes a few on an idle machine, but a busy one must not fail."""


class Starting:
    """The start of one cluster."""

    def __init__(self, places: Places, subnets: Subnets, binaries: Binaries) -> None:
        self._places = places
        self._subnets = subnets
        self._binaries = binaries
        self._components = Components(binaries=binaries, places=places, subnets=subnets)
        self._api = Api(credentials.api_url(subnets), places.certificates)
        self._running: list[Process] = []

    def run(self) -> None:
        """Start everything and return when a pod runs, a Service answers and a name resolves.

        Raises LocalKubeError that names the log of what failed.
        """
        places, components = self._places, self._components
        for folder in (places.logs, places.processes, places.configuration, places.runtime):
            folder.mkdir(parents=True, exist_ok=True)
        say(f"starting {places.name}: network {self._subnets.whole}, logs in {places.logs}")
        credentials.create(places, self._subnets)
        configuration.create(places, self._subnets, self._binaries.folder)
        network.create(places, self._subnets)
        cgroups.create(places.cgroup)

        self._start("etcd", components.etcd())
        self._start("kube-apiserver", components.apiserver())
        self._start("containerd", components.containerd())
        pause = images.build_pause(places.runtime / "pause.tar")
        self._wait("containerd answers", lambda: _answers(places.socket))
        images.load(places.socket, [pause])

        # The controller manager gives up after 10 s without an API server.
        self._wait("the API server is ready", self._api.ready)
        self._start("kube-controller-manager", components.controller_manager())
        self._start("kube-scheduler", components.scheduler())
        # The kubelet exits when containerd's socket is not there.
        self._start("kubelet", components.kubelet())
        self._start("kube-proxy", components.proxy())
        self._kubectl("apply", "--filename", str(places.configuration / "coredns.yaml"))
        self._wait("the node is ready", lambda: self._api.node_ready(places.name))
        self._wait("a pod runs, its Service answers, a name resolves", self._name_resolves)
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        self._wait("pods can be made", lambda: self._api.exists(account))

    def _start(self, name: str, command: Sequence[str | Path]) -> None:
        places = self._places
        self._running.append(
            processes.start(
                name,
                command,
                namespace=places.node_namespace,
                log=places.logs / f"{name}.log",
                records=places.processes,
                environment=PLAIN,
            )
        )

    def _wait(self, what: str, holds: Callable[[], bool]) -> None:
        def holds_while_all_live() -> bool:
            for process in self._running:
                if not process.alive():
                    log = self._places.logs / f"{process.name}.log"
                    raise LocalKubeError(f"{process.name} ended; the end of {log}:\n{_end_of(log)}")
            return holds()

        wait_until(what, holds_while_all_live, seconds=PATIENCE, hint=f"Logs: {self._places.logs}")

    def _name_resolves(self) -> bool:
        return resolves(self._subnets.dns_service, self._subnets.api_service)

    def _kubectl(self, *arguments: str) -> None:
        run(self._binaries.kubectl, "--kubeconfig", self._places.kubeconfig, *arguments, environment=PLAIN)


def _answers(socket: Path) -> bool:
    if not socket.exists():
        return False
    return "Server:" in run("ctr", "--address", socket, "version", check=False)


def _end_of(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-12:])
