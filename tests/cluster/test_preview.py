"""A preview URL: whoever opens it gets what its developer's program answers; everybody else is answered as before."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from fixtures import manifests
from fixtures.caller import Answer, CallFailed, Place
from fixtures.desk import Desk
from fixtures.namespace import Namespace
from fixtures.stage import PREVIEW_DOMAIN
from fixtures.users import Rights, binding, role
from fixtures.waiting import eventually


def opened(gateway: Place, url: str, path: str = "/who") -> Answer:
    """As a browser does that was given the URL."""
    return gateway.ask(path, headers={"Host": urlsplit(url).netloc})


def shown_by(gateway: Place, url: str) -> str:
    """Who answers; the status where nobody does."""
    try:
        answer = opened(gateway, url)
    except CallFailed:
        return ""
    return answer.who or str(answer.status)


def test_without_a_domain_the_intercept_is_made_and_the_reason_said(namespace: Namespace, desk: Desk) -> None:
    """As the chart has it by itself."""
    application = namespace.application()
    made = desk.intercept("echo", "--http-header", "x-user=ada", "--preview-url", port=desk.local_server().port)
    assert "preview.url" in made["previewDeniedReason"]
    assert application.service.ask(headers={"x-user": "ada"}).who == desk.name


def test_whoever_has_the_url_sees_the_program_on_the_desk(
    gateway: Place, namespace: Namespace, desk: Desk, second_desk: Desk
) -> None:
    application = namespace.application()
    own = desk.intercept("echo", "--http-header", "auto", "--preview-url", port=desk.local_server().port)
    hers = second_desk.intercept(
        "hers",
        "--workload",
        "echo",
        "--http-header",
        "x-user=grace",
        "--preview-url",
        port=second_desk.local_server().port,
    )
    assert urlsplit(own["previewUrl"]).hostname.endswith(f".{PREVIEW_DOMAIN}")
    assert own["previewUrl"] != hers["previewUrl"]

    for _ in range(6):  # by either replica
        eventually(lambda: shown_by(gateway, own["previewUrl"]) == desk.name)
        eventually(lambda: shown_by(gateway, hers["previewUrl"]) == second_desk.name)
    assert application.answered_by() in application.pod_names(), "everybody else is answered as before"

    guessed = own["previewUrl"].replace("//", "//0")
    assert (opened(gateway, guessed).status, opened(gateway, f"http://{PREVIEW_DOMAIN}").status) == (404, 404)

    desk.leave("echo")
    eventually(lambda: shown_by(gateway, own["previewUrl"]) == "404")
    assert shown_by(gateway, hers["previewUrl"]) == second_desk.name


def test_the_url_enters_where_it_is_told_to(
    gateway: Place, namespace: Namespace, desk: Desk, make_namespace: Callable[..., Namespace], rights: Rights
) -> None:
    """Behind a Service of another name; into another namespace only for those who may forward ports there."""
    namespace.application()
    namespace.apply(manifests.service("front", selects="echo", ports={"http": (8000, "http")}))
    ingress = ("--ingress-port", "8000", "--ingress-l5", "shop.example.com")
    port = desk.local_server().port
    made = desk.intercept("echo", "--http-header", "auto", "--ingress-host", "front", *ingress, port=port)
    eventually(lambda: shown_by(gateway, made["previewUrl"]) == desk.name)
    desk.leave("echo")

    elsewhere = make_namespace()
    other = ("--ingress-host", f"echo.{elsewhere.name}", "--ingress-port", "80")
    elsewhere.application(injected=False)
    refused = desk.intercept("echo", "--http-header", "auto", *other, port=port)
    assert not refused.get("previewUrl")
    assert f"pods/portforward in namespace {elsewhere.name}" in refused["previewDeniedReason"]
    desk.leave("echo")

    forwarding = {"apiGroups": [""], "resources": ["pods/portforward"], "verbs": ["create"]}
    rights.grant(
        role("forward", forwarding, namespace=elsewhere.name),
        binding(desk.user, "forward", kind="Role", namespace=elsewhere.name),
    )
    allowed = desk.intercept("echo", "--http-header", "auto", *other, port=port)
    (pod,) = elsewhere.get("pods")
    eventually(lambda: shown_by(gateway, allowed["previewUrl"]) == pod["metadata"]["name"])


def test_a_specification_asks_for_one_and_it_ends_with_the_run(
    gateway: Place, namespace: Namespace, desk: Desk
) -> None:
    namespace.application()
    port = desk.free_port()
    program = manifests.PROGRAMS / "application.py"
    file = desk.folder / "echo.ispec.yaml"
    file.write_text(
        f"""\
connection: {{namespace: {namespace.name}}}
handlers:
  - name: mine
    script: {{run: exec {sys.executable} -u {program} --who mine --host 127.0.0.1 --port {port}, shell: sh}}
workloads:
  - name: echo
    intercepts:
      - {{handler: mine, port: http, localPort: {port}, headers: [{{name: x-user, value: ada}}], previewURL: true}}
"""
    )
    running = desk.start_telelens("intercept", "run", str(file))
    url = running.line("Preview URL: ").partition("Preview URL: ")[2].strip()
    running.line("ready; Ctrl-C undoes it")
    eventually(lambda: shown_by(gateway, url) == "mine")
    running.interrupt()
    assert running.wait() == 0
    eventually(lambda: shown_by(gateway, url) == "404")


def test_a_desk_that_is_away_shows_nothing_in_its_place(gateway: Place, namespace: Namespace, desk: Desk) -> None:
    """The application's own answer would be taken for the developer's. What was shared works again afterwards."""
    application = namespace.application()
    made = desk.intercept("echo", "--http-header", "auto", "--preview-url", port=desk.local_server().port)
    eventually(lambda: shown_by(gateway, made["previewUrl"]) == desk.name)
    daemon = desk.must_daemon().pid
    os.kill(daemon, signal.SIGSTOP)
    try:
        eventually(lambda: shown_by(gateway, made["previewUrl"]) == "503")
    finally:
        os.kill(daemon, signal.SIGCONT)
    eventually(lambda: shown_by(gateway, made["previewUrl"]) == desk.name)
    application.scale(0)
    eventually(lambda: shown_by(gateway, made["previewUrl"]) == "503")
    application.scale(1)
    eventually(lambda: shown_by(gateway, made["previewUrl"]) == desk.name)
