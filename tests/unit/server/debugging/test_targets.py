"""What a manifest says to somebody who wants to debug its workload."""

from __future__ import annotations

import pytest
from telelens_schemas.specification.expanding import Expanded, read_expanded
from telelens_schemas.specification.language.connection import CONNECTION
from telelens_schemas.specification.language.intercept import INTERCEPT
from telelens_schemas.specification.shapes import Support
from telelens_server.debugging.interception import names
from telelens_server.debugging.targets import intercept_target, manifest_target
from telelens_server.requests import (
    ConnectionWanted,
    DebugTarget,
    InterceptParams,
    InterceptPlace,
    KubeFlag,
    Preview,
    PreviewIngress,
)

POD = (
    "spec: {containers: [{name: app, ports: [{name: http, containerPort: 8080}, {containerPort: 53, protocol: UDP}]}]}"
)
DEPLOYMENT = f"kind: Deployment\nmetadata: {{name: echo, namespace: shop}}\nspec: {{template: {{{POD}}}}}\n"
CRON_JOB = f"kind: CronJob\nmetadata: {{name: echo}}\nspec: {{jobTemplate: {{spec: {{template: {{{POD}}}}}}}}}\n"
BARE_POD = f"kind: Pod\nmetadata: {{name: echo}}\n{POD}\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [(DEPLOYMENT, "Deployment"), (CRON_JOB, "CronJob"), (BARE_POD, "Pod")],
)
def test_ports_are_those_of_the_containers(text: str, kind: str) -> None:
    target = manifest_target(f"kind: Service\nmetadata: {{name: echo}}\n---\n{text}", kind=kind, name="echo")
    assert target is not None
    assert [(one.service, one.port, one.name) for one in target.ports] == [("container:8080", 8080, "http")]


TWO_PORTS = """\
kind: Deployment
metadata: {name: echo}
spec:
  template:
    metadata: {labels: {app: echo}}
    spec: {containers: [{name: app, ports: [{name: web, containerPort: 8080}, {name: admin, containerPort: 9000}]}]}
"""
SERVICE = "kind: Service\nmetadata: {name: echo}\nspec: {selector: {app: echo}, ports: %s}\n"


@pytest.mark.parametrize(
    ("ports", "called"),
    [
        ("[{name: http, port: 80, targetPort: web}, {name: inner, port: 81, targetPort: 9000}]", ["http", "inner"]),
        ("[{port: 80, targetPort: web}]", ["80", "container:9000"]),
        ("[{port: 80, targetPort: web}, {port: 9000, targetPort: web}]", ["80", "container:9000"]),
        ("[{port: 80, targetPort: 7000}]", ["container:8080", "container:9000", "80"]),
        ("[7, {port: x}]", ["container:8080", "container:9000"]),
        ("7", ["container:8080", "container:9000"]),
    ],
)
def test_ports_are_called_as_the_service_beside_calls_them(ports: str, called: list[str]) -> None:
    target = manifest_target(f"{TWO_PORTS}---\n{SERVICE % ports}", kind="Deployment", name="echo")
    assert target is not None
    assert [one.service for one in target.ports] == called


def test_ports_are_not_called_as_anothers_service_calls_them() -> None:
    service = SERVICE % "[{name: http, port: 80, targetPort: web}]"
    text = f"{TWO_PORTS}---\n{service.replace('app: echo', 'app: other')}"
    target = manifest_target(text, kind="Deployment", name="echo")
    assert target is not None
    assert [(one.service, one.name) for one in target.ports] == [("container:8080", "web"), ("container:9000", "admin")]


ONE_PORT = """\
kind: Deployment
metadata: {name: echo}
spec: {template: {metadata: {labels: {app: echo}}, spec: {containers: [{ports: [{name: web, containerPort: 9000}]}]}}}
"""


@pytest.mark.parametrize(
    ("services", "asked"),
    [
        (["[{port: 80, targetPort: web}]"], [(9000, "")]),
        (["[{port: 80, targetPort: web}]", "[{name: pods, port: 9000}]"], [(9000, "")]),
        (["[{port: 80, targetPort: web}, {port: 81, targetPort: web}]"], [(9000, "80")]),
        (["[{port: 80, targetPort: 8000}]"], [(9000, "container:9000"), (8000, "80")]),
        (["[{port: 80, targetPort: elsewhere}]"], [(9000, "container:9000")]),
        ([], [(9000, "container:9000")]),
    ],
)
def test_the_only_port_is_not_said_where_the_service_has_no_other(
    services: list[str], asked: list[tuple[int, str]]
) -> None:
    text = "---\n".join([ONE_PORT, *(SERVICE % ports for ports in services)])
    target = manifest_target(text, kind="Deployment", name="echo")
    assert target is not None
    assert [(one.port, one.service) for one in target.ports] == asked


def test_namespace_is_the_manifests() -> None:
    target = manifest_target(DEPLOYMENT, kind="Deployment", name="echo")
    assert target is not None
    assert target.namespace == "shop"


def test_broken_text_after_it_does_not_matter() -> None:
    assert manifest_target(f"{DEPLOYMENT}---\n'", kind="Deployment", name="echo") is not None


@pytest.mark.parametrize(
    "text", ["", "'", "[]", "kind: Deployment", "kind: List\nitems: 3", "kind: Deployment\nmetadata: {name: other}"]
)
def test_none_where_it_is_not(text: str) -> None:
    assert manifest_target(text, kind="Deployment", name="echo") is None


@pytest.mark.parametrize(
    "text",
    [
        "kind: Pod\nmetadata: {name: echo}\nspec: {containers: [3, {ports: 4}, {ports: [5, {containerPort: x}]}]}",
        "kind: Pod\nmetadata: {name: echo}\nspec: 3",
    ],
)
def test_odd_manifest_has_no_ports(text: str) -> None:
    target = manifest_target(text, kind="Pod", name="echo")
    assert target is not None
    assert target.ports == ()


def test_of_two_manifests_in_one_file_it_is_the_one_whose_button_it_was() -> None:
    staging = DEPLOYMENT.replace("shop", "staging").replace("8080", "9090")
    text = f"{DEPLOYMENT}---\n{staging}---\n{staging.replace('9090', '7070')}"
    for namespace, occurrence, port in (("shop", 0, 8080), ("staging", 0, 9090), ("staging", 1, 7070)):
        target = manifest_target(text, kind="Deployment", name="echo", namespace=namespace, occurrence=occurrence)
        assert target is not None
        assert (target.namespace, [one.port for one in target.ports]) == (namespace, [port])


def test_of_two_manifests_none_is_guessed() -> None:
    text = f"{DEPLOYMENT}---\n{DEPLOYMENT.replace('shop', 'staging')}"
    assert manifest_target(text, kind="Deployment", name="echo", namespace="gone", occurrence=0) is None
    assert manifest_target(text, kind="Deployment", name="echo", namespace="shop", occurrence=1) is None


def test_the_only_manifest_is_meant_though_its_button_did_not_see_its_namespace() -> None:
    target = manifest_target(DEPLOYMENT, kind="Deployment", name="echo", occurrence=0)
    assert target is not None
    assert target.namespace == "shop"


def read(text: str, *, username: str = "ada") -> Expanded:
    return read_expanded(text, "", environment={}, username=username)


def specified(
    text: str, *, workload: str, intercept: str, place: tuple[int, int, int] | None = None
) -> DebugTarget | None:
    """Of an intercept; ``place`` counts specifications, workloads, intercepts."""
    at = InterceptPlace(specification=place[0], workload=place[1], intercept=place[2]) if place else None
    return intercept_target(read(text), workload=workload, intercept=intercept, folder="/shop", place=at)


ONE_OF_TWO = """\
name: %s
connection: {context: %s}
workloads: [{name: echo, intercepts: [{port: %s}]}]
handlers: []
"""
TWO = f"{ONE_OF_TWO % ('a', 'dev', 'http')}---\nkind: Service\n---\n{ONE_OF_TWO % ('b', 'staging', 'admin')}"


@pytest.mark.parametrize(("place", "context", "port"), [((0, 0, 0), "dev", "http"), ((1, 0, 0), "staging", "admin")])
def test_of_two_specifications_in_one_file_it_is_the_one_whose_button_it_was(
    place: tuple[int, int, int], context: str, port: str
) -> None:
    target = specified(TWO, workload="echo", intercept="echo", place=place)
    assert target is not None
    assert (target.connection.context, target.ports[0].service) == (context, port)


def test_of_two_intercepts_of_one_name_it_is_the_one_whose_button_it_was() -> None:
    text = "workloads: [{name: echo, intercepts: [{port: http}]}, {name: echo, intercepts: [{port: x}, {port: admin}]}]"
    target = specified(text, workload="echo", intercept="echo", place=(0, 1, 1))
    assert target is not None
    assert target.ports[0].service == "admin"


@pytest.mark.parametrize("place", [(2, 0, 0), (0, 1, 0), (0, 0, 1), (-1, 0, 0)])
def test_in_a_text_that_has_changed_names_decide_where_they_can(place: tuple[int, int, int]) -> None:
    assert specified(TWO, workload="echo", intercept="echo", place=place) is None
    target = specified(SPECIFICATION, workload="echo", intercept="second", place=place)
    assert target is not None
    assert target.ports[0].port == 8080


def test_in_the_place_of_another_name_it_is_not_looked_for() -> None:
    target = specified(SPECIFICATION, workload="echo", intercept="second", place=(0, 0, 0))
    assert target is not None
    assert target.ports[0].service == ""


USER = "{{ .Telepresence.Username }}"
TEMPLATED = f"""\
workloads:
  - name: "shop/{USER}"
    intercepts:
      - {{name: "echo-{USER}", port: http}}
      - name: "second-{USER}"
        port: {{{{ print "admin" }}}}
  - name: echo
    intercepts:
      - {{name: "{USER}", port: grpc}}
handlers: []
connections: [{{name: shop}}]
"""


@pytest.mark.parametrize(
    ("place", "workload", "port"),
    [((0, 0, 0), "ada", "http"), ((0, 0, 1), "ada", "admin"), ((0, 1, 0), "echo", "grpc")],
)
def test_names_may_be_a_templates(place: tuple[int, int, int], workload: str, port: str) -> None:
    written = read(TEMPLATED).written.specifications[0].workloads[place[1]]
    name = written.intercepts[place[2]].name or written.name
    assert "ada" not in name
    target = specified(TEMPLATED, workload=written.name, intercept=name, place=place)
    assert target is not None
    assert (target.workload, target.ports[0].service) == (workload, port)


CONDITION = "{{ if false }}\n%s---\n{{ end }}\n%s"


def test_a_specification_that_a_template_leaves_out_has_no_target() -> None:
    text = CONDITION % (ONE_OF_TWO % ("a", "dev", "http"), ONE_OF_TWO % ("b", "staging", "admin"))
    expanded = read(text)
    assert (len(expanded.written.specifications), len(expanded.reading.specifications)) == (2, 1)
    assert specified(text, workload="echo", intercept="echo", place=(0, 0, 0)) is None
    target = specified(text, workload="echo", intercept="echo", place=(1, 0, 0))
    assert target is not None
    assert target.connection.context == "staging"


LOOP = """\
workloads:
{{ range list %s }}
  - name: echo
    namespace: {{ . }}
    intercepts: [{port: http}]
{{ end }}
  - name: echo
    namespace: last
    intercepts: [{port: admin}]
handlers: []
"""


@pytest.mark.parametrize(("listed", "first"), [('"a"', "a"), ('"a" "b"', None), ("", None)])
def test_what_a_loop_makes_is_the_target_where_it_is_one(listed: str, first: str | None) -> None:
    text = LOOP % listed
    target = specified(text, workload="echo", intercept="echo", place=(0, 0, 0))
    assert (target and target.namespace) == first
    target = specified(text, workload="echo", intercept="echo", place=(0, 1, 0))
    assert target is not None
    assert (target.namespace, target.ports[0].service) == ("last", "admin")


def test_workloads_that_share_their_intercepts_are_told_apart() -> None:
    text = f"""\
workloads:
  - {{name: "a-{USER}", intercepts: &both [{{port: http}}]}}
  - {{name: "b-{USER}", intercepts: *both}}
handlers: []
"""
    target = specified(text, workload="", intercept="", place=(0, 1, 0))
    assert target is not None
    assert target.workload == "b-ada"


def test_of_a_template_that_cannot_be_expanded_a_workload_without_a_name_is_no_target() -> None:
    text = 'workloads: [{name: "{{ fail "no" }}", intercepts: [{port: http}]}]\nhandlers: []\n'
    assert read(text).reading.specifications
    assert specified(text, workload="", intercept="", place=(0, 0, 0)) is None


SPECIFICATION = """\
name: x
connection: {namespace: shop}
workloads:
  - name: echo
    intercepts: [{localPort: 9090, port: http}, {name: second}]
handlers: []
"""


@pytest.mark.parametrize(
    ("intercept", "port", "service"), [("echo", 9090, "http"), ("second", 8080, ""), ("third", None, "")]
)
def test_ports_of_a_specification_are_its_local_ones(intercept: str, port: int | None, service: str) -> None:
    target = specified(SPECIFICATION, workload="echo", intercept=intercept)
    if port is None:
        assert target is None
        return
    assert target is not None
    assert target.namespace == "shop"
    assert [(one.port, one.service) for one in target.ports] == [(port, service)]


WRITTEN = """\
name: x
connection:
  {namespace: shop, context: there, managerNamespace: ops, kubeconfig: ./k, kubeFlags: {as: someone, client-key: k.pem}}
workloads:
  - name: echo
    namespace: garage
    intercepts:
      - name: narrow
        service: echo-web
        container: web
        headers: [{name: x-user, value: ada}, {name: x-mine, value: auto}]
        pathPrefix: /api
      - name: all
        global: true
      - name: unsaid
handlers: []
"""


def test_filters_of_a_specification_are_those_that_are_written_there() -> None:
    target = specified(WRITTEN, workload="echo", intercept="narrow")
    assert target is not None
    assert (target.namespace, target.service, target.everything) == ("garage", "echo-web", False)
    assert target.container == "web"
    assert [(one.name, one.value) for one in target.headers] == [("x-user", "ada"), ("x-mine", "auto")]
    assert target.path is not None
    assert (target.path.kind, target.path.value) == ("prefix", "/api")
    assert target.handler_environment == {}


def test_the_handlers_own_environment_is_told_to_what_stands_in_for_it() -> None:
    text = """\
workloads: [{name: echo, intercepts: [{name: a, handler: one}, {name: b, handler: bare}]}]
handlers:
  - {name: one, script: {run: x}, environment: [{name: PORT, value: '{{ "90" }}90'}, {name: EMPTY, value: ""}]}
  - {name: bare, script: {run: x}}
"""
    found = {name: specified(text, workload="echo", intercept=name) for name in "ab"}
    environments = {name: target.handler_environment for name, target in found.items() if target}
    assert environments == {"a": {"PORT": "9090", "EMPTY": ""}, "b": {}}


SEVERAL = """\
connections: [{name: alpha, context: ctx-a, namespace: na}, {name: beta, context: ctx-b, namespace: nb}]
workloads:
  - name: alpha/web
    intercepts: [{name: one}]
  - name: beta/web
    namespace: far
    intercepts: [{name: one}]
handlers: []
"""


@pytest.mark.parametrize(
    ("workload", "context", "namespace"), [("alpha/web", "ctx-a", "na"), ("beta/web", "ctx-b", "far")]
)
def test_of_several_connections_it_is_the_workloads_own(workload: str, context: str, namespace: str) -> None:
    target = specified(SEVERAL, workload=workload, intercept="one")
    assert target is not None
    assert (target.workload, target.namespace, target.connection.context) == ("web", namespace, context)


def test_connection_of_a_specification_is_the_one_that_is_written_there() -> None:
    target = specified(WRITTEN, workload="echo", intercept="narrow")
    assert target is not None
    assert target.connection == ConnectionWanted(
        namespace="shop",
        context="there",
        manager_namespace="ops",
        kubeconfig="/shop/k",
        kube_flags=(KubeFlag(name="as", value="someone"), KubeFlag(name="client-key", value="/shop/k.pem")),
    )


@pytest.mark.parametrize(("intercept", "everything"), [("all", True), ("unsaid", False)])
def test_only_who_says_so_takes_everything(intercept: str, everything: bool) -> None:
    target = specified(WRITTEN, workload="echo", intercept=intercept)
    assert target is not None
    assert target.everything is everything
    assert (target.headers, target.path) == ((), None)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("ada@example.org", "echo-ada"),
        ("system:serviceaccount:shop:ada", "echo-ada"),
        ("Ada Lovelace", "echo-ada-lovelace"),
        ("", "echo"),
        ("x" * 100, "echo-" + "x" * 56),
    ],
)
def test_names_are_the_workloads_and_the_persons(owner: str, name: str) -> None:
    tried = names(InterceptParams(workload="echo"), owner)
    assert tried[0] == name
    assert tried[1] == f"{name}-2"
    assert all(len(one) <= 63 for one in tried)


ASKING = """\
%s
workloads:
  - name: echo
    intercepts: [{handler: here%s}]
handlers: []
"""


@pytest.mark.parametrize(
    ("intercept", "left_out"),
    [
        (", replace: true", ["replace: the container in the pod goes on running"]),
        (", mountPoint: /volumes", ["mountPoint: no volume of the pod is mounted here"]),
        (", mountPoint: true", ["mountPoint: no volume of the pod is mounted here"]),
        (", replace: false, mountPoint: false", []),
        (", enabled: false, replace: true", ["replace: the container in the pod goes on running"]),
        ("", []),
    ],
)
def test_what_an_intercept_does_without_is_said(intercept: str, left_out: list[str]) -> None:
    target = specified(ASKING % ("", intercept), workload="echo", intercept="echo")
    assert target is not None
    assert list(target.left_out) == left_out
    assert target.handler == "here"


EVERYTHING = {"docker": "true", "hostname": "x", "expose": "[8080]"}


def test_nothing_that_a_run_is_refused_for_is_done_without_unsaid() -> None:
    """But handlers, which a program that is debugged stands in for, and several connections: it goes through one."""
    keys = [key for key in (*INTERCEPT.keys, *CONNECTION.keys) if key.support in (Support.NOT_YET, Support.OFF_ONLY)]
    connection = ", ".join(f"{key}: {value}" for key, value in EVERYTHING.items())
    text = ASKING % (
        f"connection: {{{connection}}}\nprerequisites: [{{create: here}}]",
        ", replace: true, mountPoint: true",
    )
    target = specified(text, workload="echo", intercept="echo")
    assert target is not None
    for name in ("prerequisites", *(key.name for key in keys)):
        assert name in " ".join(one.partition(":")[0] for one in target.left_out)


@pytest.mark.parametrize("written", ["false", "{enable: false}"])
def test_a_preview_url_that_is_switched_off_is_none(written: str) -> None:
    target = specified(PREVIEWED % written, workload="echo", intercept="echo")
    assert target is not None
    assert target.preview is None


def test_a_preview_url_is_asked_for_as_the_specification_says() -> None:
    target = specified(PREVIEWED % "true", workload="echo", intercept="echo")
    assert target is not None
    assert target.preview == Preview()
    ingress = "{host: front, port: 80, l5host: shop.example.com}"
    target = specified(PREVIEWED % f"{{banner: false, ingress: {ingress}}}", workload="echo", intercept="echo")
    assert target is not None
    assert target.preview == Preview(
        banner=False, ingress=PreviewIngress(host="front", port=80, l5host="shop.example.com")
    )


PREVIEWED = "workloads: [{name: echo, intercepts: [{port: http, previewURL: %s}]}]\n"
