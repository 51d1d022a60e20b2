"""Words of other versions and tools of this kind."""

from __future__ import annotations

import pytest
from telelens_daemons.cli.arguments import prepare
from telelens_daemons.cli.later import COMMANDS, OPTIONS
from telelens_daemons.cli.main import make_app
from typer.testing import CliRunner

from tests.unit.daemons.cli.test_examples import COMMANDS as THERE


def said(line: str) -> str:
    result = CliRunner().invoke(make_app(), list(prepare(line.split()).arguments))
    assert result.exit_code == 2
    return " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("intercept echo --replace", "--replace is not in this version yet."),
        ("intercept echo --mount=true", "--mount is not in this version yet."),
        ("connect --also-proxy 10.0.0.0/8", "--also-proxy is not in this version yet."),
        ("wiretap echo", "telelens wiretap is not in this version yet."),
    ],
)
def test_a_known_word_that_is_not_there_yet_is_no_slip(line: str, expected: str) -> None:
    assert expected in said(line)
    assert "Did you mean" not in said(line)


def test_a_slip_is_one_still() -> None:
    assert "Did you mean" in said("intercept echo --replac --workloda x")
    assert "No such command 'replac'" in said("replac echo")
    assert "not in this version" not in said("list --replace"), "and will never be"


def test_completion_goes_on() -> None:
    words = {"_TELELENS_COMPLETE": "complete_bash", "COMP_WORDS": "telelens curl ", "COMP_CWORD": "2"}
    result = CliRunner().invoke(make_app(), env=words, prog_name="telelens")
    assert (result.exit_code, "Error" in result.output) == (0, False)


def test_no_word_that_is_there_is_among_them() -> None:
    options = {name for command in THERE.values() for one in command.params for name in one.opts}
    assert not OPTIONS & options
    assert not COMMANDS & {path.split()[1] for path in THERE}
