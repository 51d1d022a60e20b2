"""A specification as v1alpha4's file form, plain data, defaults written out: what ``--dry-run`` shows."""

from __future__ import annotations

from typing import Any

from telelens_schemas.specification.models import (
    Compose,
    ComposeService,
    Connection,
    Debug,
    Docker,
    External,
    Handler,
    Intercept,
    Preview,
    Script,
    Specification,
    Workload,
)
from telelens_schemas.specification.plain import plain


def to_file_form(specification: Specification) -> dict[str, Any]:
    """JSON-compatible; read and normalised again it stays the same."""
    several = specification.connections or "connections" in specification.source.places
    return _present(
        name=specification.name,
        connection=_connection(specification.connection) if specification.connection is not None else None,
        connections=[_connection(one) for one in specification.connections] if several else None,
        prerequisites=[_present(create=one.create, delete=one.delete) for one in specification.prerequisites] or None,
        handlers=[_handler(handler) for handler in specification.handlers] or None,
        workloads=[_workload(workload) for workload in specification.workloads] or None,
    )


def _connection(connection: Connection) -> dict[str, Any]:
    return _present(
        name=connection.name,
        context=connection.context,
        namespace=connection.namespace,
        mappedNamespaces=list(connection.mapped_namespaces) or None,
        managerNamespace=connection.manager_namespace,
        hostname=connection.hostname,
        expose=_one_or_many(connection.expose),
        alsoProxy=list(connection.also_proxy) or None,
        neverProxy=list(connection.never_proxy) or None,
        allowConflictingSubnets=list(connection.allow_conflicting_subnets) or None,
        proxyVia=list(connection.proxy_via) or None,
        docker=connection.docker or None,
        kubeconfig=connection.kubeconfig,
        kubeFlags=dict(connection.kube_flags) or None,
    )


def _handler(handler: Handler) -> dict[str, Any]:
    return _present(
        name=handler.name,
        environment=[{"name": one.name, "value": one.value} for one in handler.environment] or None,
        script=_script(handler.script) if handler.script is not None else None,
        docker=_docker(handler.docker) if handler.docker is not None else None,
        external=_external(handler.external) if handler.external is not None else None,
        debug=_debug(handler.debug) if handler.debug is not None else None,
    )


def _script(script: Script) -> dict[str, Any]:
    return _present(run=script.run, shell=script.shell)


def _docker(docker: Docker) -> dict[str, Any]:
    build = docker.build
    return _present(
        image=docker.image,
        build=_present(context=build.context, args=list(build.args) or None) if build is not None else None,
        compose=_compose(docker.compose) if docker.compose is not None else None,
        ports=list(docker.ports) or None,
        options=list(docker.options) or None,
        command=docker.command,
        args=list(docker.args) or None,
    )


def _compose(compose: Compose) -> dict[str, Any]:
    return _present(
        context=compose.context,
        services=[_compose_service(one) for one in compose.services] or None,
        spec=plain(compose.spec.source.node) if compose.spec is not None else None,
    )


def _compose_service(service: ComposeService) -> dict[str, Any]:
    mapping = service.mapping
    return _present(
        name=service.name,
        behavior=service.behavior,
        mapping=_present(name=mapping.name, namespace=mapping.namespace) if mapping is not None else None,
        connection=service.connection,
    )


def _external(external: External) -> dict[str, Any]:
    return _present(isDocker=external.is_docker, outputFormat=external.output_format, outputPath=external.output_path)


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
        name=intercept.name or workload.bare_name,
        enabled=intercept.enabled,
        handler=intercept.handler,
        service=intercept.service,
        port=port,
        container=intercept.container,
        localPort=intercept.local_port,
        headers=[_present(name=header.name, value=header.value) for header in intercept.headers] or None,
        pathPrefix=intercept.path_prefix,
        pathEqual=intercept.path_equal,
        pathRegexp=intercept.path_regexp,
        **{"global": None if intercept.is_filtered else True},
        replace=intercept.replace or None,
        mountPoint=intercept.mount_point,
        previewURL=_preview(intercept.preview) if isinstance(intercept.preview, Preview) else intercept.preview,
    )


def _preview(preview: Preview) -> dict[str, Any]:
    ingress = preview.ingress
    shown = None
    if ingress is not None:
        shown = _present(host=ingress.host, port=ingress.port, tls=ingress.tls, l5host=ingress.l5host)
    return _present(enable=preview.enable, banner=preview.banner, ingress=shown)


def _one_or_many(texts: tuple[str, ...]) -> str | list[str] | None:
    return (texts[0] if len(texts) == 1 else list(texts)) if texts else None


def _present(**keys: Any) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value is not None}
