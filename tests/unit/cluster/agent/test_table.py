"""The text only; tests/cluster/test_redirect_table.py loads it and sends packets."""

from __future__ import annotations

import json

import pytest
from telelens_cluster.agent.errors import InjectionError
from telelens_cluster.agent.injection import Injection, ShadowPort, read_injection
from telelens_cluster.agent.switches import SWITCHES
from telelens_cluster.agent.table import render_table


def rules(injection: Injection) -> list[str]:
    return [line.strip() for line in render_table(injection).splitlines()]


def test_one_table_replaces_itself() -> None:
    assert rules(Injection())[:3] == ["table inet telelens", "delete table inet telelens", "table inet telelens {"]


def test_an_idle_pod_starts_with_empty_sets() -> None:
    assert "elements" not in render_table(Injection())


def test_ports_of_a_pod_that_starts_for_an_intercept_are_in_one_set_only() -> None:
    assert render_table(Injection(redirected=(8081, 8080, 8081))).count("elements") == 1
    assert "elements = { 8080 timeout 60s, 8081 timeout 60s }" in rules(Injection(redirected=(8081, 8080, 8081)))


def test_shadow_ports_come_before_the_redirect_and_after_lo() -> None:
    lines = rules(Injection(shadow_ports=(ShadowPort(9910, 8080), ShadowPort(9911, 8443))))
    order = [
        lines.index('iifname "lo" accept'),
        lines.index("tcp dport 9910 redirect to :8080"),
        lines.index("tcp dport 9911 redirect to :8443"),
        lines.index("tcp dport @active_tcp tcp flags & (fin | syn | rst | ack) == syn redirect to :9901"),
    ]
    assert order == sorted(order)


def test_every_switch_has_its_set_and_two_rules_and_no_port_twice() -> None:
    text = render_table(Injection())
    for switch in SWITCHES:
        assert f"set {switch.set_name} {{" in text
        assert f"udp sport {switch.add_port} update @{switch.set_name} {{ udp dport timeout 3s }} accept" in text
        assert f"udp sport {switch.delete_port} delete @{switch.set_name} {{ udp dport }} accept" in text
    ports = [port for switch in SWITCHES for port in (switch.add_port, switch.delete_port)]
    assert len(set(ports)) == len(ports)


@pytest.mark.parametrize("port", [0, 65536, "8080", True, '80; } table inet x { "', None])
def test_what_is_no_port_never_becomes_a_rule(port: object) -> None:
    for document in (
        {"version": 1, "redirected": [port]},
        {"version": 1, "shadowPorts": [{"shadow": port, "target": 80}]},
        {"version": 1, "shadowPorts": [{"shadow": 80, "target": port}]},
    ):
        with pytest.raises(InjectionError):
            read_injection({"TELELENS_INJECTION": json.dumps(document)})
