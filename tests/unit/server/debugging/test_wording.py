"""What an editor is told to do can be done in an editor."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import telelens_daemons
import telelens_schemas
from telelens_server.debugging.wording import in_editor

FLAG = re.compile(r"(?:^|[\s(])--[a-z]")
SAID_BY = [
    *(Path(telelens_daemons.__file__).parent / part for part in ("connection", "intercepts", "kube", "session")),
    Path(telelens_schemas.__file__).parent / "workloads",
]
"""Whose words the user daemon says to whoever asked."""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("or say where it is: --manager-namespace", "or say where it is: the setting telelens.managerNamespace"),
        (
            "should be (--manager-namespace says another)",
            "should be (the setting telelens.managerNamespace says another)",
        ),
        ("is it the right one? (--namespace)", 'is it the right one? (the key "namespace")'),
        ("--container web", 'write the key "container": "web"'),
        ("choose one with --container", 'choose one with the key "container"'),
        ("choose one: --port LOCAL:PORT", 'choose one: the key "ports", in a specification "port"'),
        (
            "name the workload: telelens intercept web --service echo",
            'name the workload: "web", with the key "service": "echo"',
        ),
        ("ask for a role that allows: get pods", "ask for a role that allows: get pods"),
        ("run: kubectl get pods --namespaces", "run: kubectl get pods --namespaces"),
        ("", ""),
    ],
)
def test_flags_become_settings_and_keys(said: str, told: str) -> None:
    assert in_editor(said) == told


def constants(folder: Path) -> Iterator[str]:
    """The texts of a package, but for what explains it."""
    for file in folder.rglob("*.py"):
        tree = ast.parse(file.read_text())
        explaining = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
        for one in ast.walk(tree):
            if isinstance(one, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in one.values)
            elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in explaining:
                yield one.value


def test_no_flag_of_the_daemons_is_left() -> None:
    with_flags = [text for folder in SAID_BY for text in constants(folder) if FLAG.search(text)]
    assert len(with_flags) > 10
    assert [told for told in map(in_editor, with_flags) if FLAG.search(told)] == []
