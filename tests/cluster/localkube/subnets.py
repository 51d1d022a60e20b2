"""The addresses of a cluster: one /16 of 10.0.0.0/8 that nobody else on this machine routes."""

import json
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from localkube.commands import run
from localkube.errors import LocalKubeError
from localkube.locks import locked
from localkube.places import Places, clusters_folder

FIRST, LAST = 200, 249


@dataclass(frozen=True, kw_only=True)
class Subnets:
    """The second octet chooses all addresses: 10.`octet`.0.0/16."""

    octet: int

    @property
    def whole(self) -> str:
        return f"10.{self.octet}.0.0/16"

    @property
    def pods(self) -> str:
        return f"10.{self.octet}.0.0/17"

    @property
    def node_pods(self) -> str:
        """The part of `pods` that the controller manager gives to the first, and only, node."""
        return f"10.{self.octet}.0.0/24"

    @property
    def services(self) -> str:
        return f"10.{self.octet}.128.0/20"

    @property
    def api_service(self) -> str:
        return f"10.{self.octet}.128.1"

    @property
    def dns_service(self) -> str:
        return f"10.{self.octet}.128.10"

    @property
    def host(self) -> str:
        """The host's end of the link between host and node."""
        return f"10.{self.octet}.255.1"

    @property
    def node(self) -> str:
        """The node's address; the API server is there for host, workstation and pods."""
        return f"10.{self.octet}.255.2"

    @property
    def node_for_workstation(self) -> str:
        return f"10.{self.octet}.255.5"

    @property
    def workstation(self) -> str:
        return f"10.{self.octet}.255.6"

    @property
    def host_link(self) -> str:
        """Name of the network interface in the host's namespace."""
        return f"telelens{self.octet}"


def _routed_by_host() -> list[IPv4Network]:
    destinations = [route["dst"] for route in json.loads(run("ip", "-4", "-json", "route", "show", "table", "all"))]
    return [IPv4Network(destination, strict=False) for destination in destinations if destination != "default"]


def _taken_by_clusters() -> set[int]:
    return {read.octet for path in clusters_folder().glob("*/subnets.json") if (read := recorded(path))}


def recorded(path: Path) -> Subnets | None:
    """The addresses a cluster chose, or None when it has no (legible) record."""
    try:
        return Subnets(octet=int(json.loads(path.read_text())["octet"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def choose(places: Places) -> Subnets:
    """Choose free addresses and record them in the cluster's folder.

    Raises LocalKubeError when nothing is left.
    """
    with locked(clusters_folder() / ".subnets.lock"):
        routed, taken = _routed_by_host(), _taken_by_clusters()
        for octet in range(FIRST, LAST + 1):
            subnets = Subnets(octet=octet)
            overlaps = any(network.overlaps(IPv4Network(subnets.whole)) for network in routed)
            if octet not in taken and not overlaps:
                places.subnets.write_text(json.dumps({"octet": octet}))
                return subnets
    raise LocalKubeError(
        f"no free subnet: 10.{FIRST}.0.0/16 to 10.{LAST}.0.0/16 are all routed on this machine or taken"
    )
