"""The pod's nftables table as text. Pure: the init container applies it, tests load it.

An idle agent is not on the path: the sets are empty and packets pass. See switches.py for how the agent fills them.
"""

from __future__ import annotations

from typing import Final

from telelens_schemas.names import AGENT_UID, HTTP_LOWER_PORT, HTTP_PORT, REDIRECT_PORT, TOGGLE_ADDRESS

from telelens_cluster.agent.injection import Injection
from telelens_cluster.agent.switches import (
    ACTIVE_HTTP,
    ACTIVE_TCP,
    ACTIVE_UDP,
    DRAIN_ALL,
    DRAIN_IDLE,
    LOWER_NAMES,
    SWITCHES,
    TIMEOUT_SECONDS,
    Switch,
)

TABLE: Final = "telelens"
START_SECONDS: Final = 60
"""How long a pod that starts for an intercept waits, redirected, for its agent."""
QUIET_SECONDS: Final = 1
"""Silence of the application after which a connection counts as idle."""


def render_table(injection: Injection) -> str:
    """The ruleset for ``nft -f -``: replaces a table of ours that is there, in one transaction."""
    sets = "\n".join(_port_set(switch, injection.redirected if switch is ACTIVE_TCP else ()) for switch in SWITCHES)
    shadows = "".join(
        f"        tcp dport {port.shadow} redirect to :{port.target}\n" for port in injection.shadow_ports
    )
    toggles = "\n".join(_toggle_rules(switch) for switch in SWITCHES)
    return f"""\
table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
{sets}
    # Connections on which the application said something within the last second.
    set recent {{
        typeof ct id
        size 65535
        flags dynamic,timeout
        timeout {QUIET_SECONDS}s
    }}

    # What comes from within the pod (lo) is never redirected: the agent itself reaches the application that way.
    # SYN only: a connection that was there before this table must not be taken for a new one.
    chain prerouting {{
        type nat hook prerouting priority dstnat; policy accept;
        iifname "lo" accept
{shadows}\
        tcp dport @{ACTIVE_HTTP.set_name} tcp flags & (fin | syn | rst | ack) == syn goto http
        tcp dport @{ACTIVE_TCP.set_name} tcp flags & (fin | syn | rst | ack) == syn redirect to :{REDIRECT_PORT}
        udp dport @{ACTIVE_UDP.set_name} redirect to :{REDIRECT_PORT}
    }}

    # HAProxy learns where a connection was going over IPv4 only; the others are brought to it by the agent.
    chain http {{
        meta nfproto ipv4 tcp dport @{LOWER_NAMES.set_name} redirect to :{HTTP_LOWER_PORT}
        meta nfproto ipv4 tcp dport 1-65535 redirect to :{HTTP_PORT}
        tcp dport 1-65535 redirect to :{REDIRECT_PORT}
    }}

    chain output {{
        type filter hook output priority filter; policy accept;
        meta skgid {AGENT_UID} ip daddr {TOGGLE_ADDRESS} meta l4proto udp goto toggle
        tcp sport @{DRAIN_IDLE.set_name} update @recent {{ ct id timeout {QUIET_SECONDS}s }}
    }}

    # accept, never drop: a datagram that is dropped on its way out gives its sender EPERM.
    chain toggle {{
{toggles}
    }}

    # Whatever was redirected, or comes from within the pod, is not an old connection. FIN and RST pass, so that an
    # application learns that its caller has gone.
    chain input {{
        type filter hook input priority filter; policy accept;
        ip daddr {TOGGLE_ADDRESS} drop
        iifname "lo" accept
        ct status dnat accept
        tcp flags & (fin | rst) != 0 accept
        tcp dport @{DRAIN_ALL.set_name} reject with tcp reset
        tcp dport @{DRAIN_IDLE.set_name} tcp flags & psh == psh ct id != @recent reject with tcp reset
    }}
}}
"""


def _port_set(switch: Switch, start: tuple[int, ...]) -> str:
    elements = ", ".join(f"{port} timeout {START_SECONDS}s" for port in sorted(set(start)))
    return f"""\
    set {switch.set_name} {{
        type inet_service
        size 65535
        flags dynamic,timeout
        timeout {TIMEOUT_SECONDS}s
{f"        elements = {{ {elements} }}" if elements else ""}
    }}
""".replace("\n\n    }", "\n    }")


def _toggle_rules(switch: Switch) -> str:
    return (
        f"        udp sport {switch.add_port} "
        f"update @{switch.set_name} {{ udp dport timeout {TIMEOUT_SECONDS}s }} accept\n"
        f"        udp sport {switch.delete_port} delete @{switch.set_name} {{ udp dport }} accept"
    )
