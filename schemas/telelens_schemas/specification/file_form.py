"""A specification as v1alpha4's file form, plain data, defaults written out: what ``--dry-run`` shows."""

from __future__ import annotations

from typing import Any

from telelens_schemas.specification.models import Connection, Debug, Handler, Intercept, Script, Specification, Workload


def to_file_form(specification: Specification) -> dict[str, Any]:
    """JSON-compatible; read and normalised again it stays the same."""
    return _present(
        name=specification.name,
        connection=_connection(specification.connection) if specification.connection is not None else None,
        handlers=[_handler(handler) for handler in specification.handlers] or None,
        workloads=[_workload(workload) for workload in specification.workloads] or None,
    )


def _connection(connection: Connection) -> dict[str, Any]:
    return _present(
        name=connection.name,
        context=connection.context,
        namespace=connection.namespace,
        managerNamespace=connection.manager_namespace,
        kubeconfig=connection.kubeconfig,
        kubeFlags=dict(connection.kube_flags) or None,
    )


def _handler(handler: Handler) -> dict[str, Any]:
    return _present(
        name=handler.name,
        environment=[{"name": one.name, "value": one.value} for one in handler.environment] or None,
        script=_script(handler.script) if handler.script is not None else None,
        debug=_debug(handler.debug) if handler.debug is not None else None,
    )


def _script(script: Script) -> dict[str, Any]:
    return _present(run=script.run, shell=script.shell)


def _debug(debug: Debug) -> dict[str, Any]:
    return _present(
        type=debug.type,
        port=debug.port,
        waitForClient=debug.wait_for_client,
        justMyCode=debug.just_my_code,
        subProcess=debug.sub_process,
    )


def _workload(workload: Workload) -> dict[str, Any]:
    return _present(
        name=workload.name,
        namespace=workload.namespace,
        intercepts=[_intercept(intercept, workload) for intercept in workload.intercepts] or None,
    )


def _intercept(intercept: Intercept, workload: Workload) -> dict[str, Any]:
    port: str | int | None = intercept.port
    if intercept.port is not None and intercept.port.isdecimal():
        port = int(intercept.port)
    return _present(
        name=intercept.name or workload.name,
        enabled=intercept.enabled,
        handler=intercept.handler,
        service=intercept.service,
        port=port,
        localPort=intercept.local_port,
        headers=[_present(name=header.name, value=header.value) for header in intercept.headers] or None,
        pathPrefix=intercept.path_prefix,
        pathEqual=intercept.path_equal,
        pathRegexp=intercept.path_regexp,
        **{"global": None if intercept.is_filtered else True},
    )


def _present(**keys: Any) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value is not None}
