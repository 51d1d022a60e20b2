"""A pod's network and a neighbour's, without a cluster: two network namespaces joined by a veth pair.

Sockets are made inside a namespace and used from here: a socket stays where it was made.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

AGENT_GROUP = 7777
PATIENCE = 30.0
"""Seconds until a TCP socket gives up: a guard, no statement of speed."""
_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)


def _enter(descriptor: int) -> None:
    if _LIBC.setns(descriptor, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


@dataclass(frozen=True)
class Place:
    """One network namespace and its addresses."""

    name: str
    ip: str
    ip6: str

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """What is opened within is opened in this namespace; for this thread only."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        try:
            _enter(there)
            try:
                yield
            finally:
                _enter(home)
        finally:
            os.close(home)
            os.close(there)

    def run(self, *command: str, text: str | None = None) -> str:
        """A program in this namespace; its standard output."""
        done = subprocess.run(
            ["nsenter", f"--net=/run/netns/{self.name}", *command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def listen(self, host: str, port: int) -> socket.socket:
        """A TCP listener."""
        with self.inside():
            listener = socket.create_server((host, port), family=_family(host), backlog=128)
        listener.settimeout(PATIENCE)
        return listener

    def connect(self, host: str, port: int) -> socket.socket:
        """A TCP connection."""
        with self.inside():
            caller = socket.socket(_family(host))
        try:
            caller.settimeout(PATIENCE)
            caller.connect((host, port))
        except BaseException:
            caller.close()
            raise
        return caller

    def datagrams(self, host: str, port: int = 0) -> socket.socket:
        """A bound UDP socket."""
        with self.inside():
            sock = socket.socket(_family(host), socket.SOCK_DGRAM)
        sock.settimeout(0.5)
        sock.bind((host, port))
        return sock


@dataclass(frozen=True)
class PodNetwork:
    """The pod and somebody who calls it."""

    pod: Place
    neighbour: Place


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


@contextlib.contextmanager
def group(gid: int) -> Iterator[None]:
    """Sockets made within belong to ``gid``."""
    before = os.getegid()
    os.setegid(gid)
    try:
        yield
    finally:
        os.setegid(before)


@contextlib.contextmanager
def pod_network() -> Iterator[PodNetwork]:
    """Both namespaces, gone afterwards."""
    base = f"tlt{os.getpid()}"
    pod = Place(f"{base}-pod", "10.213.0.2", "fd00:213::2")
    neighbour = Place(f"{base}-out", "10.213.0.1", "fd00:213::1")
    try:
        for place in (pod, neighbour):
            _ip("netns", "add", place.name)
        _ip("-n", pod.name, "link", "add", "eth0", "type", "veth", "peer", "eth0", "netns", neighbour.name)
        for place in (pod, neighbour):
            _ip("-n", place.name, "link", "set", "lo", "up")
            _ip("-n", place.name, "address", "add", f"{place.ip}/24", "dev", "eth0")
            _ip("-n", place.name, "address", "add", f"{place.ip6}/64", "dev", "eth0", "nodad")
            _ip("-n", place.name, "link", "set", "eth0", "up")
        yield PodNetwork(pod, neighbour)
    finally:
        for place in (pod, neighbour):
            subprocess.run(["ip", "netns", "delete", place.name], capture_output=True, check=False)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
