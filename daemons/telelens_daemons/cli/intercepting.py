"""``intercept NAME`` and ``leave NAME``."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from telelens_schemas.suggestions import listing

from telelens_daemons.cli.completion import complete_intercept, complete_namespace, complete_workload
from telelens_daemons.cli.environment_files import EnvironmentFile, environment_files
from telelens_daemons.cli.filters import add_filters, condition_lines, not_empty
from telelens_daemons.cli.names import namespace_name, object_name, workload_name
from telelens_daemons.cli.options import GlobalOptions, with_options
from telelens_daemons.cli.output import Output, field_lines, plain
from telelens_daemons.cli.ports import parse_port
from telelens_daemons.cli.preview import add_preview
from telelens_daemons.cli.same_connection import check_same_connection
from telelens_daemons.errors import WARNING, UserError

if TYPE_CHECKING:
    from telelens_schemas.wire.daemon_pb2 import InterceptEvent, InterceptInfo, InterceptRequest

    from telelens_daemons.cli.daemon_client import DaemonClient
    from telelens_daemons.cli.program import Program


@with_options(debug=False)
def create(
    *,
    name: Annotated[
        str,
        typer.Argument(
            help="Name of the workload (also deployment/NAME, statefulset/NAME), or of the intercept.",
            autocompletion=complete_workload,
        ),
    ],
    port: Annotated[
        list[str] | None,
        typer.Option("--port", "-p", metavar="LOCAL[:SERVICEPORT]", help="Local port; repeatable: 8080:http."),
    ] = None,
    workload: Annotated[
        str,
        typer.Option("--workload", help="The workload, where NAME is not its name.", autocompletion=complete_workload),
    ] = "",
    workload_kind: Annotated[str, typer.Option("--workload-kind", help="Its kind, where names clash.")] = "",
    namespace: Annotated[
        str,
        typer.Option("--namespace", "-n", help="Another namespace.", autocompletion=complete_namespace),
    ] = "",
    service: Annotated[str, typer.Option("--service", help="The service, where there are several.")] = "",
    container: Annotated[str, typer.Option("--container", help="The container, where the port does not tell.")] = "",
    http_header: Annotated[
        list[str] | None,
        typer.Option(
            "--http-header",
            "--http-match",
            metavar="NAME=REGEX",
            help="Only HTTP requests with this header; repeatable, all must match; auto: one that is yours alone.",
        ),
    ] = None,
    match: Annotated[
        list[str] | None,
        typer.Option("--match", "-m", metavar="NAME REGEX", help="The same, spelled as two words."),
    ] = None,
    http_path_equal: Annotated[str | None, typer.Option("--http-path-equal", help="Only this path.")] = None,
    http_path_prefix: Annotated[
        str | None, typer.Option("--http-path-prefix", help="Only paths that begin so; /api also takes /apix.")
    ] = None,
    http_path_regex: Annotated[
        str | None, typer.Option("--http-path-regex", help="Only paths that match as a whole.")
    ] = None,
    mechanism: Annotated[
        str | None, typer.Option("--mechanism", help="tcp: everything; http: requests (implied by any filter).")
    ] = None,
    address: Annotated[str, typer.Option("--address", help="Local address that traffic goes to.")] = "127.0.0.1",
    drain: Annotated[
        str,
        typer.Option(
            "--drain",
            help="Connections opened before: none (default of http), idle (of tcp; a slow request may fail) or all.",
        ),
    ] = "",
    preview_url: Annotated[
        str, typer.Option("--preview-url", metavar="[=true|false]", help="A URL for others that reaches the intercept.")
    ] = "",
    ingress_host: Annotated[
        str | None, typer.Option("--ingress-host", help="Service where the URL's requests enter: NAME[.NAMESPACE].")
    ] = None,
    ingress_port: Annotated[int | None, typer.Option("--ingress-port", min=1, max=65535, help="Its port.")] = None,
    ingress_tls: Annotated[bool, typer.Option("--ingress-tls", help="It speaks TLS.")] = False,
    ingress_l5: Annotated[
        str | None, typer.Option("--ingress-l5", help="The host name that requests ask for there.")
    ] = None,
    env_file: Annotated[
        Path | None,
        typer.Option(
            "--env-file", help="Write the pod's environment there; what the image itself sets (ENV) is not part of it."
        ),
    ] = None,
    env_syntax: Annotated[
        str,
        typer.Option("--env-syntax", help="Of that file: docker, compose, sh, sh:export or json. [default: docker]"),
    ] = "",
    env_json: Annotated[Path | None, typer.Option("--env-json", help="Write the environment as JSON.")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Run the program after -- under debugpy.")] = False,
    options: GlobalOptions,
) -> int:
    """Send the traffic of a workload to this workstation. The word "create" may be left out.

    Examples: telelens intercept echo --port 8080:http

    telelens intercept echo -p 8080 -- python app.py

    telelens intercept echo -p 8080 --http-header auto

    See also: telelens intercept run --help, telelens intercept validate --help
    """
    from telelens_daemons.cli.daemon_client import DaemonClient

    if debug and options.program is None:
        raise UserError("--debug needs a program to debug", hint="put it at the end: -- python app.py", code="usage")
    if options.program is not None:
        from telelens_daemons.cli.program import check_program

        check_program(options.program)
    files = environment_files(env_file=env_file, env_syntax=env_syntax, env_json=env_json)
    request = _request(
        name=name,
        ports=port or [],
        workload=workload,
        workload_kind=workload_kind,
        namespace=namespace,
        service=service,
        container=container,
        mechanism=not_empty("--mechanism", mechanism) or "",
        address=address,
        drain=drain,
        hold=options.program is not None,
    )
    add_filters(
        request,
        headers=[*(http_header or []), *(match or [])],
        paths={"equal": http_path_equal, "prefix": http_path_prefix, "regex": http_path_regex},
    )
    add_preview(request, preview_url, host=ingress_host, port=ingress_port, tls=ingress_tls, l5host=ingress_l5)
    output = Output(options)
    with DaemonClient.open() as client, client.errors():
        check_same_connection(client, options)
        events = client.stub.Intercept(request)
        try:
            info = _until_active(events, output)
            with _undone_on_error(client, info):
                for file in files:
                    if info.environment_denied_reason:
                        # One that is there already is from a time when it was not denied, or somebody's own.
                        output.progress(f"{WARNING}{file.path} is not written: the environment is not imported")
                    elif left_out := file.write(info.environment):
                        output.progress(_left_out(file, left_out))
                for line in answer_lines(info):
                    output.line(line)
                output.data(lambda: plain(info))
                if options.program is None:
                    return 0
                return _run_program(client, events, info, options, output, debug=debug)
        finally:
            events.cancel()


@with_options()
def leave(
    *,
    name: Annotated[str, typer.Argument(help="Name of the intercept.", autocompletion=complete_intercept)],
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="Its namespace, where names clash.")] = "",
    options: GlobalOptions,
) -> int:
    """End an intercept.

    Example: telelens leave echo
    """
    from telelens_schemas.wire.daemon_pb2 import LeaveRequest

    from telelens_daemons.cli.daemon_client import DaemonClient

    output = Output(options)
    with DaemonClient.open() as client, client.errors():
        check_same_connection(client, options)
        reply = client.stub.Leave(LeaveRequest(name=name, namespace=namespace))
    output.line(f"Left {reply.intercept.workload_kind} {reply.intercept.workload} ({reply.intercept.name})")
    output.data(lambda: plain(reply.intercept))
    return 0


def answer_lines(info: InterceptInfo) -> list[str]:
    """What people see of an active intercept."""
    from telelens_schemas.matching.curl import INSIDE

    fields = [
        ("Intercept name", info.name),
        ("State", f"{info.phase} ({info.message})" if info.message else info.phase),
        ("Workload kind", info.workload_kind),
    ]
    for port in info.ports:
        suffix = "" if port.protocol == "TCP" else f"/{port.protocol}"
        fields += [
            ("Destination", f"{port.local_host}:{port.local_port}{suffix}"),
            ("Service Port Identifier", port.service_port_identifier + suffix),
        ]
    conditions = condition_lines(info)
    fields.append(("Intercepting", "HTTP requests that match all of:" if conditions else info.intercepting))
    lines = ["intercepted", *field_lines(fields), *conditions]
    fields = []
    if info.environment_denied_reason:
        fields.append(("Environment", f"not imported: {info.environment_denied_reason}"))
    if info.preview_url:
        fields.append(("Preview URL", info.preview_url))
    elif info.preview_denied_reason:
        fields.append(("Preview URL", f"none: {info.preview_denied_reason}"))
    old = sum(pod.old_connections for pod in info.pods)
    if old:
        fields.append(("Old connections", f"{old} still go to the application (--drain=all cuts them)"))
    return [*lines, *field_lines(fields), *([f"    {INSIDE} {info.curl}"] if info.curl else [])]


def _request(
    *,
    name: str,
    ports: list[str],
    workload: str,
    workload_kind: str,
    namespace: str,
    service: str,
    container: str,
    mechanism: str,
    address: str,
    drain: str,
    hold: bool,
) -> InterceptRequest:
    from telelens_schemas.wire.daemon_pb2 import InterceptRequest, PortMapping

    flags = [parse_port(text) for text in ports]
    if workload:
        object_name(name, "NAME")
        kind, workload = workload_name(workload, "--workload", kind=workload_kind)
    else:
        kind, name = workload_name(name, "NAME", kind=workload_kind)
    # Users of the seeds' tool know this name: with a namespace and without --workload it has both.
    full_name = f"{name}-{namespace}" if namespace and not workload else name
    return InterceptRequest(
        name=full_name,
        workload=workload or name,
        workload_kind=kind,
        namespace=namespace_name(namespace),
        service=object_name(service, "--service"),
        container=container,
        ports=[
            PortMapping(local_host=address, local_port=flag.local, service_port=flag.service, protocol=flag.protocol)
            for flag in flags
        ]
        or [PortMapping(local_host=address)],
        mechanism=mechanism,
        drain=drain,
        hold=hold,
    )


def _until_active(events: Iterator[InterceptEvent], output: Output) -> InterceptInfo:
    for event in events:
        if event.HasField("active"):
            return event.active
        if event.progress.startswith("Using "):
            output.line(event.progress)
        else:
            output.progress(event.progress)
    raise UserError("the daemon gave no answer", code="internal")


def _run_program(
    client: DaemonClient,
    events: Iterator[InterceptEvent],
    info: InterceptInfo,
    options: GlobalOptions,
    output: Output,
    *,
    debug: bool,
) -> int:
    from telelens_schemas.environment import merge
    from telelens_schemas.wire.daemon_pb2 import LeaveRequest

    from telelens_daemons.cli.program import Program

    command = options.program or ()
    environment = merge(os.environ, info.environment)
    with ExitStack() as stack:
        if debug:
            from telelens_daemons.handlers.debug.debugpy import DebugSettings, debugpy_environment

            endpoint = stack.enter_context(debugpy_environment(DebugSettings(), environment))
            environment.update(endpoint.variables)
            output.progress(f"debugpy: attach to {endpoint.host}:{endpoint.port}")
        program = Program(command, environment)
        watching = threading.Thread(target=_watch, args=(events, program, output), daemon=True, name="intercept")
        watching.start()
        status = program.wait()
    with client.errors():
        client.stub.Leave(LeaveRequest(name=info.name, namespace=info.namespace))
    return status


def _watch(events: Iterator[InterceptEvent], program: Program, output: Output) -> None:
    """Tell what happens to the intercept; when it ends, so does the program."""
    import grpc

    told = ""
    try:
        for event in events:
            if event.changed.message and event.changed.message != told:
                output.progress(event.changed.message)
            told = event.changed.message
    except grpc.RpcError:
        pass
    program.end()


@contextmanager
def _undone_on_error(client: DaemonClient, info: InterceptInfo) -> Iterator[None]:
    """A command that fails has taken nobody's traffic: what comes after the intercept was made undoes it."""
    import grpc
    from telelens_schemas.wire.daemon_pb2 import LeaveRequest

    try:
        yield
    except BrokenPipeError:
        raise  # Nothing failed but a reader who has seen enough (`| grep -q`).
    except BaseException:
        with suppress(grpc.RpcError):
            client.stub.Leave(LeaveRequest(name=info.name, namespace=info.namespace))
        raise


def _left_out(file: EnvironmentFile, names: Sequence[str]) -> str:
    return (
        f"{file.path} lacks {listing(names)}: {file.syntax} files cannot hold the value"
        " (--env-syntax=compose can, and --env-json holds everything)"
    )
