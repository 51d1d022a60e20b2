"""The sets of the pod's table that the unprivileged agent fills, and the datagrams that fill them.

A datagram to TOGGLE_ADDRESS means: the *source* port names the set and what to do with it, the *destination* port is
the port that it is done to. Only processes of the agent's group are believed (``meta skgid``), and the datagram never
reaches a socket. Later sets take the next two ports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from telelens_schemas.names import TOGGLE_ADD_PORT, TOGGLE_DELETE_PORT

TIMEOUT_SECONDS: Final = 3
"""A set forgets a port that was not refreshed for so long: what an agent that died leaves behind."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One set of ports and the two source ports that change it."""

    set_name: str
    add_port: int
    delete_port: int


ACTIVE_TCP: Final = Switch("active_tcp", TOGGLE_ADD_PORT, TOGGLE_DELETE_PORT)
"""New TCP connections to these ports go to the agent."""
ACTIVE_UDP: Final = Switch("active_udp", 7779, 7780)
"""New UDP flows to these ports go to the agent."""
DRAIN_IDLE: Final = Switch("drain_idle", 7781, 7782)
"""Old connections to these ports are reset when they send data after a second of silence."""
DRAIN_ALL: Final = Switch("drain_all", 7783, 7784)
"""Old connections to these ports are reset with their next packet."""
ACTIVE_HTTP: Final = Switch("active_http", 7785, 7786)
"""New TCP connections to these ports go to HAProxy."""
LOWER_NAMES: Final = Switch("lower_names", 7787, 7788)
"""To those of these, HAProxy leaves the names of headers in answers as it keeps them: without capitals."""

SWITCHES: Final = (ACTIVE_TCP, ACTIVE_UDP, DRAIN_IDLE, DRAIN_ALL, ACTIVE_HTTP, LOWER_NAMES)
