"""What a shell is offered, asked as bash asks."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from telelens_daemons.cli import completion, intercept_group
from telelens_daemons.cli.main import make_app
from typer.testing import CliRunner

KUBECONFIG = """\
apiVersion: v1
kind: Config
contexts:
- {name: staging, context: {cluster: c, user: u, namespace: shop}}
- {name: stable, context: {cluster: c, user: u, namespace: web}}
- {name: live, context: {cluster: c, user: u}}
"""


class Running(contextlib.nullcontext[None]):
    """A client of a daemon that knows two workloads."""

    errors = contextlib.nullcontext
    stub = SimpleNamespace(
        List=lambda request, timeout: SimpleNamespace(workloads=[SimpleNamespace(name=name) for name in WORKLOADS])
    )


WORKLOADS = ("echo", "cart")


@pytest.fixture(autouse=True)
def workstation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kubeconfig, and no daemon."""
    (tmp_path / "config").write_text(KUBECONFIG)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


def offered(line: str) -> set[str]:
    words = {"_TELELENS_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    result = CliRunner().invoke(make_app(), env=words, prog_name="telelens")
    assert result.exit_code == 0
    return set(result.output.split())


@pytest.mark.parametrize(
    "command", ["connect", "list", "helm install", "intercept run", "intercept echo", "intercept", "intercept -p 80"]
)
def test_contexts_come_from_the_kubeconfig(command: str) -> None:
    assert offered(f"telelens {command} --context st") == {"staging", "stable"}
    assert offered(f"telelens {command} --context ") == {"staging", "stable", "live"}


def test_namespaces_are_those_of_the_contexts() -> None:
    assert offered("telelens connect --namespace ") == {"shop", "web", "default"}


def test_intercept_takes_a_command_or_a_workload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        intercept_group, "complete_workload", lambda text: [name for name in WORKLOADS if name.startswith(text)]
    )
    assert offered("telelens intercept ") == {"create", "run", "validate", "echo", "cart"}
    assert offered("telelens intercept c") == {"create", "cart"}


def test_a_workload_is_offered_behind_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "_running", Running)
    assert offered("telelens intercept --port 80 e") == {"echo"}
    assert offered("telelens intercept --workload e") == {"echo"}


def test_options_of_create_are_offered_where_it_is_left_out() -> None:
    assert {"--workload", "--workload-kind"} == offered("telelens intercept echo --workl")
    assert offered("telelens intercept --workl") == {"--workload", "--workload-kind"}
    assert "--http-header" not in offered("telelens intercept run --")
