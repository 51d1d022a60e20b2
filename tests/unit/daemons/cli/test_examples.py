"""What help shows is what the parser takes: every command's examples, through the real parser."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

import click
import pytest
from telelens_daemons.cli.arguments import prepare
from telelens_daemons.cli.helm import chart
from telelens_daemons.cli.main import make_app
from telelens_schemas.environment import Syntax
from typer.main import get_command
from typer.testing import CliRunner

ROOT = get_command(make_app())
EXAMPLE = re.compile(r"telelens (?:[^\n`;,]+)")


def commands(group: click.Command, path: str = "telelens") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(group, click.Group):
        yield path, group
        return
    for name, command in group.commands.items():
        if command.hidden:
            continue
        yield from commands(command, f"{path} {name}")


def examples(command: click.Command) -> list[str]:
    return [text for text in EXAMPLE.findall(command.help or "") if not text.endswith("--help")]


COMMANDS = dict(commands(ROOT))


def parsed(line: str) -> click.Context:
    """The context of the command that a line reaches. Raises click.UsageError."""
    given = prepare(shlex.split(line)[1:])
    command, name, words = ROOT, "telelens", list(given.arguments)
    context: click.Context | None = None
    while True:
        context = command.make_context(name, words, parent=context, obj=given.program)
        if not isinstance(command, click.Group):
            return context
        found, chosen, words = command.resolve_command(context, [*context._protected_args, *context.args])
        assert chosen is not None
        command, name = chosen, found or ""


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_an_example_that_is_its_own(path: str) -> None:
    command = COMMANDS[path]
    assert examples(command), path
    for line in examples(command):
        context = parsed(line)
        assert context.command.callback is command.callback, line


def test_the_charts_values_in_examples_are_taken_by_the_chart() -> None:
    properties = json.loads((chart() / "values.schema.json").read_text())["properties"]
    settings = [
        word.partition("=")
        for command in COMMANDS.values()
        for line in examples(command)
        for flag, word in zip(line.split(), line.split()[1:], strict=False)
        if flag == "--set"
    ]
    assert settings
    for name, _, value in settings:
        assert value in properties[name]["enum"], name


def test_the_help_of_env_syntax_has_them_all() -> None:
    (option,) = (one for one in COMMANDS["telelens intercept create"].params if one.name == "env_syntax")
    assert isinstance(option, click.Option)
    for syntax in Syntax:
        assert re.search(rf"\b{syntax}\b", option.help or ""), syntax


def test_a_misspelt_command_is_guessed_once() -> None:
    for words in (["interceptt"], ["helm", "instal"], ["leav"]):
        said = CliRunner().invoke(make_app(), words).output
        assert said.count("Did you mean") == 1, said
