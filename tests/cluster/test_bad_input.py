"""What goes wrong when people do: one clear line each, that says what to do; nothing left behind, no pod lost."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fixtures import manifests
from fixtures.desk import Desk
from fixtures.manager import Manager
from fixtures.namespace import Application, Namespace
from fixtures.users import Rights, User
from fixtures.waiting import eventually


@pytest.fixture
def kubeconfig(desk: Desk) -> dict[str, Any]:
    """Ada's, to be spoiled."""
    loaded: dict[str, Any] = yaml.safe_load(desk.user.kubeconfig.read_text())
    return loaded


def _connect_with(desk: Desk, kubeconfig: dict[str, Any], *more: str) -> Any:
    file = desk.folder / "spoiled.kubeconfig"
    file.write_text(yaml.safe_dump(kubeconfig))
    return desk.telelens("connect", "--kubeconfig", str(file), "--format", "json", *more, timeout=60)


class Untouched:
    """An application that must look afterwards as before."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._pods = {pod["metadata"]["uid"] for pod in application.pods()}
        self._generation = application.object()["metadata"]["generation"]

    def check(self, desk: Desk) -> None:
        application = self.application
        assert {pod["metadata"]["uid"] for pod in application.pods()} == self._pods, "the same pods as before"
        assert application.object()["metadata"]["generation"] == self._generation, "the workload is as it was"
        assert application.answered_by() in application.pod_names()
        assert desk.intercepts() == []


# Connecting


def test_an_api_server_that_refuses(desk: Desk, kubeconfig: dict[str, Any]) -> None:
    kubeconfig["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"

    result = _connect_with(desk, kubeconfig)

    result.failed().about("127.0.0.1:1")
    assert result.seconds < 30


def test_an_api_server_that_never_answers(desk: Desk, kubeconfig: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        if desk.cluster.local is not None:
            # A listener here is nobody's at the desk; an address without a host drops what it is sent.
            address = "10.255.255.1:6443"
        kubeconfig["clusters"][0]["cluster"]["server"] = f"https://{address}"

        result = _connect_with(desk, kubeconfig)

    result.failed().about(address)
    assert result.seconds < 55


def test_a_server_name_that_does_not_exist(desk: Desk, kubeconfig: dict[str, Any]) -> None:
    kubeconfig["clusters"][0]["cluster"]["server"] = "https://no-such-host.invalid:6443"

    _connect_with(desk, kubeconfig).failed().about("no-such-host.invalid")


def test_a_server_that_is_not_the_one_of_the_kubeconfig(desk: Desk, kubeconfig: dict[str, Any], tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "other.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subject = ["-subj", "/CN=somebody-else", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *subject], check=True, capture_output=True)
    cluster = kubeconfig["clusters"][0]["cluster"]
    cluster["certificate-authority-data"] = base64.b64encode(certificate.read_bytes()).decode()

    _connect_with(desk, kubeconfig).failed().about(cluster["server"].removeprefix("https://"))


@pytest.mark.parametrize("what", ["expired", "missing"])
def test_credentials_that_are_no_good(desk: Desk, kubeconfig: dict[str, Any], what: str) -> None:
    kubeconfig["users"][0]["user"] = {"token": "long-expired"} if what == "expired" else {}

    failure = _connect_with(desk, kubeconfig).failed().about()

    assert "credentials" in failure.message or "log in" in failure.hint, failure


def test_a_credential_plugin_that_is_not_installed(desk: Desk, kubeconfig: dict[str, Any]) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-plugin", "interactiveMode": "Never"}
    kubeconfig["users"][0]["user"] = {"exec": plugin}

    _connect_with(desk, kubeconfig).failed().about("no-such-plugin")


def test_a_context_that_is_misspelled(desk: Desk, kubeconfig: dict[str, Any]) -> None:
    name = kubeconfig["contexts"][0]["name"]

    _connect_with(desk, kubeconfig, "--context", name + "x").failed().about(name + "x", name)


def test_a_kubeconfig_that_is_not_there(desk: Desk) -> None:
    result = desk.telelens("connect", "--kubeconfig", "/no/such/file", "--format", "json")

    result.failed().about("/no/such/file")


def test_a_kubeconfig_that_is_no_yaml(desk: Desk) -> None:
    file = desk.folder / "broken"
    file.write_text("clusters: [\n")

    desk.telelens("connect", "--kubeconfig", str(file), "--format", "json").failed().about(str(file))


def test_no_manager_in_that_namespace(
    desk: Desk, make_namespace: Callable[..., Namespace], rights: Rights, manager: Manager
) -> None:
    empty = make_namespace()
    rights.bind(desk.user, "telelens-user", namespace=empty.name)

    result = desk.telelens("connect", "--manager-namespace", empty.name, "--format", "json")

    result.failed().about(empty.name, "telelens helm install")
    assert desk.sessions() == []
    assert empty.get("sessions.telelens.dev") in ([], None)


def test_a_namespace_that_does_not_exist(desk: Desk) -> None:
    """Who may read namespaces is told; everybody else is warned (test_rights)."""
    kubeconfig = desk.cluster.kubectl.kubeconfig
    where = ["--kubeconfig", str(kubeconfig), "--namespace", "kube-sistem", "--format", "json"]

    desk.telelens("connect", *where).failed().about("kube-sistem", "kube-system")

    assert desk.sessions() == []


def test_connected_elsewhere_already(desk: Desk, make_namespace: Callable[..., Namespace]) -> None:
    desk.connect()
    assert desk.connect().json()["alreadyConnected"], "twice is once"

    result = desk.telelens("connect", "--namespace", "another", "--format", "json")

    result.failed().about("another", desk.namespace, "telelens quit")
    assert desk.status()["connection"]["namespace"] == desk.namespace


def test_not_connected(desk: Desk) -> None:
    for command in (["intercept", "echo", "--port", "1234"], ["list"], ["leave", "echo"]):
        desk.telelens(*command, "--format", "json").failed().about("telelens connect")
    assert desk.status()["intercepts"] == []


# Intercepting


@pytest.fixture
def untouched(namespace: Namespace) -> Untouched:
    """A workload without an agent, with two ports."""
    application = namespace.application("greeter", injected=False, ports={"http": 8080, "admin": 9090})
    namespace.apply(manifests.service("greeter", ports={"http": (80, "http"), "admin": (8081, "admin")}))
    return Untouched(application)


def test_a_workload_that_is_misspelled(desk: Desk, untouched: Untouched) -> None:
    result = desk.try_intercept("greter", port=desk.free_port())

    result.failed().about('"greter"', "greeter", desk.namespace)
    untouched.check(desk)


def test_a_workload_in_another_namespace(desk: Desk, untouched: Untouched) -> None:
    result = desk.try_intercept("greeter", "--namespace", "nowhere", port=desk.free_port())

    result.failed().about("nowhere")
    untouched.check(desk)


def test_a_service_that_is_misspelled(desk: Desk, untouched: Untouched) -> None:
    result = desk.try_intercept("greeter", "--service", "greetr", port=f"{desk.free_port()}:http")

    result.failed().about('"greetr"', "greeter")
    untouched.check(desk)


@pytest.mark.parametrize(("asked", "meant"), [("htpp", "http"), ("81", "80")], ids=["name", "number"])
def test_a_port_that_the_service_does_not_have(desk: Desk, untouched: Untouched, asked: str, meant: str) -> None:
    result = desk.try_intercept("greeter", port=f"{desk.free_port()}:{asked}")

    result.failed().about(asked, meant)
    untouched.check(desk)


def test_a_port_that_is_not_said_where_there_are_two(desk: Desk, untouched: Untouched) -> None:
    result = desk.try_intercept("greeter", port=desk.free_port())

    result.failed().about("http", "admin")
    untouched.check(desk)


def test_a_container_that_is_misspelled(desk: Desk, untouched: Untouched) -> None:
    result = desk.try_intercept("greeter", "--container", "aplication", port=f"{desk.free_port()}:http")

    result.failed().about("aplication", "application")
    untouched.check(desk)


@pytest.mark.parametrize("port", ["http", "99999", "80:", "8080:http:x", "-1"])
def test_a_port_mapping_that_is_none(desk: Desk, untouched: Untouched, port: str) -> None:
    desk.connect()

    result = desk.telelens("intercept", "greeter", f"--port={port}", "--format", "json")

    assert result.code == 2, f"usage: {result}"
    assert "Traceback" not in result.stderr
    untouched.check(desk)


def test_a_service_that_selects_nothing_of_it(desk: Desk, namespace: Namespace) -> None:
    namespace.application("lonely", injected=False)
    namespace.run("delete", "service", "lonely")

    result = desk.try_intercept("lonely", port=desk.free_port())

    result.failed().about("lonely", "Service")
    assert desk.intercepts() == []


def test_an_intercept_that_exists(desk: Desk, namespace: Namespace) -> None:
    application = namespace.application()
    server = desk.local_server()
    desk.intercept("echo", port=server.port)

    result = desk.try_intercept("echo", port=desk.free_port())

    result.failed().about('"echo"', "telelens leave")
    assert application.answered_by() == desk.name, "the one that was there stays"


def test_a_local_port_that_another_intercept_uses(desk: Desk, namespace: Namespace, untouched: Untouched) -> None:
    namespace.application()
    server = desk.local_server()
    desk.intercept("echo", port=server.port)

    result = desk.try_intercept("greeter", port=f"{server.port}:http")

    result.failed().about(str(server.port), '"echo"')
    desk.leave("echo")
    untouched.check(desk)


def test_an_intercept_to_leave_that_does_not_exist(desk: Desk, namespace: Namespace) -> None:
    namespace.application()
    desk.intercept("echo", port=desk.free_port())

    desk.telelens("leave", "ecko", "--format", "json").failed().about("ecko", "echo")

    assert len(desk.intercepts()) == 1


def test_nothing_listens_at_the_desk(desk: Desk, namespace: Namespace) -> None:
    """A warning, not an error: people start the intercept first and the program then."""
    namespace.application()
    port = desk.free_port()

    result = desk.try_intercept("echo", port=port).succeeded()

    assert [line for line in result.stderr.splitlines() if f"127.0.0.1:{port}" in line and "listen" in line]


def test_ctrl_c_while_it_is_made_leaves_nothing(desk: Desk, untouched: Untouched, namespace: Namespace) -> None:
    # A pod that never becomes ready keeps the rollout, and the command, waiting.
    stuck = manifests.workload("stuck", probes={"readinessProbe": {"exec": {"command": ["false"]}}})
    namespace.apply(stuck, manifests.service("stuck"))
    desk.connect()
    running = desk.start_telelens("intercept", "stuck", "--port", str(desk.free_port()))
    eventually(lambda: len(desk.intercepts()) == 1)

    running.interrupt()

    assert running.wait() != 0
    eventually(lambda: desk.intercepts() == [])
    untouched.check(desk)


# The command after --, and handlers


def test_a_command_that_does_not_exist(desk: Desk, namespace: Namespace) -> None:
    namespace.application()
    desk.connect()

    result = desk.telelens("intercept", "echo", "--port", str(desk.free_port()), "--", "no-such-program")

    assert result.code == 2
    assert "no-such-program" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Using" not in result.stdout, "nothing was asked of the cluster"
    assert desk.intercepts() == []


def test_an_environment_that_its_file_cannot_hold(desk: Desk, namespace: Namespace, tmp_path: Path) -> None:
    application = namespace.application(environment=[{"name": "PEM", "value": "-----BEGIN\nEND-----"}])
    file = tmp_path / "echo.env"
    port = desk.local_server().port

    refused = desk.try_intercept("echo", "--env-file", str(file), "--env-syntax", "docker", port=port)

    refused.failed().about("PEM", "--env-json")
    assert desk.intercepts() == []
    assert application.answered_by() in application.pod_names()
    made = desk.try_intercept("echo", "--env-file", str(file), port=port).succeeded()
    assert "lacks PEM" in made.stderr
    assert "PEM" not in file.read_text()


def test_the_exit_status_of_a_command_is_passed_on(desk: Desk, namespace: Namespace) -> None:
    namespace.application()
    desk.connect()

    result = desk.telelens("intercept", "echo", "--port", str(desk.free_port()), "--", "sh", "-c", "exit 7")

    assert result.code == 7
    eventually(lambda: desk.intercepts() == [])


def _specification(desk: Desk, run: str, port: int) -> Path:
    file = desk.folder / "echo.ispec.yaml"
    handler = {"name": "mine", "script": {"run": run, "shell": "sh"}}
    intercept = {"handler": "mine", "port": "http", "localPort": port}
    workloads = [{"name": "echo", "intercepts": [intercept]}]
    connection = {"namespace": desk.namespace}
    file.write_text(
        json.dumps({"name": "echo", "connection": connection, "handlers": [handler], "workloads": workloads})
    )
    return file


def test_a_handler_that_exits(desk: Desk, namespace: Namespace) -> None:
    application = namespace.application()
    file = _specification(desk, "echo I cannot; exit 3", desk.free_port())

    result = desk.telelens("intercept", "run", file)

    assert result.code == 1
    assert "mine" in result.stderr, f"names the handler: {result}"
    assert "3" in result.stderr, f"and its exit status: {result}"
    assert "Traceback" not in result.stderr
    assert desk.intercepts() == []
    assert application.answered_by() in application.pod_names()


def test_a_handlers_port_that_is_taken(desk: Desk, namespace: Namespace) -> None:
    application = namespace.application()
    taken = desk.local_server()
    file = _specification(desk, "sleep 60", taken.port)

    result = desk.telelens("intercept", "run", file)

    assert result.code == 1
    assert str(taken.port) in result.stderr, f"names the port: {result}"
    assert "mine" in result.stderr, f"names the handler: {result}"
    assert desk.intercepts() == []
    assert application.answered_by() in application.pod_names()


def test_a_specification_with_errors_is_not_run(desk: Desk, untouched: Untouched) -> None:
    file = desk.folder / "wrong.ispec.yaml"
    file.write_text("name: x\nhandlrs: []\nworkloads:\n  - name: greeter\n    intercepts:\n      - handler: nobody\n")

    result = desk.telelens("intercept", "run", file)

    assert result.code == 1
    assert "handlrs" in result.stderr
    assert "handlers" in result.stderr, f"did you mean: {result}"
    assert desk.sessions() == []
    untouched.check(desk)


def test_a_specification_ends_with_ctrl_c(desk: Desk, namespace: Namespace) -> None:
    application = namespace.application()
    port = desk.free_port()
    program = manifests.PROGRAMS / "application.py"
    file = _specification(desk, f"exec {sys.executable} -u {program} --who mine --host 127.0.0.1 --port {port}", port)
    running = desk.start_telelens("intercept", "run", file)
    application.until_answered_by("mine")

    running.interrupt()

    assert running.wait() == 0
    assert desk.intercepts() == []
    assert desk.sessions() == [], "the connection that the run made ends with it"
    assert not [seen for seen in desk.processes() if "application.py" in " ".join(seen.command)]
    application.until_answered_by(*application.pod_names())


def test_a_handler_that_runs_nothing_is_a_service_that_is_down(desk: Desk, namespace: Namespace) -> None:
    application = namespace.application()
    file = desk.folder / "down.ispec.yaml"
    file.write_text(f"""\
connection: {{namespace: {namespace.name}}}
handlers: [{{name: nobody}}]
workloads:
  - name: echo
    intercepts: [{{handler: nobody, port: http, localPort: {desk.free_port()}}}]
""")
    running = desk.start_telelens("intercept", "run", file)
    running.line("ready; Ctrl-C undoes it")
    application.until_answered_by("")

    running.interrupt()

    assert running.wait() == 0
    application.until_answered_by(*application.pod_names())


# What the cluster refuses


@pytest.mark.parametrize("level", ["baseline", "restricted"])
def test_a_namespace_that_refuses_net_admin(
    make_namespace: Callable[..., Namespace],
    make_desk: Callable[[User, str], Desk],
    user: User,
    rights: Rights,
    level: str,
) -> None:
    strict = make_namespace({"pod-security.kubernetes.io/enforce": level})
    rights.bind(user, "telelens-intercept", namespace=strict.name)
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True}
    made = manifests.workload("echo", pod={"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}})
    made["spec"]["template"]["spec"]["containers"][0]["securityContext"] = security
    strict.apply(manifests.programs(), made, manifests.service("echo"))
    application = Application(strict, "Deployment", "echo")
    application.wait_ready()
    untouched = Untouched(application)
    desk = make_desk(user, "ada")
    desk.connect()

    result = desk.telelens(
        "intercept", "echo", "--namespace", strict.name, "--port", str(desk.free_port()), "--format", "json"
    )

    result.failed().about("echo", "NET_ADMIN")
    assert result.seconds < 45
    untouched.check(desk)


@pytest.fixture
def unpullable(manager: Manager) -> Iterator[str]:
    """The name of an agent's image that nobody can pull; the right one is back afterwards."""
    manager.upgrade("--set", "agent.image.repository=localhost:1/no-such-agent")
    yield "localhost:1/no-such-agent"
    manager.upgrade()


@pytest.mark.parametrize(("kind", "replicas"), [("Deployment", 1), ("StatefulSet", 2)])
def test_an_agent_image_that_cannot_be_pulled(
    namespace: Namespace, desk: Desk, unpullable: str, kind: str, replicas: int
) -> None:
    application = namespace.application(kind=kind, replicas=replicas, injected=False)
    before = application.pod_names()
    load = application.service.load()

    result = desk.try_intercept("echo", port=desk.free_port(), timeout=120)

    failure = result.failed().about("echo", unpullable)
    assert result.seconds < 60, failure
    assert desk.intercepts() == []

    def as_before() -> bool:
        template = application.object()["spec"]["template"]["metadata"].get("annotations", {})
        return "telelens.dev/inject-traffic-agent" not in template and application.ready()

    eventually(as_before)
    namespace.wait_ready(application.reference)
    if kind == "Deployment":
        # Its pods were never taken away. A StatefulSet takes one away before it makes the next.
        assert application.pod_names() == before
    counted = load.stop()
    assert not counted.failures, str(counted)
