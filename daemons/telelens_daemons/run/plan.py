"""What a run will do, decided before anything is done: specification and request in, plan out. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

from telelens_schemas.specification import (
    Connection,
    Debug,
    Handler,
    Intercept,
    Workload,
    not_runnable,
    read_specification,
    wanted_preview,
)
from telelens_schemas.suggestions import did_you_mean
from telelens_schemas.wire.daemon_pb2 import (
    ConnectRequest,
    HeaderMatch,
    InterceptRequest,
    PathMatch,
    PortMapping,
    RunRequest,
)

from telelens_daemons.errors import UserError
from telelens_daemons.handlers.debug.debugpy import DebugSettings
from telelens_daemons.intercepts.preview import preview_message
from telelens_daemons.run.connection_paths import seen_from
from telelens_daemons.run.errors import SpecificationRefusedError, UnknownHandlerError, UnsupportedSpecificationError
from telelens_daemons.run.kube_flags import add_kube_flags

LOCALHOST = "127.0.0.1"
EVERY_HANDLER = "*"


@dataclass(frozen=True, slots=True)
class HandlerPlan:
    """A handler that runs something; ``intercepts`` are the names of those that it serves, the first one's
    environment is its own."""

    handler: Handler
    intercepts: tuple[str, ...]
    ports: tuple[int, ...]
    debug: DebugSettings | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Intercepts in the order of the file, handlers in the order in which intercepts need them."""

    name: str
    connect: ConnectRequest
    takes_any_connection: bool
    """Neither the specification nor the caller says which: one that is there will do."""
    intercepts: tuple[InterceptRequest, ...]
    handlers: tuple[HandlerPlan, ...]
    notes: tuple[str, ...] = ()
    """What of the specification is left out, a line each."""


def make_plan(request: RunRequest) -> Plan:
    """Raises SpecificationRefusedError, UnsupportedSpecificationError, UnknownHandlerError, UserError."""
    reading = read_specification(request.text, request.file)
    if reading.errors:
        raise SpecificationRefusedError(request.file, reading.errors)
    if len(reading.specifications) != 1:
        names = ", ".join(one.name for one in reading.specifications)
        raise UserError(
            f"{request.file} holds {len(reading.specifications)} specifications ({names})",
            hint="put each into a file of its own",
            code="several-specifications",
        )
    specification = reading.specifications[0]
    unsupported = not_runnable(reading, request.file)
    refused = [problem for problem in unsupported if problem.is_error]
    if refused:
        raise UnsupportedSpecificationError(refused)
    wanted = [
        (workload, intercept)
        for workload in specification.workloads
        for intercept in workload.intercepts
        if intercept.enabled
    ]
    handlers = [handler for handler in specification.handlers if handler.script is not None]
    _check_debug(request.debug_handler, handlers)
    return Plan(
        name=specification.name,
        connect=_connect(request, specification.connection),
        takes_any_connection=_says_nothing(request.connect) and specification.connection is None,
        intercepts=tuple(_intercept(workload, intercept) for workload, intercept in wanted),
        handlers=tuple(
            _handler(handler, wanted, request.debug_handler)
            for handler in handlers
            if any(intercept.handler == handler.name for _, intercept in wanted)
        ),
        notes=tuple(str(problem) for problem in unsupported),
    )


def _handler(handler: Handler, wanted: list[tuple[Workload, Intercept]], debug: str) -> HandlerPlan:
    served = [(workload, intercept) for workload, intercept in wanted if intercept.handler == handler.name]
    asked = handler.debug
    if asked is None and debug in (EVERY_HANDLER, handler.name):
        asked = Debug()
    return HandlerPlan(
        handler=handler,
        intercepts=tuple(_name(workload, intercept) for workload, intercept in served),
        ports=tuple(dict.fromkeys(intercept.local_port for _, intercept in served)),
        debug=_debug_settings(asked) if asked is not None else None,
    )


def _debug_settings(debug: Debug) -> DebugSettings:
    return DebugSettings(
        port=debug.port or 0,
        wait_for_client=debug.wait_for_client,
        just_my_code=debug.just_my_code,
        sub_process=debug.sub_process,
    )


def _intercept(workload: Workload, intercept: Intercept) -> InterceptRequest:
    return InterceptRequest(
        name=_name(workload, intercept),
        workload=workload.name,
        namespace=workload.namespace or "",
        service=intercept.service or "",
        container=intercept.container or "",
        ports=[
            PortMapping(
                local_host=LOCALHOST,
                local_port=intercept.local_port,
                service_port=intercept.port or "",
                protocol="TCP",
            )
        ],
        headers=[HeaderMatch(name=header.name, value=header.value) for header in intercept.headers],
        path=_path(intercept),
        preview=preview_message(wanted_preview(intercept.preview)),
        hold=True,
    )


def _path(intercept: Intercept) -> PathMatch | None:
    kinds = (("equal", intercept.path_equal), ("prefix", intercept.path_prefix), ("regex", intercept.path_regexp))
    return next((PathMatch(kind=kind, value=value) for kind, value in kinds if value is not None), None)


def _name(workload: Workload, intercept: Intercept) -> str:
    return intercept.name or workload.name


def _connect(request: RunRequest, connection: Connection | None) -> ConnectRequest:
    connect = ConnectRequest()
    connect.CopyFrom(request.connect)
    if not connect.environment:
        connect.environment.update(request.environment)
    if connection is not None:
        connect.name = connection.name or connect.name
        connect.context = connection.context or connect.context
        connect.namespace = connection.namespace or connect.namespace
        connect.manager_namespace = connection.manager_namespace or connect.manager_namespace
        # Of a specification: as seen from where it is run.
        located = seen_from(request.working_directory, connection)
        connect.kubeconfig = located.kubeconfig or connect.kubeconfig
        add_kube_flags(connect.flags, located.kube_flags)
    return connect


def _says_nothing(connect: ConnectRequest) -> bool:
    rest = ConnectRequest()
    rest.CopyFrom(connect)
    rest.ClearField("environment")
    rest.ClearField("holder")
    if not any(value for _, value in rest.flags.ListFields()):
        rest.ClearField("flags")
    return not rest.ListFields()


def _check_debug(name: str, handlers: list[Handler]) -> None:
    known = [handler.name for handler in handlers]
    if name and name != EVERY_HANDLER and name not in known:
        raise UnknownHandlerError(
            f'there is no handler "{name}" that runs a script', hint=did_you_mean(name, known) or "there is none at all"
        )
