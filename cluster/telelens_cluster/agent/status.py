"""What the agent reports to the manager. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telelens_schemas.wire.tunnel_pb2 import AgentStatus, InterceptStatus

from telelens_cluster.agent.configuration import Configuration, Intercept
from telelens_cluster.agent.settings import TableReport
from telelens_cluster.agent.switches import ACTIVE_HTTP, ACTIVE_TCP, Switch


def make_status(
    configuration: Configuration,
    *,
    table: TableReport,
    toggle_error: str,
    reached: Callable[[Intercept], bool],
    old_connections: Callable[[Intercept], int],
    generation: int,
    switched: Mapping[Switch, frozenset[int]],
    error: Callable[[str], str],
    http2: Mapping[int, bool],
) -> AgentStatus:
    """``reached`` says whether an intercept's requests come to its owner, ``error`` why not, by UID;
    ``generation`` is that of the last configuration that is in force as a whole."""
    http = switched.get(ACTIVE_HTTP, frozenset())
    return AgentStatus(
        generation=generation,
        table_present=table.present,
        table_message=table.message or toggle_error,
        redirected_tcp_ports=sorted(switched.get(ACTIVE_TCP, frozenset()) | http) if table.present else [],
        http2=http2,
        http_ports=sorted(http) if table.present else [],
        intercepts=[
            InterceptStatus(
                uid=intercept.uid,
                tunnel_connected=reached(intercept),
                old_connections=old_connections(intercept),
                error=error(intercept.uid),
            )
            for intercept in configuration.intercepts
        ],
    )
