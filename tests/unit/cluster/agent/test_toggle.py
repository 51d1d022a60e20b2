from __future__ import annotations

from collections.abc import Iterable

from telelens_cluster.agent.switches import ACTIVE_TCP, DRAIN_IDLE
from telelens_cluster.agent.toggle import Toggle


class Kernel:
    """Does what the table's toggle chain does."""

    def __init__(self) -> None:
        self.sets: dict[str, set[int]] = {switch.set_name: set() for switch in (ACTIVE_TCP, DRAIN_IDLE)}
        self.broken = False

    def __call__(self, source_port: int, ports: Iterable[int]) -> None:
        if self.broken:
            raise OSError("address in use")
        for switch in (ACTIVE_TCP, DRAIN_IDLE):
            if source_port == switch.add_port:
                self.sets[switch.set_name] |= set(ports)
            elif source_port == switch.delete_port:
                self.sets[switch.set_name] -= set(ports)


def test_the_sets_follow() -> None:
    kernel = Kernel()
    toggle = Toggle(kernel)
    toggle.set({ACTIVE_TCP: frozenset({80, 81}), DRAIN_IDLE: frozenset({80})})
    assert kernel.sets == {"active_tcp": {80, 81}, "drain_idle": {80}}
    toggle.set({ACTIVE_TCP: frozenset({81, 82})})
    assert kernel.sets == {"active_tcp": {81, 82}, "drain_idle": set()}
    toggle.off()
    assert kernel.sets == {"active_tcp": set(), "drain_idle": set()}


def test_what_cannot_be_sent_is_told_until_it_can() -> None:
    kernel = Kernel()
    kernel.broken = True
    toggle = Toggle(kernel)
    toggle.set({ACTIVE_TCP: frozenset({80})})
    assert "7777" in toggle.error
    kernel.broken = False
    toggle.set({ACTIVE_TCP: frozenset({80})})
    assert toggle.error == ""
