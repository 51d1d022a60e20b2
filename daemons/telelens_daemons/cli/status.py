"""``status`` and ``version``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from telelens_daemons.cli.options import GlobalOptions, with_options
from telelens_daemons.cli.output import Output, field_lines, plain
from telelens_daemons.daemon.origin import is_another_version
from telelens_daemons.places import Places
from telelens_daemons.version import version as own_version

if TYPE_CHECKING:
    from telelens_schemas.wire.daemon_pb2 import ConnectionInfo, InterceptedPod, InterceptInfo, StatusReply

MEBIBYTE = 1024 * 1024


@with_options(kubectl=False)
def status(*, options: GlobalOptions) -> int:
    """Show the daemon, the connection and the intercepts of this workstation.

    Example: telelens status --format json
    """
    from telelens_schemas.wire.daemon_pb2 import StatusRequest

    from telelens_daemons.cli.daemon_client import DaemonClient, daemon_is_wanted

    output = Output(options)
    places = Places.of(os.environ)
    if not daemon_is_wanted():
        output.line("User daemon: not running")
        output.data({"userDaemon": {"running": False}, "intercepts": []})
        return 0
    with DaemonClient.open() as client, client.errors():
        reply = client.stub.Status(StatusRequest())
    for line in status_lines(reply, outdated=is_another_version(places)):
        output.line(line)
    output.data(lambda: status_data(reply))
    return 0


@with_options(kubectl=False)
def version(*, options: GlobalOptions) -> int:
    """Show the versions of this program, of the daemon and of the traffic manager.

    Example: telelens version
    """
    from telelens_daemons.cli.starting import is_running

    output = Output(options)
    data: dict[str, str] = {"client": own_version()}
    if is_running(Places.of(os.environ)):
        from telelens_schemas.wire.daemon_pb2 import StatusRequest

        from telelens_daemons.cli.daemon_client import DaemonClient

        with DaemonClient.open(start=False) as client, client.errors():
            reply = client.stub.Status(StatusRequest())
        data["userDaemon"] = reply.version
        if reply.connection.session_uid:
            data["trafficManager"] = reply.connection.manager_version
    titles = {"client": "Client", "userDaemon": "User daemon", "trafficManager": "Traffic manager"}
    for line in field_lines([(titles[key], value) for key, value in data.items()], indent=0, width=16):
        output.line(line)
    output.data(data)
    return 0


def status_lines(reply: StatusReply, *, outdated: bool = False) -> list[str]:
    """What people read."""
    lines = ["User daemon: running"]
    memory = f"{reply.resident_bytes / MEBIBYTE:.0f} MiB"
    version = reply.version
    if outdated:
        version += f" (this is {own_version()}: exchanged by the next command after telelens quit)"
    lines += field_lines([("Version", version), ("Process", f"{reply.pid} ({memory})"), ("Log", reply.log_file)])
    if not reply.connection.session_uid:
        notice = [f"    {reply.connection.state}"] if reply.connection.state else []
        return [*lines, "Connection: none", *notice, "    run: telelens connect"]
    lines += ["Connection:", *field_lines(connection_fields(reply.connection))]
    if not reply.intercepts:
        return [*lines, "Intercepts: none"]
    lines.append("Intercepts:")
    for intercept in reply.intercepts:
        lines += intercept_lines(intercept)
    return lines


def connection_fields(info: ConnectionInfo) -> list[tuple[str, str]]:
    """A connection, field by field."""
    fields = [
        ("State", info.state),
        ("API server", f"{info.server} ({info.server_version})" if info.server_version else info.server),
        ("Context", info.context),
        ("Namespace", info.namespace),
        ("User", info.owner),
        ("Session", info.session),
        ("Traffic manager", f"{info.manager_version or 'unknown'} in namespace {info.manager_namespace}"),
        ("Agent image", info.agent_image or "unknown"),
    ]
    return [("Name", info.name), *fields] if info.name else fields


def intercept_lines(info: InterceptInfo) -> list[str]:
    """An intercept in ``status``: one line, one per port, one per pod."""
    lines = [f"    {info.name}: {info.phase}, {info.workload_kind} {info.workload}.{info.namespace}, {info.owner}"]
    if info.message:
        lines.append(f"        {info.message}")
    lines += [
        f"        {port.service_port_identifier or 'port'} -> {port.local_host}:{port.local_port}"
        for port in info.ports
    ]
    for pod in info.pods:
        old = f", {pod.old_connections} old connections still go to the application" if pod.old_connections else ""
        lines.append(f"        pod {pod.name}: {_reached(pod)}{old}")
    return lines


def _reached(pod: InterceptedPod) -> str:
    if not pod.connected:
        return "no tunnel"
    return "connected directly" if pod.transport == "direct" else f"connected by {pod.transport}"


def status_data(reply: StatusReply) -> dict[str, object]:
    """What programs read."""
    data = plain(reply)
    data["residentBytes"] = reply.resident_bytes  # protobuf's JSON writes 64-bit numbers as strings
    connection = data.pop("connection", None)
    intercepts = data.pop("intercepts", [])
    result = {"userDaemon": {"running": True, **data}, "connection": connection, "intercepts": intercepts}
    if connection and not reply.connection.session_uid:
        result |= {"connection": None, "notice": reply.connection.state}
    return result
