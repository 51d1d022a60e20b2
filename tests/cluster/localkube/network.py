"""The namespaces of node and workstation, and the links between them and the host."""

import json
import shutil
from pathlib import Path

from localkube.commands import run
from localkube.places import Places
from localkube.subnets import Subnets

NETNS = Path("/run/netns")
RESOLVERS = Path("/etc/netns")

GUARD = """
table inet workstation {{
    chain prerouting {{
        type filter hook prerouting priority raw; policy accept;
        iifname != "desk" accept
        ip daddr != {node} counter drop
        tcp dport {{ 10249-10259, 30000-32767 }} counter drop
        udp dport 30000-32767 counter drop
    }}
}}
"""
"""From its desk a developer reaches the API server's address: no pod, no Service, no node port."""


def _in(namespace: str, *command: str, stdin: str | None = None) -> None:
    run("nsenter", f"--net={NETNS / namespace}", "--", *command, stdin=stdin)


def _link(name: str, left: str, right: str, *, right_name: str, left_name: str) -> None:
    """A veth pair between two namespaces; an empty `left` is the host."""
    run("ip", "link", "add", name, "type", "veth", "peer", "name", right_name, "netns", right)
    if left:
        run("ip", "link", "set", name, "netns", left, "name", left_name)


def create(places: Places, subnets: Subnets) -> None:
    """Make both namespaces, their links, routes and the workstation's guard."""
    if shutil.which("modprobe"):
        # Some kernels have these built in, some load them on use, some want to be asked.
        run("modprobe", "--all", "br_netfilter", "nf_tables", "overlay", "veth", check=False)
    node, desk = places.node_namespace, places.workstation_namespace
    for namespace in (node, desk):
        run("ip", "netns", "add", namespace)
        run("ip", "-n", namespace, "link", "set", "lo", "up")
    _create_node(node, subnets)
    _create_desk(node, desk, subnets)
    folder = RESOLVERS / desk
    folder.mkdir(parents=True, exist_ok=True)
    # Nobody listens there: a name is refused at once, as long as nothing of ours takes DNS over.
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")


def _create_node(node: str, subnets: Subnets) -> None:
    _link(subnets.host_link, "", node, right_name="host", left_name="")
    run("ip", "address", "add", f"{subnets.host}/30", "dev", subnets.host_link)
    run("ip", "link", "set", subnets.host_link, "up")
    run("ip", "-n", node, "address", "add", f"{subnets.node}/30", "dev", "host")
    run("ip", "-n", node, "link", "set", "host", "up")
    run("ip", "-n", node, "route", "add", "default", "via", subnets.host)
    for subnet in (subnets.pods, subnets.services):
        run("ip", "route", "add", subnet, "via", subnets.node)
    # The second one takes answers of a pod on the same bridge back through the Service's translation.
    _in(node, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.bridge.bridge-nf-call-iptables=1")


def _create_desk(node: str, desk: str, subnets: Subnets) -> None:
    run("ip", "-n", node, "link", "add", "desk", "type", "veth", "peer", "name", "node", "netns", desk)
    run("ip", "-n", node, "address", "add", f"{subnets.node_for_workstation}/30", "dev", "desk")
    run("ip", "-n", node, "link", "set", "desk", "up")
    run("ip", "-n", desk, "address", "add", f"{subnets.workstation}/30", "dev", "node")
    run("ip", "-n", desk, "link", "set", "node", "up")
    run("ip", "-n", desk, "route", "add", "default", "via", subnets.node_for_workstation)
    _in(node, "nft", "-f", "-", stdin=GUARD.format(node=subnets.node))


def pids(places: Places) -> list[int]:
    """Every process inside the cluster's namespaces."""
    found: list[int] = []
    for namespace in (places.node_namespace, places.workstation_namespace):
        if (NETNS / namespace).exists():
            found += map(int, run("ip", "netns", "pids", namespace, check=False).split())
    return found


def remove(places: Places, subnets: Subnets | None) -> None:
    """Remove what `create` made, or what is left of it; links and routes go with the namespaces."""
    for namespace in (places.node_namespace, places.workstation_namespace):
        if (NETNS / namespace).exists():
            run("ip", "netns", "delete", namespace, check=False)
            # After a reboot or a lost mount an empty file is all that is left.
            (NETNS / namespace).unlink(missing_ok=True)
    if subnets and _exists(subnets.host_link):
        run("ip", "link", "delete", subnets.host_link, check=False)
    folder = RESOLVERS / places.workstation_namespace
    (folder / "resolv.conf").unlink(missing_ok=True)
    if folder.exists():
        folder.rmdir()
    if RESOLVERS.exists() and not any(RESOLVERS.iterdir()):
        RESOLVERS.rmdir()


def _exists(link: str) -> bool:
    return any(entry["ifname"] == link for entry in json.loads(run("ip", "-json", "link", "show")))
