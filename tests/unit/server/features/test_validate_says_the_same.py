"""``telelens intercept validate`` and the editor say the same of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from telelens_daemons.cli.options import Format, GlobalOptions
from telelens_daemons.run.command import validate_specifications
from telelens_schemas.specification import Code
from unit.server.features.editor import Editor
from unit.server.features.test_any_text import trusted
from unit.server.features.test_what_is_wrong import VALID, WRONG

TEXTS = {name: one.text for name, one in WRONG.items()} | {
    "nothing": VALID,
    "an unset variable": VALID.replace("run: x", 'run: {{ env "TELELENS_UNSET" }}'),
    "signs of two units": VALID.replace("run: x", "run: 😋").replace("port:", "# 😋\n    prot:"),
}
SEVERITIES = {"error": 1, "warning": 2, "information": 3, "hint": 4}
BEGUN = "no specification yet"
"""An editor does not scold who has just begun; nobody can run that."""


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items() if name != BEGUN])
async def test_it_is_the_same(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TELELENS_UNSET", raising=False)
    file = tmp_path / "echo.ispec.yaml"
    file.write_text(text)
    editor = await Editor.opened(text, uri=file.as_uri(), server=await trusted())
    shown = (await editor.ask("diagnostic"))["items"]
    code = validate_specifications([str(file)], options=GlobalOptions(format=Format.JSON))
    printed = json.loads(capsys.readouterr().out)
    assert {on_the_terminal(one, editor) for one in printed} == {in_the_editor(one, editor) for one in shown}
    assert code == any(one["severity"] == 1 for one in shown)


def in_the_editor(found: dict[str, Any], editor: Editor) -> tuple[int, int, str, int, str]:
    start, end = editor.offset(found["range"]["start"]), editor.offset(found["range"]["end"])
    return start, end, found["code"], found["severity"], found["message"]


def on_the_terminal(found: dict[str, Any], editor: Editor) -> tuple[int, int, str, int, str]:
    """Its columns are characters, from 1."""
    lines = [*editor.text.splitlines(keepends=True), ""]
    start, end = (
        sum(map(len, lines[: found[line] - 1])) + found[column] - 1
        for line, column in (("line", "column"), ("endLine", "endColumn"))
    )
    return start, end, found["code"], SEVERITIES[found["severity"]], found["message"]


async def test_a_file_without_anything_is_an_error_for_who_wants_to_run_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "echo.ispec.yaml"
    file.write_text(TEXTS[BEGUN])
    (shown,) = (await (await Editor.opened(TEXTS[BEGUN], uri=file.as_uri())).ask("diagnostic"))["items"]
    assert validate_specifications([str(file)], options=GlobalOptions(format=Format.JSON)) == 1
    (printed,) = json.loads(capsys.readouterr().out)
    assert printed["code"] == shown["code"] == Code.NO_SPECIFICATION
    assert (printed["severity"], shown["severity"]) == ("error", 3)
