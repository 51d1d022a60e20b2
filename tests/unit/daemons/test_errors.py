"""What is told of several failures at once, on every Python that there is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import telelens_cluster
import telelens_daemons
import telelens_schemas
import telelens_server
from telelens_daemons.errors import UserError, first_user_error

PACKAGES = (telelens_cluster, telelens_daemons, telelens_schemas, telelens_server)


def groups(package: Path) -> Iterator[str]:
    """Where something is raised within ``except*``."""
    for file in package.rglob("*.py"):
        for one in ast.walk(ast.parse(file.read_text())):
            if isinstance(one, ast.TryStar):
                raised = (part for handler in one.handlers for part in ast.walk(handler) if isinstance(part, ast.Raise))
                yield from (f"{file}:{part.lineno}" for part in raised)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_nothing_is_raised_where_an_older_python_makes_a_group_of_it(package: ModuleType) -> None:
    """Until 3.11.3, Debian 12's among them, ``except*`` gives a group of one for what is raised in it."""
    assert package.__file__
    assert list(groups(Path(package.__file__).parent)) == []


def test_of_several_failures_the_users_is_told() -> None:
    wanted = UserError("there is no workload")
    assert (
        first_user_error(
            BaseExceptionGroup("", [BaseExceptionGroup("", [OSError()]), BaseExceptionGroup("", [wanted])])
        )
        is wanted
    )
    other = OSError()
    assert first_user_error(BaseExceptionGroup("", [other])) is other
