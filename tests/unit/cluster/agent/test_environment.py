from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from telelens_cluster import agent
from telelens_cluster.agent.configuration import Configuration, Intercept
from telelens_cluster.agent.environment import answer_environment, resolve, service_variables
from telelens_cluster.agent.injection import Container, DeclaredVariable, Injection
from telelens_schemas.wire.tunnel_pb2 import EnvironmentRequest


def container(*declared: tuple[str, bool]) -> Container:
    return Container(
        name="app",
        prefix="_TEL_0_",
        tcp_ports=(8080,),
        environment=tuple(DeclaredVariable(name, literal) for name, literal in declared),
    )


def test_literals_are_expanded_in_declared_order() -> None:
    app = container(("A", True), ("B", True), ("C", True))
    carried = {"_TEL_0_A": "$(B)-$(FROM)", "_TEL_0_B": "b", "_TEL_0_C": "$(B) $$(B) $$5", "_TEL_0_FROM": "map"}
    assert resolve(app, carried) == {"A": "$(B)-map", "B": "b", "C": "b $(B) $5", "FROM": "map"}


def test_references_stay_as_the_kubelet_made_them() -> None:
    app = container(("SECRET", False), ("URL", True), ("MISSING", False))
    carried = {"_TEL_0_SECRET": "p$$w $(X)\nsecond line", "_TEL_0_URL": "http://:$(SECRET)@db"}
    assert resolve(app, carried) == {
        "SECRET": "p$$w $(X)\nsecond line",
        "URL": "http://:p$$w $(X)\nsecond line@db",
    }


def test_declared_beats_env_from_and_services() -> None:
    app = container(("DB_PORT", True), ("URL", True))
    carried = {
        "DB_SERVICE_HOST": "10.0.0.1",
        "DB_PORT": "tcp://10.0.0.1:5432",
        "_TEL_0_DB_PORT": "1",
        "_TEL_0_URL": "$(DB_SERVICE_HOST):$(DB_PORT)",
    }
    assert resolve(app, carried) == {"DB_SERVICE_HOST": "10.0.0.1", "DB_PORT": "1", "URL": "10.0.0.1:1"}


def test_the_agents_own_and_other_containers_variables_stay_out() -> None:
    carried = {
        "_TEL_0_A": "1",
        "_TEL_1_B": "2",
        "_TEL_1_X_SERVICE_HOST": "3",
        "_TEL_0_PATH": "/nowhere",
        "_TEL_0_LD_PRELOAD": "x.so",
        "PATH": "/bin",
        "POD_NAME": "p",
        "TELELENS_INJECTION": "{}",
        "PYTHONPATH": "/opt/telelens/app",
    }
    assert resolve(container(), carried) == {"A": "1"}


def test_which_variables_are_those_of_services() -> None:
    services = {
        "KUBERNETES_SERVICE_HOST": "10.0.0.1",
        "KUBERNETES_SERVICE_PORT": "443",
        "KUBERNETES_SERVICE_PORT_HTTPS": "443",
        "KUBERNETES_PORT": "tcp://10.0.0.1:443",
        "KUBERNETES_PORT_443_TCP_ADDR": "10.0.0.1",
    }
    assert service_variables({**services, "HOME": "/", "MY_PORT": "1"}) == services


AS_THE_AGENT = """
import json, os, pathlib, signal
from telelens_cluster.agent.environment import of_the_container
pathlib.Path(os.environ["RESULT"]).write_text(json.dumps(of_the_container(os.environ)))
os.kill(os.getppid(), signal.SIGTERM)
"""


def test_names_that_a_shell_does_not_know_come_through_the_supervisor(tmp_path: Path) -> None:
    awkward = {"_TEL_0_app.py": "print()\nprint('=')", "_TEL_0_with-dash": "d", "_TEL_0_.hidden": "", "_TEL_0_A": "é"}
    program = tmp_path / "python"
    program.write_text(f"#!{sys.executable}\n{AS_THE_AGENT}")
    program.chmod(0o755)
    result = tmp_path / "result.json"

    subprocess.run(
        ["sh", str(Path(agent.__path__[0]) / "supervisor.sh")],
        env={
            **awkward, "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), "TELELENS_PYTHON": str(program),
            "RESULT": str(result),
        },
        check=True, timeout=30,
    )  # fmt: skip

    seen = json.loads(result.read_text())
    assert {name: seen.get(name) for name in awkward} == awkward
    assert seen["MALLOC_ARENA_MAX"] == "1", "what the supervisor adds is there too"
    assert resolve(container(), seen) == {name.removeprefix("_TEL_0_"): value for name, value in awkward.items()}


def ask(session_uid: str, *, allowed: bool = True, container_name: str = "app") -> tuple[dict[str, str], str]:
    configuration = Configuration(
        intercepts=(
            Intercept(
                uid="i", session_uid="alice", container=container_name, environment_allowed=allowed,
                environment_denied_reason="" if allowed else "no pods/exec",
            ),
        )
    )  # fmt: skip
    reply = answer_environment(
        EnvironmentRequest(id=7, intercept_uid="i"),
        session_uid,
        configuration=configuration,
        injection=Injection(containers=(container(),)),
        carried={"_TEL_0_A": "1"},
    )
    assert reply.id == 7
    return dict(reply.environment), reply.denied_reason


def test_who_may_have_it() -> None:
    assert ask("alice") == ({"A": "1"}, "")
    assert ask("bob") == ({}, "no such intercept of this session")
    assert ask("alice", allowed=False) == ({}, "no pods/exec")
    assert "'web'" in ask("alice", container_name="web")[1]
