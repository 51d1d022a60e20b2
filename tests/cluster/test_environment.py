"""The handler's environment is the container's, to the last character."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from fixtures import manifests
from fixtures.desk import Desk
from fixtures.namespace import Application, Namespace
from fixtures.users import Rights

NEVER = {"PATH", "HOME", "HOSTNAME", "PWD", "SHELL", "TERM", "PYTHONHOME", "SHLVL", "_", "OLDPWD"}
"""Belong to the place where a process runs, not to the application."""

FROM_THE_IMAGE = {"LANG", "LC_CTYPE", "PYTHONUNBUFFERED"}
"""Stand in the image and not in the pod, so that nobody outside the container sees them."""

AWKWARD = {
    "LINES": "first\nsecond\n\n  fourth, indented\n",
    "DOLLARS": "$HOME ${HOME} $$ $1 `id`",
    "QUOTES": """it's "quoted" \\ and \\n not a line""",
    "SPACES": "  around  ",
    "HASH": "a # b ; c & d | e",
    "EQUALS": "a=b=c",
    "UNICODE": "Grüße, 世界 🙂",
    "EMPTY": "",
    "CARRIAGE": "a\r\nb",
    "JSON": '{"a": ["b", 1.5], "c": "d\\"e"}',
    "PERCENT": "%s %(x)s {y}",
    "dotted.name": "no shell can name it",
    "with-dash": "nor this",
}


def _object(kind: str, name: str, data: dict[str, str]) -> dict[str, Any]:
    field = "stringData" if kind == "Secret" else "data"
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, field: data}


def _application(namespace: Namespace, *, for_a_shell: bool = False, **more: Any) -> Application:
    """With an environment from every source that Kubernetes has; `for_a_shell`: without names that no shell has."""
    every = {"FROM_MAP": "from\nthe map $(EQUALS)", "EQUALS": "shadowed", "app.py": "import this\n"}
    literals: list[dict[str, Any]] = [
        # Two dollars are how a manifest says one.
        {"name": name, "value": value.replace("$", "$$")}
        for name, value in AWKWARD.items()
        if name.isidentifier() or not for_a_shell
    ]
    references: list[dict[str, Any]] = [
        {"name": "GREETING", "value": "hello $(EQUALS) and $(SECRET_WORD), not $(NOBODY) nor $$(EQUALS)"},
        {"name": "SECRET_WORD", "valueFrom": {"secretKeyRef": {"name": "words", "key": "word"}}},
        {"name": "LATER", "value": "sees $(SECRET_WORD) and $(GREETING)"},
        {"name": "SETTING", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "key"}}},
        {"name": "ABSENT", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "none", "optional": True}}},
        {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "LIMIT", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}},
    ]
    return namespace.application(
        environment=[*literals, *references],
        environment_from=[
            {"configMapRef": {"name": "all"}},
            {"prefix": "P_", "secretRef": {"name": "many"}},
            {"configMapRef": {"name": "nowhere", "optional": True}},
        ],
        objects=[
            _object("Secret", "words", {"word": "s3cr3t $(x)\nof two lines"}),
            _object("ConfigMap", "settings", {"key": "value with $ and 'quotes'"}),
            _object(
                "ConfigMap", "all", {name: every[name] for name in every if name.isidentifier() or not for_a_shell}
            ),
            _object("Secret", "many", {"ONE": "1\n2", "TWO": '"'}),
        ],
        **more,
    )


def _of_the_pod(application: Application) -> dict[str, str]:
    """What the process in the pod itself has."""
    environment: dict[str, str] = application.service.ask("/environment").json()
    left_out = NEVER | FROM_THE_IMAGE
    return {name: value for name, value in environment.items() if name not in left_out and not name.startswith("LD_")}


@pytest.mark.parametrize("injected", [False, True], ids=["agent-comes", "agent-there"])
def test_the_environment_is_exact(namespace: Namespace, desk: Desk, tmp_path: Path, injected: bool) -> None:
    application = _application(namespace, injected=injected)
    if injected:
        expected = _of_the_pod(application)
    file = tmp_path / "environment.json"

    made = desk.intercept("echo", "--env-json", str(file), port=desk.free_port())
    desk.leave("echo")
    application.until_answered_by(*application.pod_names())
    if not injected:
        # Only now is this the pod that was intercepted.
        expected = _of_the_pod(application)

    assert json.loads(file.read_text()) == expected
    assert made["environment"] == expected
    for name, value in AWKWARD.items():
        assert expected[name] == value, name


def test_a_command_has_it(namespace: Namespace, desk: Desk) -> None:
    application = _application(namespace)
    expected = _of_the_pod(application)
    desk.connect()
    show = "import json, os; print(json.dumps(dict(os.environ)))"

    result = desk.telelens("intercept", "echo", "--port", str(desk.free_port()), "--", sys.executable, "-c", show)

    has = json.loads(result.succeeded().stdout.splitlines()[-1])
    assert {name: has.get(name) for name in expected} == expected
    assert has["PATH"] != "", "what belongs to the desk stays the desk's"
    assert has["HOME"] == desk.environment["HOME"]


def test_a_specification_says_whose_it_is_where_no_port_tells(namespace: Namespace, desk: Desk, tmp_path: Path) -> None:
    made = manifests.workload("pair", annotations=manifests.INJECT)
    (application,) = made["spec"]["template"]["spec"]["containers"]
    del application["ports"]
    application["env"] = [{"name": "WHOSE", "value": "application's"}]
    helper = manifests.python_container("helper", "application.py", "--port=9999")
    helper["env"] = [{"name": "WHOSE", "value": "helper's"}]
    made["spec"]["template"]["spec"]["containers"].append(helper)
    namespace.apply(manifests.programs(), made, manifests.service("pair", ports={"http": (80, 8080)}))
    namespace.wait_ready("deployment/pair")
    file, port = tmp_path / "pair.ispec.yaml", desk.free_port()
    program = f"{sys.executable} -u {manifests.PROGRAMS / 'application.py'} --host 127.0.0.1 --port {port}"

    def write(more: str = "") -> None:
        file.write_text(f"""\
connection: {{namespace: {namespace.name}}}
handlers:
  - name: mine
    script: {{run: exec {program}}}
workloads:
  - name: pair
    intercepts:
      - {{handler: mine, localPort: {port}{more}}}
""")

    write()
    checked = desk.telelens("intercept", "validate", "--cluster", "--format", "json", str(file)).succeeded().json()
    assert [one["code"] for one in checked] == ["unknown-container"]
    desk.telelens("intercept", "run", str(file)).failed().about("application", "helper")
    for container in ("application", "helper"):
        write(f", container: {container}")
        checked = desk.telelens("intercept", "validate", "--cluster", "--format", "json", str(file)).succeeded().json()
        assert checked == []
        running = desk.start_telelens("intercept", "run", str(file))
        running.line("ready; Ctrl-C undoes it")
        seen = namespace.place("pair").ask("/environment").json()
        assert (seen["WHOSE"], seen["TELEPRESENCE_CONTAINER"]) == (f"{container}'s", container)
        running.interrupt()
        assert running.wait() == 0


def test_a_shell_reads_the_file_of_syntax_sh(namespace: Namespace, desk: Desk, tmp_path: Path) -> None:
    application = _application(namespace, for_a_shell=True)
    expected = _of_the_pod(application)
    file = tmp_path / "environment.sh"

    desk.intercept("echo", "--env-file", str(file), "--env-syntax", "sh", port=desk.free_port())

    show = "import json, os; print(json.dumps(dict(os.environ)))"
    has = desk.run("sh", "-c", f"set -a; . {file}; exec {sys.executable} -c '{show}'").succeeded().json()
    assert {name: has.get(name) for name in expected} == expected


def test_what_only_makes_sense_in_the_pod_stays_there(namespace: Namespace, desk: Desk) -> None:
    harmful = {"LD_PRELOAD": "/nowhere.so", "PYTHONHOME": "/nowhere", "TERM": "odd", "SHELL": "/odd"}
    application = namespace.application(
        environment=[{"name": name, "value": value} for name, value in harmful.items() if name != "PYTHONHOME"]
        + [{"name": "PYTHONPATH", "value": "/programs/of/the/pod"}]
    )

    made = desk.intercept("echo", port=desk.local_server().port)

    assert application.answered_by() == desk.name, "the agent itself runs under its own environment"
    assert not NEVER & made["environment"].keys()
    assert not [name for name in made["environment"] if name.startswith("LD_")]


def test_pythonpath_is_appended(namespace: Namespace, desk: Desk) -> None:
    namespace.application(environment=[{"name": "PYTHONPATH", "value": "/programs/of/the/pod"}])
    desk.connect()

    result = desk.telelens(
        "intercept", "echo", "--port", str(desk.free_port()), "--", "sh", "-c", 'echo "PYTHONPATH=$PYTHONPATH"',
        environment={"PYTHONPATH": "/of/the/desk"},
    )  # fmt: skip

    assert "PYTHONPATH=/of/the/desk:/programs/of/the/pod" in result.succeeded().stdout


def test_it_is_not_stored_in_the_cluster(namespace: Namespace, desk: Desk) -> None:
    namespace.application(environment=[{"name": "TOKEN", "value": "very-secret-word"}])

    made = desk.intercept("echo", port=desk.free_port())

    assert made["environment"]["TOKEN"] == "very-secret-word"
    assert "very-secret-word" not in namespace.run("get", "intercepts.telelens.dev", "--output", "yaml")


def test_who_may_not_exec_gets_none_and_is_told_why(namespace: Namespace, desk: Desk, rights: Rights) -> None:
    application = namespace.application(environment=[{"name": "TOKEN", "value": "very-secret-word"}])
    rights.take(desk.user, "exec", namespace=namespace.name)

    result = desk.try_intercept("echo", port=desk.local_server().port).succeeded()

    assert application.answered_by() == desk.name, "the intercept works without"
    assert "very-secret-word" not in result.stdout
    assert "pods/exec" in result.json()["environmentDeniedReason"]
