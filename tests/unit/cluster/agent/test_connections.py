from __future__ import annotations

from pathlib import Path

from telelens_cluster.agent.connections import Connection, OldConnections, parse_connections

HEADER = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def line(local: str, remote: str, state: str = "01") -> bytes:
    return f"   1: {local} {remote} {state} 00000000:00000000 00:00000000 00000000     0        0 1 1\n".encode()


POD = "020100C0:1F90"  # 192.0.1.2:8080
CALLER = "030100C0:C350"  # 192.0.1.3:50000


def test_what_counts_as_a_connection_from_outside() -> None:
    lines = [
        HEADER,
        line("00000000:1F90", "00000000:0000", "0A"),  # the listener
        line(POD, CALLER),
        line(POD, "040100C0:C351", "03"),  # half open
        line(POD, "050100C0:C352", "06"),  # TIME_WAIT
        line(POD, "020100C0:C353"),  # the agent, from the pod's own address
        line("020100C0:1F91", CALLER),  # another port
        b"garbage\n",
    ]
    assert list(parse_connections(lines, {8080})) == [
        Connection(8080, "192.0.1.3", 50000),
        Connection(8080, "192.0.1.4", 50001),
    ]


def test_ipv6() -> None:
    local = "0000000000000000FFFF0000020100C0:1F90"
    remote = "000000FD000000000000000003000000:C350"
    assert list(parse_connections([line(local, remote)], {8080})) == [Connection(8080, "fd00::3", 50000)]


def test_the_count_only_falls(tmp_path: Path) -> None:
    table = tmp_path / "tcp"
    table.write_bytes(line(POD, CALLER) + line(POD, "040100C0:C351"))
    old = OldConnections(tables=[str(table), str(tmp_path / "no-ipv6")])
    old.watch({8080})
    assert old.count({8080}) == 2
    assert not old.poll()

    table.write_bytes(line(POD, CALLER) + line(POD, "050100C0:C352"))  # one ended; a probe came by
    assert old.poll()
    assert old.count({8080}) == 1
    old.watch({8080, 9090})
    assert old.count({8080}) == 1, "a port that was watched already is not looked at anew"

    table.write_bytes(b"")
    assert old.poll()
    assert old.count({8080, 9090}) == 0
    table.write_bytes(line(POD, CALLER))
    assert not old.poll()
    old.watch(set())
    old.watch({8080})
    assert old.count({8080}) == 1, "a new redirect has its own old connections"
