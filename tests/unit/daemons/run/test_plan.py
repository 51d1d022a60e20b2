"""What a run will do, from the text alone."""

from __future__ import annotations

import pytest
from telelens_daemons.errors import UserError
from telelens_daemons.handlers.debug.debugpy import DebugSettings
from telelens_daemons.run.plan import make_plan
from telelens_schemas.wire.daemon_pb2 import ConnectRequest, RunRequest

TEXT = """\
handlers:
  - name: web
    script: {run: serve}
    debug: {type: debugpy, port: 5678, waitForClient: true, justMyCode: false, subProcess: false}
  - name: worker
    script: {run: work}
  - name: idle
    script: {run: unused}
  - name: down
workloads:
  - name: shop
    namespace: front
    intercepts:
      - {name: a, handler: web, port: 80, localPort: 9001, service: shop-svc}
      - {name: b, handler: web, port: grpc, localPort: 9002}
      - {name: c, handler: worker, port: 81, localPort: 9003, enabled: false}
  - name: echo
    intercepts:
      - {handler: down, localPort: 9004}
"""
PREVIEW = """\
handlers: [{name: web, script: {run: serve}}]
workloads:
  - name: echo
    intercepts: [{handler: web, port: 80%s}]
"""


def plan(text: str = TEXT, **more: str) -> object:
    return make_plan(RunRequest(file="x.yaml", text=text, **more))  # type: ignore[arg-type]


def test_enabled_intercepts_in_order() -> None:
    made = make_plan(RunRequest(file="x.yaml", text=TEXT))
    assert [(one.name, one.workload, one.namespace, one.service) for one in made.intercepts] == [
        ("a", "shop", "front", "shop-svc"),
        ("b", "shop", "front", ""),
        ("echo", "echo", "", ""),
    ]
    ports = [(port.local_port, port.service_port) for one in made.intercepts for port in one.ports]
    assert ports == [(9001, "80"), (9002, "grpc"), (9004, "")]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("", False),
        ("true", True),
        ("false", False),
        ("{enable: false}", False),
        ("{enable: true, banner: false}", True),
    ],
)
def test_a_preview_url_is_asked_for_as_written(written: str, wanted: bool) -> None:
    key = f", previewURL: {written}" if written else ""
    (one,) = make_plan(RunRequest(file="x.yaml", text=PREVIEW % key)).intercepts
    assert one.HasField("preview") is wanted
    assert one.preview.no_banner is ("banner" in written)
    assert not one.preview.HasField("ingress")


def test_a_preview_enters_where_the_specification_says() -> None:
    ingress = "{host: front.web, port: 443, tls: true, l5host: shop.example.com}"
    text = PREVIEW % f", previewURL: {{ingress: {ingress}}}"
    (one,) = make_plan(RunRequest(file="x.yaml", text=text)).intercepts
    found = one.preview.ingress
    assert (found.host, found.port, found.tls, found.l5host) == ("front.web", 443, True, "shop.example.com")


def test_only_handlers_that_serve_something_and_run_something() -> None:
    made = make_plan(RunRequest(file="x.yaml", text=TEXT))
    assert [(one.handler.name, one.intercepts, one.ports) for one in made.handlers] == [
        ("web", ("a", "b"), (9001, 9002))
    ]
    assert made.handlers[0].debug == DebugSettings(
        port=5678, wait_for_client=True, just_my_code=False, sub_process=False
    )


def test_the_name_is_the_files() -> None:
    assert make_plan(RunRequest(file="a/b/echo.ispec.yaml", text=TEXT)).name == "echo"


@pytest.mark.parametrize(
    ("connect", "text", "expected"),
    [
        (ConnectRequest(environment={"A": "b"}), TEXT, True),
        (ConnectRequest(context="there"), TEXT, False),
        (ConnectRequest(), "connection: {namespace: mine}\n" + TEXT, False),
    ],
)
def test_any_connection_will_do_where_nobody_says_which(connect: ConnectRequest, text: str, expected: bool) -> None:
    assert make_plan(RunRequest(file="x.yaml", text=text, connect=connect)).takes_any_connection is expected


def test_several_specifications_in_a_file_are_refused() -> None:
    with pytest.raises(UserError, match=r"holds 2 specifications \(x, y\)"):
        plan(f"name: x\n{TEXT}---\nname: y\n{TEXT}")


def test_unknown_kubectl_flags_are_refused() -> None:
    with pytest.raises(UserError, match='unknown flag "contxt"'):
        plan("connection: {kubeFlags: {contxt: a}}\n" + TEXT)


def test_kubectl_flags_reach_the_request() -> None:
    flags = "connection: {kubeFlags: {as: someone, as-group: 'a,b', insecure-skip-tls-verify: 'true', server: s}}\n"
    made = make_plan(RunRequest(file="x.yaml", text=flags + TEXT)).connect.flags
    assert (made.as_user, list(made.as_groups), made.insecure_skip_tls_verify, made.server) == (
        "someone",
        ["a", "b"],
        True,
        "s",
    )


def test_files_of_a_connection_are_seen_from_where_it_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    flags = "{certificate-authority: ca.pem, client-certificate: ~/one.pem, client-key: /k.pem, user: ./someone}"
    text = f"connection: {{kubeconfig: ../k:~nobody-here/k, kubeFlags: {flags}}}\n{TEXT}"
    made = make_plan(RunRequest(file="x.yaml", text=text, working_directory="/shop")).connect
    assert made.kubeconfig == "/k:/shop/~nobody-here/k"
    files = (made.flags.certificate_authority, made.flags.client_certificate, made.flags.client_key)
    assert files == ("/shop/ca.pem", "/home/ada/one.pem", "/k.pem")
    assert made.flags.user == "./someone"


def test_the_container_of_a_specification_is_asked_for() -> None:
    intercepts = "{name: a, port: 80, container: web}, {name: b, port: 81, localPort: 8081}"
    text = f"workloads: [{{name: echo, intercepts: [{intercepts}]}}]"
    made = make_plan(RunRequest(file="x.yaml", text=text))
    assert [one.container for one in made.intercepts] == ["web", ""]


def test_filters_of_a_specification() -> None:
    text = """\
workloads:
  - name: echo
    intercepts:
      - {name: a, headers: [{name: x-dev, value: ada}, {name: x-id, value: auto}], pathPrefix: /api}
      - {name: b, pathRegexp: "/v[0-9]+", localPort: 8081}
      - {name: c, pathEqual: /x, localPort: 8082}
  - name: other
    intercepts:
      - {name: d, port: 81, localPort: 8083}
"""
    made = make_plan(RunRequest(file="x.yaml", text=text))
    found = [
        ([(header.name, header.value) for header in one.headers], (one.path.kind, one.path.value))
        for one in made.intercepts
    ]
    assert found == [
        ([("x-dev", "ada"), ("x-id", "auto")], ("prefix", "/api")),
        ([], ("regex", "/v[0-9]+")),
        ([], ("equal", "/x")),
        ([], ("", "")),
    ]
    assert not made.intercepts[3].HasField("path")
