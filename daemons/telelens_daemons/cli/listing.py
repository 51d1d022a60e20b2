"""``list``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from telelens_daemons.cli.completion import complete_namespace
from telelens_daemons.cli.names import namespace_name
from telelens_daemons.cli.options import GlobalOptions, with_options
from telelens_daemons.cli.output import Output, plain
from telelens_daemons.cli.same_connection import check_same_connection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telelens_schemas.wire.daemon_pb2 import ListReply, WorkloadInfo

NOTHING = {
    (False, False, False): "No workloads",
    (True, False, False): "No intercepts",
    (False, True, False): "No workloads with an agent",
    (False, False, True): "No workloads that can be intercepted",
}
"""What is said when nothing is left of the list, by --intercepts, --agents, --only-interceptable."""


@with_options()
def list_(
    *,
    namespace: Annotated[
        str,
        typer.Option("--namespace", "-n", help="Another namespace.", autocompletion=complete_namespace),
    ] = "",
    intercepts: Annotated[bool, typer.Option("--intercepts", "-i", help="Only intercepted ones.")] = False,
    agents: Annotated[bool, typer.Option("--agents", "-a", help="Only those with an agent.")] = False,
    only_interceptable: Annotated[
        bool, typer.Option("--only-interceptable", "-o", help="Only those that can be intercepted.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on, and print every change.")] = False,
    options: GlobalOptions,
) -> int:
    """List workloads, and who intercepts them since when.

    Example: telelens list --namespace shop --intercepts
    """
    from telelens_schemas.wire.daemon_pb2 import ListRequest

    from telelens_daemons.cli.daemon_client import DaemonClient

    def wanted(workload: WorkloadInfo) -> bool:
        return (
            not (intercepts and not workload.intercepts)
            and not (agents and not workload.agent_installed)
            and not (only_interceptable and workload.not_interceptable)
        )

    output = Output(options)
    request = ListRequest(namespace=namespace_name(namespace))
    with DaemonClient.open() as client, client.errors():
        check_same_connection(client, options)
        replies: Iterable[ListReply] = client.stub.WatchList(request) if watch else [client.stub.List(request)]
        for number, reply in enumerate(replies):
            if number:
                output.line("")
            show(
                output,
                reply,
                [workload for workload in reply.workloads if wanted(workload)],
                nothing=NOTHING.get((intercepts, agents, only_interceptable), "No such workloads"),
            )
    return 0


def show(output: Output, reply: ListReply, workloads: list[WorkloadInfo], *, nothing: str = "No workloads") -> None:
    """Print one state of the list."""
    if output.for_people:
        if workloads:
            rows = [(item.name, item.kind, state(item)) for item in workloads]
            output.table(("NAME", "KIND", "STATE"), rows)
        else:
            output.line(f"{nothing} in namespace {reply.namespace}")
    output.data(lambda: [plain(workload) for workload in workloads])


def state(workload: WorkloadInfo) -> str:
    """One workload's state in words."""
    from telelens_daemons.intercepts.age import age

    if workload.intercepts:
        return "; ".join(
            f"intercepted by {'you' if item.mine else item.owner} ({item.name}, {item.phase}) for {age(item.created)}"
            + (f": {item.message}" if item.message else "")
            for item in workload.intercepts
        )
    if workload.not_interceptable:
        return f"not interceptable: {workload.not_interceptable}"
    if workload.ready_replicas < workload.replicas:
        return f"{workload.ready_replicas} of {workload.replicas} pods ready"
    return "ready to intercept (agent installed)" if workload.agent_installed else "ready to intercept"
