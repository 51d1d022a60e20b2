"""The local cluster itself: clusters side by side, gone without a trace, back after any death."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import localkube
import pytest
from fixtures.cluster import own_name
from fixtures.machine import Machine
from localkube import cgroups, network, processes
from localkube.cluster import Cluster
from localkube.places import Places
from localkube.removal import shims
from localkube.traces import Traces

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]

SECOND = f"{own_name()}-second"


@pytest.fixture(scope="module", autouse=True)
def alone(machine: Machine) -> Iterator[None]:
    """No other cluster of the run comes or goes while traces are looked for."""
    yield
    machine.free()


@pytest.fixture(scope="module")
def first() -> Cluster:
    """The project's own cluster, which other tests use too: it must not notice anything."""
    return localkube.up(own_name())


@pytest.fixture
def second(first: Cluster) -> Iterator[Cluster]:
    try:
        yield localkube.up(SECOND)
    finally:
        localkube.down(SECOND)


def kubectl(cluster: Cluster, *arguments: str) -> str:
    command = [str(cluster.kubectl), "--kubeconfig", str(cluster.kubeconfig), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def eventually(holds: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return held


def uid(cluster: Cluster) -> str:
    """What tells a cluster from another, or from itself started anew."""
    return kubectl(cluster, "get", "namespace", "kube-system", "--output=jsonpath={.metadata.uid}")


def fates(cluster: Cluster) -> list[tuple[str, int]]:
    records = processes.recorded(Places(name=cluster.name).processes)
    return [(process.name, process.pid) for process in records if process.alive()]


def left_behind(before: Traces) -> dict[str, list[str]]:
    """The kernel takes a namespace apart a moment after its last process has ended."""
    found: list[dict[str, list[str]]] = []

    def nothing() -> bool:
        found.append(Traces.now().beyond(before))
        return not found[-1]

    eventually(nothing, seconds=60)
    return found[-1]


def test_running_cluster_is_found_at_once(first: Cluster) -> None:
    before = uid(first), fates(first)
    started = time.monotonic()
    assert localkube.up(first.name) == first
    assert time.monotonic() - started < 20
    assert (uid(first), fates(first)) == before


def test_two_stand_side_by_side_and_one_goes_without_a_trace(first: Cluster) -> None:
    before, identity = Traces.now(), uid(first)
    started = time.monotonic()
    try:
        second = localkube.up(SECOND)
        assert time.monotonic() - started < 90
        assert uid(second) != identity
        assert second.pod_cidr != first.pod_cidr
        assert second.service_cidr != first.service_cidr
        assert "coredns" in kubectl(second, "get", "pods", "--all-namespaces")
        assert Traces.now().beyond(before)
    finally:
        localkube.down(SECOND)
    assert left_behind(before) == {}
    assert not Path(second.state_folder).exists()
    assert uid(first) == identity
    assert fates(first)


def test_down_twice_is_once() -> None:
    localkube.down(SECOND)
    localkube.down(SECOND)


def kill_everything(cluster: Cluster) -> None:
    """As a crash of the machine would: every process of the cluster's, its pods' too."""
    places = Places(name=cluster.name)
    holders = shims(cluster.containerd_socket)
    victims = holders | cgroups.pids(places.cgroup) | set(network.pids(places))
    assert len(victims) > len(holders) > 0
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not processes.find(victims), seconds=60)


def test_comes_back_when_everything_was_killed(first: Cluster) -> None:
    before = Traces.now()
    try:
        second = localkube.up(SECOND)
        old = uid(second)
        kill_everything(second)

        again = localkube.up(SECOND)

        assert uid(again) != old
        assert "Running" in kubectl(again, "get", "pods", "--all-namespaces")
        kill_everything(again)
    finally:
        localkube.down(SECOND)
    assert left_behind(before) == {}


def test_comes_back_when_one_program_was_killed(second: Cluster) -> None:
    fate = dict(fates(second))
    os.kill(fate["kubelet"], signal.SIGKILL)
    assert eventually(lambda: "kubelet" not in dict(fates(second)), seconds=60)
    again = localkube.up(SECOND)
    assert set(dict(fates(again))) == set(fate)


def test_a_pid_that_is_somebody_elses_now_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as bystander:
        (ours,) = processes.find([bystander.pid])
        stale = processes.Process(name="etcd", pid=ours.pid, start_ticks=ours.start_ticks - 1, boot=ours.boot)
        processes.end([stale], patience=0.1)
        assert bystander.poll() is None
        bystander.kill()


def test_a_desk_reaches_the_api_server_and_nothing_else(first: Cluster) -> None:
    desk = ["ip", "netns", "exec", first.workstation_namespace, "curl", "--silent", "--insecure"]
    curl = [*desk, "--max-time", "2", "--output", os.devnull, "--write-out", "%{http_code}"]

    def asked(url: str) -> str:
        return subprocess.run([*curl, url], check=False, capture_output=True, text=True).stdout

    api_service = first.dns_address.removesuffix("10") + "1"
    pod = kubectl(first, "--namespace=kube-system", "get", "pods", "--output=jsonpath={.items[0].status.podIP}")
    assert asked(f"{first.api_url}/livez") == "200"
    assert asked(f"https://{api_service}/livez") == "000"
    assert asked(f"http://{pod}:8080/health") == "000"
    assert asked(f"https://{first.node_address}:10250/healthz") == "000"


def test_an_ordinary_user_has_no_rights_of_their_own(first: Cluster, tmp_path: Path) -> None:
    alice = localkube.user(first, "alice", groups=["developers"], out=tmp_path / "alice")
    command = [str(first.kubectl), "--kubeconfig", str(alice)]
    who = subprocess.run([*command, "auth", "whoami"], check=True, capture_output=True, text=True).stdout
    assert "alice" in who
    assert "developers" in who
    may = subprocess.run([*command, "auth", "can-i", "get", "pods"], check=False, capture_output=True, text=True)
    assert may.stdout.strip() == "no"
    assert alice.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_image_is_refused(first: Cluster, tmp_path: Path) -> None:
    (tmp_path / "image.tar").write_text("not a tar")
    with pytest.raises(localkube.LocalKubeError, match=r"image\.tar: not an image in a tar"):
        localkube.load([tmp_path / "image.tar"])


def test_a_relay_makes_the_api_server_seem_far_away(first: Cluster, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "far"
    delay = ["delay", f"--name={own_name()}", "--listen=16443", "--milliseconds=40"]
    command = [sys.executable, "-m", "localkube", *delay]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    with subprocess.Popen([*command, f"--out={kubeconfig}"], env=environment, stdout=subprocess.PIPE) as relay:
        try:
            assert relay.stdout is not None
            assert b"40 ms away" in relay.stdout.readline()
            far = replace(first, kubeconfig=kubeconfig)
            assert kubectl(far, "get", "--raw=/livez") == "ok"
            assert quickest_handshake(16443, first) > 0.04
        finally:
            relay.terminate()


def quickest_handshake(port: int, cluster: Cluster) -> float:
    """Seconds until a server at the API server's address has answered in TLS, which is one round trip. However busy the
    machine is, it is never less."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    taken = []
    for _ in range(5):
        with socket.create_connection((cluster.node_address, port), timeout=30) as plain:
            started = time.monotonic()
            with context.wrap_socket(plain):
                taken.append(time.monotonic() - started)
    return min(taken)
