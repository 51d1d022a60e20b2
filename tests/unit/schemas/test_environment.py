"""Environments: expansion as the kubelet does it, import rules, and files that lose nothing."""

from __future__ import annotations

import re
import string
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telelens_schemas.environment import (
    EnvironmentFileError,
    Syntax,
    escape,
    expand,
    importable,
    in_order,
    merge,
    read,
    unwritable,
    write,
)

# Surrogates are no text, NUL is no part of an environment.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
AWKWARD = st.sampled_from(
    ["$", "$$", "$(A)", "${A}", "`id`", "'", '"', "\\", "\n", "\r\n", "#", " ", "é", "𝄞", "!", "="]
)
VALUES = st.lists(AWKWARD | st.text(CHARACTERS, max_size=5), max_size=8).map("".join)
NAMES = st.text(string.ascii_letters + string.digits + "_", max_size=6).map(lambda tail: f"T_{tail}")
ENVIRONMENTS = st.dictionaries(NAMES, VALUES, max_size=6)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # The table of Kubernetes' own expand_test.go, in part.
        ("$(VAR_A)", "A"),
        ("___$(VAR_B)___", "___B___"),
        ("$(VAR_A)-$(VAR_A)", "A-A"),
        ("$$(VAR_A)", "$(VAR_A)"),
        ("$$$(VAR_A)", "$A"),
        ("$$$$(VAR_A)", "$$(VAR_A)"),
        ("$(VAR_A", "$(VAR_A"),
        ("$($(VAR_A))", "$($(VAR_A))"),
        ("$(MISSING)", "$(MISSING)"),
        ("$()", "$()"),
        ("$VAR_A", "$VAR_A"),
        ("foo\\$(VAR_A)", "foo\\A"),
        ("$?_boo_$!", "$?_boo_$!"),
        ("tail$", "tail$"),
        ("$é", "$é"),
        ("$(VAR_REF)", "$(VAR_A)"),
        ("", ""),
        (")$(VAR_EMPTY)(", ")("),
    ],
)
def test_expansion_follows_the_kubelet(value: str, expected: str) -> None:
    variables = {"VAR_A": "A", "VAR_B": "B", "VAR_REF": "$(VAR_A)", "VAR_EMPTY": ""}
    assert expand(value, variables.get) == expected


@given(st.text(alphabet="$()AB é\n", max_size=30))
def test_an_escaped_value_expands_to_itself(value: str) -> None:
    assert expand(escape(value), {"A": "x", "": "y"}.get) == value


def test_declared_variables_hide_those_of_services() -> None:
    lookup = in_order({"A": "declared"}, {"A": "service", "B": "service"})
    assert expand("$(A) $(B) $(C)", lookup) == "declared service $(C)"


def test_what_belongs_to_the_container_stays_there() -> None:
    environment = {"PATH": "/bin", "HOME": "/", "LD_PRELOAD": "x.so", "PYTHONHOME": "/usr", "TZ": "UTC", "APP": "1"}
    assert importable(environment, also_excluded=["TZ"]) == {"APP": "1"}


def test_the_containers_python_path_comes_after_our_own() -> None:
    assert merge({"PYTHONPATH": "/here", "A": "own"}, {"PYTHONPATH": "/app", "A": "pod"}) == {
        "PYTHONPATH": "/here:/app",
        "A": "pod",
    }
    assert merge({}, {"PYTHONPATH": "/app"}) == {"PYTHONPATH": "/app"}
    assert merge({"PYTHONPATH": "/here"}, {"PYTHONPATH": ""}) == {"PYTHONPATH": "/here"}


@pytest.mark.parametrize("syntax", [Syntax.COMPOSE, Syntax.SH, Syntax.SH_EXPORT, Syntax.JSON])
@given(environment=ENVIRONMENTS)
def test_every_value_survives(syntax: Syntax, environment: dict[str, str]) -> None:
    assert read(write(environment, syntax), syntax) == environment


@given(environment=ENVIRONMENTS)
def test_docker_holds_all_but_line_breaks_and_says_so(environment: dict[str, str]) -> None:
    refused = set(unwritable(environment, Syntax.DOCKER))
    assert refused == {name for name, value in environment.items() if "\n" in value or value.endswith("\r")}
    held = {name: value for name, value in environment.items() if name not in refused}
    assert read(write(held, Syntax.DOCKER), Syntax.DOCKER) == held
    if refused:
        with pytest.raises(EnvironmentFileError, match=min(refused)):
            write(environment, Syntax.DOCKER)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(environment=ENVIRONMENTS)
def test_a_real_shell_sources_exactly_these_values(tmp_path: Path, environment: dict[str, str]) -> None:
    file = tmp_path / "env.sh"
    for syntax, command in (
        (Syntax.SH_EXPORT, '. "$1"; exec env -0'),
        (Syntax.SH, 'set -a; . "$1"; exec env -0'),
    ):
        file.write_bytes(write(environment, syntax).encode())
        shown = subprocess.run(["/bin/sh", "-c", command, "sh", str(file)], env={}, capture_output=True, check=True)
        pairs = [entry.partition("=") for entry in shown.stdout.decode().split("\0") if entry]
        assert {name: value for name, _, value in pairs if name.startswith("T_")} == environment


@pytest.mark.parametrize(
    ("syntax", "names"),
    [
        (Syntax.SH, ("1st", "my-name", "my.name")),
        (Syntax.COMPOSE, ("1st",)),
        (Syntax.DOCKER, ()),
        (Syntax.JSON, ()),
    ],
)
def test_names_that_a_syntax_cannot_hold(syntax: Syntax, names: tuple[str, ...]) -> None:
    assert unwritable({"1st": "", "my-name": "", "my.name": "", "fine": ""}, syntax) == names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\n# note\n\nB = two # note\n", {"A": "1", "B": "two"}),
        ("A='it\\'s $HOME'\n", {"A": "it's $HOME"}),
        ('export A="x\\ty" \r\nB=\r\n', {"A": "x\ty", "B": ""}),
        ("A='1\n2'\n", {"A": "1\n2"}),
        ('A="a\\qb $$ \\$"\nB=$$x', {"A": "a\\qb $ $", "B": "$x"}),
    ],
)
def test_compose_files_of_other_hands(text: str, expected: dict[str, str]) -> None:
    assert read(text, Syntax.COMPOSE) == expected


def test_docker_files_of_other_hands() -> None:
    assert read("\ufeff# note\n  A=1 \r\nTAKEN\n\nB=a=b", Syntax.DOCKER) == {"A": "1 ", "B": "a=b"}


@pytest.mark.parametrize(
    ("syntax", "text", "said"),
    [
        (Syntax.DOCKER, "A=1\nmy name=1", "line 2: 'my name' is not a variable's name"),
        (Syntax.COMPOSE, "A=1\n?", "line 2: not an assignment"),
        (Syntax.COMPOSE, '\nA="1', "line 2: the quote is not closed"),
        (Syntax.SH, "A='1", "not a file of shell assignments: No closing quotation"),
        (Syntax.SH, "rm -rf /", "'rm' is not an assignment"),
        (Syntax.JSON, "[", "not JSON: Expecting value"),
        (Syntax.JSON, '{"A": 1}', "not an environment"),
    ],
)
def test_a_broken_file_is_said_with_its_line(syntax: Syntax, text: str, said: str) -> None:
    with pytest.raises(EnvironmentFileError, match=re.escape(said)):
        read(text, syntax)


@pytest.mark.parametrize("syntax", list(Syntax))
@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(syntax: Syntax, text: str) -> None:
    try:
        read(text, syntax)
    except EnvironmentFileError as error:
        assert error.message
