"""The redirect outlives the last intercept of a port, so that stopping and starting again meets no old connection.

Nothing is written down for that: while the manager is away, agents keep their last configuration, lingering ports
included, and report what they redirect when they come back. A manager that finds a redirected port which nobody
intercepts starts the time anew; a restart prolongs it, and that is all it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from telelens_cluster.manager.observed import AgentState, Observed


def lingering_ports(observed: Observed, taken: frozenset[int], linger: float) -> Mapping[int, float]:
    """Port → until when, given the ports that are ``taken`` now."""
    until = {port: end for port, end in observed.memory.lingering.items() if end > observed.now and port not in taken}
    released = observed.memory.taken | inherited_ports(observed.agents.values())
    for port in released - taken:
        until.setdefault(port, observed.now + linger)
    return {port: end for port, end in until.items() if end > observed.now}


def http_ports(observed: Observed, taken: frozenset[int], judged: frozenset[int]) -> frozenset[int]:
    """The ports whose requests are, or were last, judged one by one; ``judged`` are those of the ``taken`` ones now."""
    return (observed.memory.http | _inherited_http(observed.agents.values())) - taken | judged


def _inherited_http(agents: Iterable[AgentState]) -> frozenset[int]:
    untold = (agent.status for agent in agents if agent.status is not None and agent.configuration is None)
    return frozenset(port for status in untold for port in status.http_ports)


def inherited_ports(agents: Iterable[AgentState]) -> frozenset[int]:
    """What agents redirect that we did not tell them, on this connection, to redirect."""
    found: set[int] = set()
    for agent in agents:
        if agent.status is not None and agent.configuration is None:
            found.update(agent.status.redirected_tcp_ports)
    return frozenset(found)
