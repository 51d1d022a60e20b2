"""The pod's nftables table, loaded for real: network namespaces, real sockets, real packets."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest
from fixtures.pod import NEEDS_ROOT
from podnet import AGENT_GROUP, PodNetwork, group
from telelens_cluster.agent.injection import Injection, ShadowPort
from telelens_cluster.agent.sockets import Address, original_destination
from telelens_cluster.agent.switches import ACTIVE_TCP, ACTIVE_UDP, DRAIN_ALL, DRAIN_IDLE, Switch
from telelens_cluster.agent.table import render_table
from telelens_cluster.agent.toggle import send_datagrams
from telelens_schemas.names import REDIRECT_PORT

pytestmark = [
    pytest.mark.cluster,
    NEEDS_ROOT,
]
APPLICATION = 8080
SHADOW = 9910
INJECTION = Injection(shadow_ports=(ShadowPort(SHADOW, APPLICATION),))


@pytest.fixture
def application(network: PodNetwork) -> Iterator[socket.socket]:
    with network.pod.listen("0.0.0.0", APPLICATION) as listener:
        yield listener


@pytest.fixture
def agent(network: PodNetwork) -> Iterator[socket.socket]:
    with network.pod.listen("0.0.0.0", REDIRECT_PORT) as listener:
        yield listener


def load(network: PodNetwork, injection: Injection = INJECTION) -> None:
    network.pod.run("nft", "-f", "-", text=render_table(injection))


def switch_on(network: PodNetwork, switch: Switch, port: int = APPLICATION) -> None:
    with network.pod.inside(), group(AGENT_GROUP):
        send_datagrams(switch.add_port, [port])


def switch_off(network: PodNetwork, switch: Switch, port: int = APPLICATION) -> None:
    with network.pod.inside(), group(AGENT_GROUP):
        send_datagrams(switch.delete_port, [port])


def answered_by(listener: socket.socket, caller: socket.socket) -> bool:
    """Whether ``caller`` was accepted by ``listener``; both ends are closed."""
    listener.settimeout(0.3)
    with caller:
        try:
            accepted, source = listener.accept()
        except TimeoutError:
            return False
        with accepted:
            return bool(source[:2] == caller.getsockname()[:2])


def says(sender: socket.socket, receiver: socket.socket) -> bool:
    """Whether a byte gets through."""
    receiver.settimeout(3)
    sender.sendall(b"x")
    return receiver.recv(1) == b"x"


def is_reset(caller: socket.socket) -> bool:
    try:
        return caller.recv(1) != b""
    except ConnectionResetError:
        return True


def test_idle_traffic_goes_to_the_application(
    network: PodNetwork, application: socket.socket, agent: socket.socket
) -> None:
    load(network)
    assert answered_by(application, network.neighbour.connect(network.pod.ip, APPLICATION))


def test_on_and_off(network: PodNetwork, application: socket.socket, agent: socket.socket) -> None:
    load(network)
    switch_on(network, ACTIVE_TCP)
    caller = network.neighbour.connect(network.pod.ip, APPLICATION)
    accepted, _ = agent.accept()
    with caller, accepted:
        assert original_destination(accepted) == Address(network.pod.ip, APPLICATION)
        switch_off(network, ACTIVE_TCP)
        assert answered_by(application, network.neighbour.connect(network.pod.ip, APPLICATION))
        # What was redirected stays where it is.
        assert says(caller, accepted)
        assert says(accepted, caller)


def test_an_agent_that_is_silent_is_taken_off_the_path(
    network: PodNetwork, application: socket.socket, agent: socket.socket
) -> None:
    load(network)
    switch_on(network, ACTIVE_TCP)
    time.sleep(1.5)
    switch_on(network, ACTIVE_TCP)
    time.sleep(1.6)  # past the first one's three seconds, and far from the end of the second one's
    assert answered_by(agent, network.neighbour.connect(network.pod.ip, APPLICATION)), "the second one counts"
    time.sleep(1.5)
    assert answered_by(application, network.neighbour.connect(network.pod.ip, APPLICATION))


def test_a_pod_that_starts_for_an_intercept_starts_redirected(
    network: PodNetwork, application: socket.socket, agent: socket.socket
) -> None:
    load(network, Injection(redirected=(APPLICATION,)))
    time.sleep(4)
    assert answered_by(agent, network.neighbour.connect(network.pod.ip, APPLICATION))
    # The agent's first refresh brings it down to the ordinary timeout.
    switch_on(network, ACTIVE_TCP)
    time.sleep(3.5)
    assert answered_by(application, network.neighbour.connect(network.pod.ip, APPLICATION))


def test_ipv6(network: PodNetwork) -> None:
    load(network)
    with (
        network.pod.listen("::", APPLICATION) as application,
        network.pod.listen("::", REDIRECT_PORT) as agent,
    ):
        assert answered_by(application, network.neighbour.connect(network.pod.ip6, APPLICATION))
        switch_on(network, ACTIVE_TCP)
        with network.neighbour.connect(network.pod.ip6, APPLICATION):
            accepted, _ = agent.accept()
            with accepted:
                assert original_destination(accepted) == Address(network.pod.ip6, APPLICATION)
        with network.neighbour.connect(network.pod.ip6, SHADOW) as probe:
            assert answered_by(application, probe)


def test_from_within_the_pod_nothing_is_redirected(
    network: PodNetwork, application: socket.socket, agent: socket.socket
) -> None:
    load(network)
    switch_on(network, ACTIVE_TCP)
    for host in (network.pod.ip, "127.0.0.1"):
        assert answered_by(application, network.pod.connect(host, APPLICATION))


def test_probes_reach_the_application_during_an_intercept(
    network: PodNetwork, application: socket.socket, agent: socket.socket
) -> None:
    load(network)
    switch_on(network, ACTIVE_TCP)
    assert answered_by(application, network.neighbour.connect(network.pod.ip, SHADOW))


def test_connections_older_than_the_table_are_not_taken_for_new_ones(
    network: PodNetwork, application: socket.socket, agent: socket.socket
) -> None:
    caller = network.neighbour.connect(network.pod.ip, APPLICATION)
    accepted, _ = application.accept()
    with caller, accepted:
        load(network)
        switch_on(network, ACTIVE_TCP)
        assert says(caller, accepted)
        assert says(accepted, caller)


def test_only_the_agents_group_is_believed(
    network: PodNetwork, application: socket.socket, agent: socket.socket
) -> None:
    load(network)
    with network.pod.inside(), group(1000):
        send_datagrams(ACTIVE_TCP.add_port, [APPLICATION])
    assert answered_by(application, network.neighbour.connect(network.pod.ip, APPLICATION))


def test_an_application_never_sees_the_datagrams(network: PodNetwork) -> None:
    load(network)
    with network.pod.datagrams("0.0.0.0", APPLICATION) as application:
        switch_on(network, ACTIVE_TCP)
        with pytest.raises(TimeoutError):
            application.recvfrom(1)


def test_loading_again_replaces_the_table(network: PodNetwork) -> None:
    load(network, Injection(redirected=(APPLICATION,)))
    load(network)
    assert "elements" not in network.pod.run("nft", "list", "table", "inet", "telelens")


def test_udp_has_a_set_of_its_own(network: PodNetwork) -> None:
    load(network)
    with (
        network.pod.datagrams("0.0.0.0", 5353) as application,
        network.pod.datagrams("0.0.0.0", REDIRECT_PORT) as agent,
    ):
        with network.neighbour.datagrams(network.neighbour.ip) as caller:
            switch_on(network, ACTIVE_TCP, 5353)
            caller.sendto(b"1", (network.pod.ip, 5353))
            assert application.recv(1) == b"1"
        with network.neighbour.datagrams(network.neighbour.ip) as caller:
            switch_on(network, ACTIVE_UDP, 5353)
            caller.sendto(b"2", (network.pod.ip, 5353))
            assert agent.recv(1) == b"2"


@contextlib.contextmanager
def old_connection(network: PodNetwork, application: socket.socket) -> Iterator[tuple[socket.socket, socket.socket]]:
    caller = network.neighbour.connect(network.pod.ip, APPLICATION)
    accepted, _ = application.accept()
    accepted.settimeout(5)
    with caller, accepted:
        yield caller, accepted


def test_without_draining_old_connections_go_on(
    network: PodNetwork, application: socket.socket, agent: socket.socket
) -> None:
    load(network)
    with old_connection(network, application) as (caller, accepted):
        switch_on(network, ACTIVE_TCP)
        time.sleep(1.2)
        assert says(caller, accepted)


def test_draining_idle_resets_what_speaks_after_a_silence(
    network: PodNetwork, application: socket.socket, agent: socket.socket
) -> None:
    load(network)
    with (
        old_connection(network, application) as (idle, _),
        old_connection(network, application) as (busy, accepted),
    ):
        switch_on(network, ACTIVE_TCP)
        switch_on(network, DRAIN_IDLE)
        for _turn in range(4):
            assert says(accepted, busy)
            assert says(busy, accepted), "a connection on which the application speaks is left alone"
            time.sleep(0.4)
            switch_on(network, ACTIVE_TCP)
            switch_on(network, DRAIN_IDLE)
        idle.sendall(b"x")
        assert is_reset(idle)
        assert answered_by(agent, network.neighbour.connect(network.pod.ip, APPLICATION)), "and comes back to us"


def test_draining_all_resets_at_once(network: PodNetwork, application: socket.socket, agent: socket.socket) -> None:
    load(network)
    with old_connection(network, application) as (caller, accepted):
        assert says(accepted, caller)
        switch_on(network, ACTIVE_TCP)
        switch_on(network, DRAIN_ALL)
        caller.sendall(b"x")
        assert is_reset(caller)


@pytest.mark.parametrize("drain", [DRAIN_IDLE, DRAIN_ALL], ids=lambda switch: switch.set_name)
def test_draining_leaves_alone_what_is_not_old(
    network: PodNetwork, application: socket.socket, agent: socket.socket, drain: Switch
) -> None:
    load(network)
    switch_on(network, ACTIVE_TCP)
    switch_on(network, drain)
    redirected = network.neighbour.connect(network.pod.ip, APPLICATION)
    at_agent, _ = agent.accept()
    own = network.pod.connect(network.pod.ip, APPLICATION)
    at_application, _ = application.accept()
    probe = network.neighbour.connect(network.pod.ip, SHADOW)
    at_shadow, _ = application.accept()
    with redirected, at_agent, own, at_application, probe, at_shadow:
        time.sleep(1.2)
        assert says(redirected, at_agent)
        assert says(own, at_application)
        assert says(probe, at_shadow)


def test_draining_lets_the_callers_goodbye_through(
    network: PodNetwork, application: socket.socket, agent: socket.socket
) -> None:
    load(network)
    with old_connection(network, application) as (caller, accepted):
        switch_on(network, DRAIN_ALL)
        caller.close()
        assert accepted.recv(1) == b""
