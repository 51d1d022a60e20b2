"""What the agent reports to the manager. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from telelens_schemas.wire.tunnel_pb2 import AgentStatus, InterceptStatus

from telelens_cluster.agent.configuration import Configuration
from telelens_cluster.agent.settings import TableReport
from telelens_cluster.agent.switches import ACTIVE_TCP


def make_status(
    configuration: Configuration,
    *,
    table: TableReport,
    toggle_error: str,
    connected: Callable[[str], bool],
    old_connections: Callable[[Iterable[int]], int],
) -> AgentStatus:
    """``connected`` answers for a session's UID, ``old_connections`` for ports."""
    return AgentStatus(
        generation=configuration.generation,
        table_present=table.present,
        table_message=table.message or toggle_error,
        redirected_tcp_ports=sorted(configuration.switched[ACTIVE_TCP]) if table.present else [],
        intercepts=[
            InterceptStatus(
                uid=intercept.uid,
                tunnel_connected=connected(intercept.session_uid),
                old_connections=old_connections(intercept.tcp_ports),
            )
            for intercept in configuration.intercepts
        ],
    )
