from __future__ import annotations

import socket

from telelens_cluster.agent.sockets import (
    Address,
    original_destination,
    parse_sockaddr_in,
    parse_sockaddr_in6,
)


def test_the_kernels_ipv4_address() -> None:
    # AF_INET (2, little-endian), port 8080 (network order), 10.1.2.3, eight bytes of padding
    assert parse_sockaddr_in(bytes.fromhex("02001f900a0102030000000000000000")) == Address("10.1.2.3", 8080)


def test_the_kernels_ipv6_address() -> None:
    address = socket.inet_pton(socket.AF_INET6, "fd00::7")
    data = bytes.fromhex("0a000050ffffffff") + address + bytes(4)
    assert parse_sockaddr_in6(data) == Address("fd00::7", 80)


def test_a_link_local_address_keeps_its_interface() -> None:
    address = socket.inet_pton(socket.AF_INET6, "fe80::7")
    data = bytes.fromhex("0a00005000000000") + address + (3).to_bytes(4, "little")
    assert parse_sockaddr_in6(data) == Address("fe80::7%3", 80)


def test_a_connection_that_was_not_redirected_has_no_original_destination() -> None:
    left, right = socket.socketpair()
    with left, right:
        assert original_destination(left) is None
