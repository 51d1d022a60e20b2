"""What the agent reports to the manager. Pure."""

from __future__ import annotations

from collections.abc import Callable

from telelens_schemas.wire.tunnel_pb2 import AgentStatus, InterceptStatus

from telelens_cluster.agent.configuration import Configuration, Intercept
from telelens_cluster.agent.settings import TableReport


def make_status(
    configuration: Configuration,
    *,
    table: TableReport,
    toggle_error: str,
    connected: Callable[[str], bool],
    old_connections: Callable[[Intercept], int],
) -> AgentStatus:
    """``connected`` answers for a session's UID."""
    return AgentStatus(
        generation=configuration.generation,
        table_present=table.present,
        table_message=table.message or toggle_error,
        redirected_tcp_ports=sorted(configuration.redirected) if table.present else [],
        intercepts=[
            InterceptStatus(
                uid=intercept.uid,
                tunnel_connected=connected(intercept.session_uid),
                old_connections=old_connections(intercept),
            )
            for intercept in configuration.intercepts
        ],
    )
