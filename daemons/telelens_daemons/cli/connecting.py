"""``connect`` and ``quit``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from telelens_daemons.cli.completion import complete_namespace
from telelens_daemons.cli.names import namespace_name
from telelens_daemons.cli.options import GlobalOptions, with_options
from telelens_daemons.cli.output import Output, plain
from telelens_daemons.errors import WARNING

if TYPE_CHECKING:
    from telelens_daemons.cli.daemon_client import DaemonClient


@with_options()
def connect(
    *,
    namespace: Annotated[
        str,
        typer.Option("--namespace", "-n", help="Namespace to work in.", autocompletion=complete_namespace),
    ] = "",
    manager_namespace: Annotated[
        str, typer.Option("--manager-namespace", help="Where the traffic manager is. [default: telelens]")
    ] = "",
    name: Annotated[str, typer.Option("--name", help="Name of the connection.")] = "",
    options: GlobalOptions,
) -> int:
    """Connect this workstation to a cluster.

    Example: telelens connect --context staging --namespace shop
    """
    from telelens_daemons.cli.daemon_client import DaemonClient

    if options.program is not None:
        from telelens_daemons.cli.program import check_program

        check_program(options.program)
    namespace_name(namespace)
    namespace_name(manager_namespace, "--manager-namespace")
    output = Output(options)
    request = options.connect_request(namespace=namespace, manager_namespace=manager_namespace, name=name)
    with DaemonClient.open() as client:
        with client.errors():
            for event in client.stub.Connect(request):
                if event.HasField("connected"):
                    info = event.connected
                elif event.progress.startswith(WARNING):
                    output.progress(event.progress)
        again = "Already connected" if info.already_connected else "Connected"
        output.line(f"{again} to context {info.context or '(none)'}, namespace {info.namespace} ({info.server})")
        output.data(lambda: plain(info))
        if options.program is not None:
            return _run_connected(client, options, was_there=info.already_connected)
    return 0


@with_options(kubectl=False)
def quit_(
    *,
    stop_daemons: Annotated[bool, typer.Option("--stop-daemons", "-s", help="End the daemon as well.")] = False,
    options: GlobalOptions,
) -> int:
    """End the connection and all of its intercepts.

    Example: telelens quit --stop-daemons
    """
    from telelens_schemas.wire.daemon_pb2 import QuitReply, QuitRequest

    from telelens_daemons.cli.daemon_client import DaemonClient, daemon_is_wanted

    output = Output(options)
    reply = QuitReply()
    running = daemon_is_wanted()
    if running:
        with DaemonClient.open() as client, client.errors():
            reply = client.stub.Quit(QuitRequest(stop_daemon=stop_daemons))
    output.line("Disconnected" if reply.was_connected else "Not connected")
    for name in reply.left:
        output.line(f"    intercept {name} ended")
    if reply.unfinished:
        output.progress(f"{WARNING}{reply.unfinished}")
    if stop_daemons:
        output.line("User daemon stopped" if running else "User daemon was not running")
    output.data(lambda: plain(reply))
    return 0


def _run_connected(client: DaemonClient, options: GlobalOptions, *, was_there: bool) -> int:
    from telelens_schemas.wire.daemon_pb2 import QuitRequest

    from telelens_daemons.cli.program import Program

    try:
        return Program(options.program or (), os.environ).wait()
    finally:
        if not was_there:
            with client.errors():
                client.stub.Quit(QuitRequest())
