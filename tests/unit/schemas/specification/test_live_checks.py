"""Names held against what a cluster is known to hold."""

from __future__ import annotations

import textwrap
import time

import pytest
from telelens_schemas.specification import Problem, Severity, read_specification
from telelens_schemas.specification.compose import described_in, read_compose
from telelens_schemas.specification.expanding import read_expanded
from telelens_schemas.specification.facts import ContextFacts, Facts, NamespaceFacts, service_facts, workload_facts
from telelens_schemas.specification.live_checks import check_live
from telelens_schemas.specification.places import Place, places_of


def workload(
    name: str, *ports: int, kind: str = "Deployment", containers: int = 1, default: str = ""
) -> dict[str, object]:
    every = [{"name": f"c{number}", "ports": []} for number in range(containers)]
    every[0]["ports"] = [{"containerPort": port, "name": f"p{port}"} for port in ports]
    metadata = {
        "labels": {"app": name},
        "annotations": {"kubectl.kubernetes.io/default-container": default} if default else {},
    }
    return {
        "kind": kind,
        "metadata": {"name": name},
        "spec": {"template": {"metadata": metadata, "spec": {"containers": every}}},
    }


def service(name: str, app: str, *ports: dict[str, object]) -> dict[str, object]:
    return {"metadata": {"name": name}, "spec": {"selector": {"app": app}, "ports": list(ports)}}


SHOP = NamespaceFacts(
    workloads=tuple(
        workload_facts(one)
        for one in (
            workload("echo", 8080, 9000),
            workload("lonely", 80),
            workload("pair", containers=2),
            workload("told", containers=2, default="c1"),
            workload("shared", 8080, containers=2),
            workload("bare"),
            workload("bald"),
            workload("twin", 80),
        )
    ),
    services=tuple(
        service_facts(one)
        for one in (
            service("echo", "echo", {"name": "http", "port": 80, "targetPort": "p8080"}),
            service("echo-admin", "echo", {"name": "admin", "port": 81, "targetPort": 9000}),
            service("echo-lost", "echo", {"name": "lost", "port": 82, "targetPort": "nowhere"}),
            service("echo-odd", "echo", {"name": "odd", "port": 83, "targetPort": 7777}),
            service("pair", "pair", {"port": 80}),
            service("told", "told", {"port": 80}),
            service("shared", "shared", {"name": "http", "port": 80, "targetPort": 8080}),
            service("bald", "bald"),
            service("bare", "bare", {"port": 80}),
            service("twin", "twin", {"name": "a", "port": 1, "targetPort": 80}, {"name": "b", "port": 2}),
        )
    ),
)
FACTS = Facts(
    contexts=("desk", "far"),
    current_context="desk",
    by_context={
        "desk": ContextFacts(
            default_namespace="shop", namespaces=("shop", "default", "telelens"), inside={"shop": SHOP}
        )
    },
)


def found(text: str, facts: Facts = FACTS) -> list[Problem]:
    reading = read_specification(textwrap.dedent(text), "f")
    return check_live(reading.specifications[0], facts, "f")


def shown(text: str, problem: Problem) -> str:
    line = textwrap.dedent(text).splitlines()[problem.range.line - 1]
    return line[problem.range.column - 1 : problem.range.end_column - 1]


@pytest.mark.parametrize(
    ("text", "code", "where", "replacement"),
    [
        ("connection: {context: dest}\n", "unknown-context", "dest", "desk"),
        ("connection: {namespace: shup}\n", "unknown-namespace", "shup", "shop"),
        ("connection: {managerNamespace: teleens}\n", "unknown-namespace", "teleens", "telelens"),
        ("connection: {mappedNamespaces: [shop, shup]}\n", "unknown-namespace", "shup", "shop"),
        ("workloads: [{name: eco}]\n", "unknown-workload", "eco", "echo"),
        ("workloads: [{name: echo, namespace: shup}]\n", "unknown-namespace", "shup", "shop"),
        ("workloads: [{name: echo, intercepts: [{service: eco}]}]\n", "unknown-service", "eco", "echo"),
        ("workloads: [{name: echo, intercepts: [{service: pair}]}]\n", "unknown-service", "pair", None),
        ("workloads: [{name: lonely, intercepts: [{}]}]\n", "unknown-service", "lonely", None),
        ("workloads: [{name: echo, intercepts: [{port: htp}]}]\n", "unknown-port", "htp", "http"),
        ("workloads: [{name: echo, intercepts: [{port: 8080}]}]\n", "unknown-port", "8080", None),
        ("workloads: [{name: twin, intercepts: [{}]}]\n", "unknown-port", "{}", None),
        ("workloads: [{name: echo, intercepts: [{port: lost}]}]\n", "port-not-served", "lost", None),
        ("workloads: [{name: echo, intercepts: [{port: odd}]}]\n", "port-not-served", "odd", None),
        ("workloads: [{name: pair, intercepts: [{port: 80}]}]\n", "unknown-container", "80", None),
        ("workloads: [{name: pair, intercepts: [{port: 80, container: c4}]}]\n", "unknown-container", "c4", None),
        ("workloads: [{name: shared, intercepts: [{container: c1}]}]\n", "unknown-container", "c1", "c0"),
        (
            "handlers: [{name: h, docker: {compose: {services: [{name: db, mapping: {name: eco}}]}}}]\n",
            "unknown-service",
            "eco",
            "echo",
        ),
        (
            "handlers: [{name: h, docker: {compose: {services:"
            " [{name: db, mapping: {name: echo, namespace: shup}}]}}}]\n",
            "unknown-namespace",
            "shup",
            "shop",
        ),
        (
            "handlers: [{name: h, docker: {compose: {spec: {services:"
            " {db: {x-telepresence: {mapping: {name: eco, namespace: shop}}}}}}}}]\n",
            "unknown-service",
            "eco",
            "echo",
        ),
        (
            "handlers: [{name: h, docker: {compose: {services: [{name: db, mapping: {namespace: shup}}]}}}]\n",
            "unknown-namespace",
            "shup",
            "shop",
        ),
        (
            "connections: [{name: a, context: far}, {name: b, namespace: shop}]\n"
            "handlers: [{name: h, docker: {compose: {services: [{name: db, connection: b, mapping: {name: eco}},"
            " {name: other, mapping: {name: eco}}, {name: third, connection: c, mapping: {name: eco}}]}}}]\n",
            "unknown-service",
            "eco",
            "echo",
        ),
        (
            "connections: [{name: a, namespace: shop}]\nworkloads: [{name: a/eco}]\n",
            "unknown-workload",
            "a/eco",
            "a/echo",
        ),
    ],
)
def test_what_leads_nowhere(text: str, code: str, where: str, replacement: str | None) -> None:
    (problem,) = found(text)
    assert (problem.code.value, shown(text, problem)) == (code, where)
    assert problem.severity is Severity.WARNING
    meant = [fix.edits[0].text for fix in problem.fixes if not fix.is_choice]
    assert meant == ([replacement] if replacement is not None else [])


@pytest.mark.parametrize(
    "text",
    [
        "workloads: [{name: echo, intercepts: [{port: http}, {port: 81, service: echo-admin}]}]",
        "workloads: [{name: bare, intercepts: [{}]}]",  # containers need not declare their ports
        "workloads: [{name: pair, intercepts: [{container: c1}]}]",
        "workloads: [{name: told, intercepts: [{}]}]",  # an annotation says which container is meant
        "workloads: [{name: shared, intercepts: [{container: c0}]}]",
        "workloads: [{name: bald, intercepts: [{}]}]",  # a service need not have ports
        "workloads: [{name: pair, intercepts: [{container: '{{ env `A` }}'}]}]",
        "connection: {context: far, namespace: anything}\nworkloads: [{name: x}]",
        "connection: {kubeconfig: other, context: x, namespace: y}\nworkloads: [{name: x}]",
        "workloads: [{name: echo, namespace: default, intercepts: [{port: x}]}]",
        "handlers: [{name: h, docker: {compose: {services: [{name: d, mapping: {name: x, namespace: '{{ `y` }}'}}]}}}]",
        "workloads: [{name: '{{ env `A` }}', intercepts: [{port: '{{ env `B` }}'}]}]",
    ],
)
def test_what_is_there_or_not_known_is_right(text: str) -> None:
    assert found(text) == []


def test_which_container_serves_the_port_is_for_the_user_to_choose() -> None:
    (problem,) = found("workloads: [{name: pair, intercepts: [{port: 80}]}]\n")
    assert 'say which one serves it ("container"): c0 and c1' in problem.message
    assert [(fix.title, fix.is_choice) for fix in problem.fixes] == [
        ('Add "container: c0"', True),
        ('Add "container: c1"', True),
    ]


COMPOSE = """\
services:
  web: {x-telepresence: {behavior: remote, mapping: {name: eco}}}
  db: {x-telepresence: {mapping: {name: echo, namespace: shup}}}
  other: {x-telepresence: {mapping: {name: echo}}}
"""


@pytest.mark.parametrize(
    ("compose", "expected"),
    [
        ("{context: x, services: [{name: web}]}", [("db", "x"), ("web", "web")]),
        ("{context: x, services: [{name: db}, {name: web, mapping: {name: echo}}]}", [("db", "db")]),
        ("{context: y}", []),
        ("{spec: {services: {web: {}}}}", []),
    ],
)
def test_what_a_compose_file_maps_is_said_where_the_specification_leads_there(
    compose: str, expected: list[tuple[str, str]]
) -> None:
    text = f"handlers: [{{name: h, docker: {{compose: {compose}}}}}]\n"
    (specification,) = read_specification(text, "f").specifications
    described = [*described_in(specification, {"x": read_compose(COMPOSE, "compose.yaml")})]
    problems = check_live(specification, FACTS, "f", described=described)
    assert [(one.message.split('"')[1], shown(text, one)) for one in problems] == expected
    for one in problems:
        (related,) = one.related
        assert (one.file, related.file, one.fixes) == ("f", "compose.yaml", ())
        assert COMPOSE.splitlines()[related.range.line - 1].lstrip().startswith(one.message.split('"')[1])


def test_the_place_in_a_compose_file_is_no_place_in_a_template() -> None:
    text = '{{ "#\\n#\\n#\\n#" }}\nhandlers: [{name: h, docker: {compose: {context: {{ "x" }} }}}]\n'
    expanded = read_expanded(text, "f", environment={}, username="ada")
    files = {"x": read_compose(COMPOSE, "compose.yaml")}
    found = expanded.judged(lambda one: check_live(one, FACTS, "f", described=described_in(one, files)))
    assert [(one.range.line, one.related[0].range.line) for one in found] == [(2, 2), (2, 3)]


def test_a_cluster_is_asked_for_the_namespace_that_a_compose_file_leads_to() -> None:
    (specification,) = read_specification("handlers: [{name: h, docker: {compose: {}}}]\n", "f").specifications
    files = {
        "": read_compose("services: {web: {x-telepresence: {mapping: {name: a, namespace: far}}}}", "compose.yaml")
    }
    described = [*described_in(specification, files)]
    assert Place(namespace="far") in places_of(specification, [one.service for one in described])
    assert described[0].where.line == 1


FAR = ContextFacts(
    default_namespace="depot",
    namespaces=("depot", "shop"),
    inside={
        "depot": NamespaceFacts(workloads=(), services=(service_facts(service("stock", "stock", {"port": 80})),)),
        "shop": NamespaceFacts(workloads=(), services=()),
    },
)
BOTH = Facts(contexts=FACTS.contexts, current_context="desk", by_context={**FACTS.by_context, "far": FAR})
CONNECTIONS = "connections: [{name: a}, {name: b, context: far}, {name: c, context: far, namespace: shop}]\n"


@pytest.mark.parametrize(
    ("service_keys", "said"),
    [
        ("connection: a, mapping: {name: echo}", []),
        ("connection: a, mapping: {name: eco}", ['there is no Service "eco" in namespace shop: did you mean "echo"?']),
        ("connection: b, mapping: {name: echo}", ['there is no Service "echo" in namespace depot: there is stock']),
        ("connection: b, mapping: {name: stock}", []),
        (
            "connection: b, mapping: {name: stok}",
            ['there is no Service "stok" in namespace depot: did you mean "stock"?'],
        ),
        ("connection: c, mapping: {name: stock, namespace: depot}", []),
        ("connection: c, mapping: {name: stock}", ['there is no Service "stock" in namespace shop: there is none']),
        (
            "connection: b, mapping: {name: stock, namespace: depo}",
            ['the cluster has no namespace "depo": did you mean "depot"?'],
        ),
        ("mapping: {name: nothing}", []),  # it could be anywhere
        ("connection: d, mapping: {name: nothing}", []),  # that there is no such connection is said elsewhere
    ],
)
def test_a_compose_service_is_mapped_through_its_own_connection(service_keys: str, said: list[str]) -> None:
    handlers = f"handlers: [{{name: h, docker: {{compose: {{services: [{{name: s, {service_keys}}}]}}}}}}]\n"
    assert [one.message for one in found(CONNECTIONS + handlers, BOTH)] == said


def test_the_only_connection_may_have_a_name_too() -> None:
    # Of c, which is not there, something else is wrong.
    text = "connection: {name: b, context: far}\nhandlers: [{name: h, docker: {compose: {services: [SERVICE]}}}]\n"
    services = [f"{{name: s, {key}mapping: {{name: nothing}}}}" for key in ("", "connection: b, ", "connection: c, ")]
    assert [one.code.value for one in found(text.replace("SERVICE", ", ".join(services)), BOTH)] == [
        "unknown-service"
    ] * 2


FLAGGED = "connections: [{name: a, kubeFlags: {as: ann}, namespace: lost}, {name: b, context: far}]\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("connection: {namespace: lost}\nworkloads: [{name: eco}]\n", ["unknown-namespace"]),
        ("connection: {namespace: lost, kubeFlags: {as: ann}}\nworkloads: [{name: eco}]\n", []),
        ("connection: {context: lost, kubeFlags: {as: ann}}\n", ["unknown-context"]),
        (FLAGGED + "workloads: [{name: a/eco, namespace: lost}, {name: b/eco}]\n", ["unknown-workload"]),
        (
            FLAGGED
            + "handlers: [{name: h, docker: {compose: {services: ["
            + "{name: s, connection: a, mapping: {name: x, namespace: lost}},"
            + "{name: t, connection: b, mapping: {name: x}}]}}}]\n",
            ["unknown-service"],
        ),
    ],
)
def test_what_a_connection_with_flags_of_its_own_leads_to_is_not_known(text: str, codes: list[str]) -> None:
    assert [one.code.value for one in found(text, BOTH)] == codes


NAMES = NamespaceFacts(
    workloads=(
        workload_facts(
            {
                "kind": "Deployment",
                "metadata": {"name": "dns"},
                "spec": {
                    "template": {
                        "metadata": {"labels": {"app": "dns"}},
                        "spec": {"containers": [{"name": "c", "ports": [{"containerPort": 53, "protocol": "UDP"}]}]},
                    }
                },
            }
        ),
    ),
    services=(
        service_facts(
            service(
                "dns",
                "dns",
                {"name": "query", "port": 53, "protocol": "UDP"},
                {"name": "transfer", "port": 53, "protocol": "TCP"},
            )
        ),
    ),
)


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("query", []),
        ("53", []),  # one of the two is served
        (
            "transfer",
            ["no container of Deployment dns declares port 53, to which port transfer (53) leads; declared: 53/UDP"],
        ),
    ],
)
def test_a_udp_port_is_not_the_tcp_port_of_its_number(port: str, said: list[str]) -> None:
    facts = Facts(current_context="desk", by_context={"desk": ContextFacts(inside={"default": NAMES})})
    assert [
        one.message for one in found(f"workloads: [{{name: dns, intercepts: [{{port: {port}}}]}}]\n", facts)
    ] == said


def test_nothing_known_is_nothing_wrong() -> None:
    text = "connection: {context: x, namespace: y}\nworkloads: [{name: x, intercepts: [{port: 1}]}]"
    assert found(text, Facts()) == []


def test_a_large_cluster_is_searched_in_time() -> None:
    facts = Facts(
        current_context="desk",
        by_context={
            "desk": ContextFacts(
                inside={
                    "default": NamespaceFacts(
                        workloads=tuple(workload_facts(workload(f"w{number}", 80)) for number in range(2000)),
                        services=tuple(
                            service_facts(service(f"w{number}", f"w{number}", {"port": 80})) for number in range(2000)
                        ),
                    )
                }
            )
        },
    )
    text = "workloads:\n" + "".join(f"- {{name: w{number}, intercepts: [{{port: 80}}]}}\n" for number in range(2000))
    specification = read_specification(text, "f").specifications[0]
    began = time.process_time()
    assert check_live(specification, facts, "f") == []
    assert time.process_time() - began < 2


def test_a_thousand_wrong_names_among_a_thousand_right_ones_are_named_quickly() -> None:
    known = NamespaceFacts(workloads=tuple(workload_facts(workload(f"w{number}-right")) for number in range(1000)))
    facts = Facts(current_context="desk", by_context={"desk": ContextFacts(inside={"default": known})})
    text = "workloads:\n" + "".join(f"- name: w{number}-wrong\n" for number in range(1000))
    specification = read_specification(text, "f").specifications[0]
    began = time.process_time()
    found = check_live(specification, facts, "f")
    assert time.process_time() - began < 2
    assert len(found) == 1000
    assert len([one for one in found if "did you mean" in one.message]) == 10
