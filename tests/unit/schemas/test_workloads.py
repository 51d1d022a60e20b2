"""What an intercept means in the cluster, found from manifests alone."""

from __future__ import annotations

from typing import Any

import pytest
from telelens_schemas.resources import InterceptPort, Protocol, ResolvedPort
from telelens_schemas.workloads import (
    TargetError,
    closest,
    pod_unsupported_reason,
    resolve_target,
    workload_unsupported_reason,
)


def deployment(*containers: dict[str, Any], name: str = "echo", **metadata: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": name}, **metadata}, "spec": {"containers": list(containers)}}
    return {"kind": "Deployment", "metadata": {"name": name}, "spec": {"template": template}}


def container(name: str = "app", *ports: Any) -> dict[str, Any]:
    declared = [{"containerPort": port} if isinstance(port, int) else port for port in ports]
    return {"name": name, "ports": declared}


def service(name: str = "echo", *ports: dict[str, Any], app: str = "echo", **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"selector": {"app": app}, "ports": list(ports), **spec}}


def port(identifier: str | None = None, protocol: Protocol = Protocol.TCP) -> InterceptPort:
    return InterceptPort(service_port=identifier, local_port=9090, protocol=protocol)


def resolve(workload: dict[str, Any], *services: dict[str, Any], **options: Any) -> Any:
    wanted = {"service": None, "container": None, "ports": [port()], **options}
    return resolve_target(workload, services, **wanted)


HTTP = {"name": "http", "port": 80, "targetPort": "web"}
WEB = {"name": "web", "containerPort": 8080}


def test_the_only_service_and_port_need_no_name() -> None:
    target = resolve(deployment(container("app", WEB)), service("echo", HTTP), service("other", HTTP, app="other"))
    assert (target.service, target.container, target.headless) == ("echo", "app", False)
    assert target.ports == (ResolvedPort(service_port_name="http", service_port=80, container_port=8080),)


@pytest.mark.parametrize("target_port", [8080, "8080", "web"])
def test_numeric_and_named_target_ports(target_port: Any) -> None:
    found = resolve(deployment(container("app", WEB)), service("echo", {"port": 80, "targetPort": target_port}))
    assert found.ports[0].container_port == 8080
    assert found.ports[0].service_port_name is None


def test_a_missing_target_port_is_the_services_own() -> None:
    assert resolve(deployment(container()), service("echo", {"port": 80})).ports[0].container_port == 80


def test_ports_keep_the_order_they_were_asked_in() -> None:
    grpc = {"name": "grpc", "port": 81, "targetPort": 9000}
    target = resolve(
        deployment(container("app", WEB, 9000)), service("echo", HTTP, grpc), ports=[port("grpc"), port("80")]
    )
    assert [one.container_port for one in target.ports] == [9000, 8080]


def test_one_number_of_two_protocols() -> None:
    ports = ({"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53})
    target = resolve(deployment(container()), service("echo", *ports), ports=[port("53", Protocol.UDP), port()])
    assert [(one.service_port_name, one.protocol) for one in target.ports] == [("dns", "UDP"), ("dns-tcp", "TCP")]


def test_services_that_lead_to_the_same_port_are_equal_and_one_with_an_address_is_preferred() -> None:
    headless = service("echo-pods", {"port": 8080}, clusterIP="None")
    assert resolve(deployment(container("app", WEB)), headless, service("echo", HTTP)).service == "echo"
    alone = resolve(deployment(container("app", WEB)), headless)
    assert (alone.service, alone.headless) == ("echo-pods", True)


def test_the_port_chooses_among_services() -> None:
    admin = service("echo-admin", {"name": "admin", "port": 81})
    assert resolve(deployment(container("app", WEB)), service("echo", HTTP), admin, ports=[port("admin")]).service == (
        "echo-admin"
    )


def test_the_container_that_declares_the_port_is_meant() -> None:
    assert resolve(deployment(container("proxy", 1), container("app", WEB)), service("echo", HTTP)).container == "app"


def test_a_native_sidecar_may_serve_the_port() -> None:
    workload = deployment(container("app", 1))
    sidecar = {**container("front", WEB), "restartPolicy": "Always"}
    workload["spec"]["template"]["spec"]["initContainers"] = [sidecar]
    assert resolve(workload, service("echo", HTTP)).container == "front"


def test_an_undeclared_port_belongs_to_the_default_container() -> None:
    annotations = {"kubectl.kubernetes.io/default-container": "app"}
    workload = deployment(container("proxy"), container("app"), annotations=annotations)
    assert resolve(workload, service("echo", {"port": 80})).container == "app"


def test_our_own_containers_do_not_count() -> None:
    workload = deployment(container("app"), container("telelens-agent", {"name": "web", "containerPort": 9900}))
    assert resolve(workload, service("echo", {"port": 80})).container == "app"


@pytest.mark.parametrize(
    ("spelling", "offered", "wanted", "number"),
    [
        ("telelens.dev", "all", "web", 8080),
        ("telepresence.io", "web", None, 8080),
        ("telepresence.getambassador.io", "8080, 9000", "9000", 9000),
        ("telelens.dev", "web, 9000", "container:9000", 9000),
        ("telelens.dev", "web, 9000", "container:web", 8080),
    ],
)
def test_without_a_service_the_annotation_offers_ports(
    spelling: str, offered: str, wanted: str | None, number: int
) -> None:
    workload = deployment(container("app", WEB), annotations={f"{spelling}/inject-container-ports": offered})
    target = resolve(workload, ports=[port(wanted)])
    assert (target.service, target.container) == (None, "app")
    assert (target.ports[0].service_port, target.ports[0].container_port) == (0, number)


CROSSED = ({"name": "http", "port": 8080, "targetPort": "front"}, {"port": 81, "targetPort": "web"})
FRONT = {"name": "front", "containerPort": 9090}


@pytest.mark.parametrize(
    ("ports", "wanted", "service_port"),
    [
        ([HTTP], "container:8080", 80),
        ([HTTP], "container:web", 80),
        (CROSSED, "container:8080", 81),
        (CROSSED, "container:9090", 8080),
        (CROSSED, "8080", 8080),
        ([HTTP, {"name": "raw", "port": 81, "targetPort": 7000}], "container:7000", 81),
    ],
)
def test_a_container_port_is_that_of_the_port_that_leads_there(ports: Any, wanted: str, service_port: int) -> None:
    workload = deployment(container("proxy", FRONT), container("app", WEB))
    target = resolve(
        workload, service("echo", *ports), container=None if "7000" not in wanted else "app", ports=[port(wanted)]
    )
    assert target.ports[0].service_port == service_port


def test_of_two_container_ports_of_one_name_the_service_leads_to_the_first() -> None:
    workload = deployment(container("app", WEB), container("side", {**WEB, "containerPort": 8081}))
    assert resolve(workload, service("echo", HTTP), ports=[port("container:8080")]).container == "app"
    with pytest.raises(TargetError, match='no port of Service echo leads to container port "8081"'):
        resolve(workload, service("echo", HTTP), ports=[port("container:8081")])


def test_a_container_port_chooses_among_services() -> None:
    services = (service("echo", HTTP), service("echo-admin", {"name": "http", "port": 80, "targetPort": 9000}))
    workload = deployment(container("app", WEB, 9000))
    assert resolve(workload, *services, ports=[port("container:9000")]).service == "echo-admin"


TWO_PORTS = service("echo", HTTP, {"name": "grpc", "port": 81})


@pytest.mark.parametrize(
    ("services", "options", "message", "hint"),
    [
        ([], {}, "no Service selects the pods of Deployment echo", "telelens.dev/inject-container-ports"),
        ([service("echo")], {}, "Service echo has no TCP port", "it has no ports at all"),
        ([TWO_PORTS], {}, "Service echo has several ports: http (80) and grpc (81)", "--port LOCAL:PORT"),
        ([TWO_PORTS], {"ports": [port("htpp")]}, 'Service echo has no port "htpp"', 'did you mean "http"?'),
        ([TWO_PORTS], {"ports": [port("8080")]}, 'Service echo has no port "8080"', "its ports: http (80) and grpc"),
        (
            [TWO_PORTS],
            {"ports": [port("container:80")]},
            'no port of Service echo leads to container port "80"',
            "its ports: http (80) and grpc",
        ),
        (
            [TWO_PORTS],
            {"ports": [port("http"), port("container:8080")]},
            "two of the ports lead to the same container",
            "",
        ),
        (
            [service("a", HTTP), TWO_PORTS],
            {"ports": [port("container:7")]},
            'Services: no port of Service a leads to container port "7"; no port of Service echo leads',
            "--service",
        ),
        ([TWO_PORTS], {"ports": [port("http"), port("80")]}, "two of the ports lead to the same container port", ""),
        ([TWO_PORTS], {"service": "ecoh"}, 'there is no Service "ecoh"', 'did you mean "echo"?'),
        (
            [TWO_PORTS, service("shop", HTTP, app="shop")],
            {"service": "shop"},
            'Service "shop" does not select the pods of Deployment echo',
            "its own: echo",
        ),
        ([TWO_PORTS], {"container": "ap"}, 'Deployment echo has no container "ap"', 'did you mean "app"?'),
        (
            [TWO_PORTS],
            {"container": "side", "ports": [port("http")]},
            'port http (80) of Service echo is served by container "app", not "side"',
            "--container app",
        ),
        (
            [service("echo", {"name": "http", "port": 80, "targetPort": "wbe"})],
            {},
            'leads to a container port "wbe", which no container of Deployment echo has',
            'did you mean "web"?',
        ),
        (
            [service("echo", {"name": "dns", "port": 53, "protocol": "UDP"})],
            {"ports": [port("dns")]},
            "port dns (53/UDP) of Service echo is UDP, not TCP",
            "write dns/UDP",
        ),
        (
            [service("a", HTTP), service("b", {"port": 1})],
            {},
            "Deployment echo is behind several Services that differ: a and b",
            "--service: a and b",
        ),
        (
            [service("a", HTTP), TWO_PORTS],
            {},
            "Deployment echo is behind several Services: Service echo has several ports",
            "--service: a and echo",
        ),
        (
            [service("a", HTTP), TWO_PORTS],
            {"ports": [port("nil")]},
            'behind several Services: Service a has no port "nil"; Service echo has no port "nil"',
            "--service: a and echo",
        ),
        (
            [service("echo", {"port": 9000})],
            {},
            "no container of Deployment echo declares port 9000; it has app and side",
            "--container",
        ),
    ],
)
def test_errors_say_what_is_there(services: list[Any], options: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(TargetError) as caught:
        resolve(deployment(container("app", WEB), container("side", 1)), *services, **options)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_an_ordinary_workload_is_supported() -> None:
    assert workload_unsupported_reason(deployment(container())) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hostNetwork": True}, "uses hostNetwork"),
        ({"os": {"name": "windows"}}, "runs on Windows nodes"),
        ({"containers": [container("istio-proxy")]}, "service mesh (Istio)"),
        ({"initContainers": [container("linkerd-proxy")]}, "service mesh (Linkerd)"),
    ],
)
def test_pod_specs_that_cannot_be_intercepted(change: dict[str, Any], reason: str) -> None:
    workload = deployment(container())
    workload["spec"]["template"]["spec"].update(change)
    assert reason in str(workload_unsupported_reason(workload))
    assert reason in str(pod_unsupported_reason(workload["spec"]["template"]))


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"labels": {"sidecar.istio.io/inject": "true"}}, "service mesh (Istio)"),
        ({"annotations": {"linkerd.io/inject": "enabled"}}, "service mesh (Linkerd)"),
        ({"labels": {"istio.io/dataplane-mode": "ambient"}}, "service mesh (Istio ambient)"),
        ({"annotations": {"telelens.dev/inject-traffic-agent": "disabled"}}, "forbids it"),
        ({"annotations": {"telepresence.io/inject-traffic-agent": "disabled"}}, "forbids it"),
    ],
)
def test_marks_on_the_template(metadata: dict[str, Any], reason: str) -> None:
    assert reason in str(workload_unsupported_reason(deployment(container(), **metadata)))


def test_marks_on_the_namespace_unless_the_pod_opts_out() -> None:
    namespace = {"metadata": {"labels": {"istio-injection": "enabled"}}}
    assert "Istio" in str(workload_unsupported_reason(deployment(container()), namespace=namespace))
    opted_out = deployment(container(), annotations={"sidecar.istio.io/inject": "false"})
    assert workload_unsupported_reason(opted_out, namespace=namespace) is None
    ambient = {"metadata": {"labels": {"istio.io/dataplane-mode": "ambient"}}}
    assert "ambient" in str(workload_unsupported_reason(deployment(container()), namespace=ambient))


def test_other_kinds_are_named() -> None:
    job = {**deployment(container()), "kind": "DaemonSet"}
    assert workload_unsupported_reason(job) == (
        "DaemonSet echo: DaemonSets are not supported yet, only Deployments and StatefulSets"
    )


def test_closest() -> None:
    assert closest("handlr", ["handler", "headers"]) == "handler"
    assert closest("Echo", ["echo"]) == "echo"
    assert closest("zzz", ["echo"]) is None
