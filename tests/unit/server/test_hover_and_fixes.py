"""What a key means, and what to write instead of a mistake."""

from __future__ import annotations

from typing import Any

import pytest
from unit.server.in_process import URI, InProcess

TEXT = """\
name: 😋
handlers:
  - name: echo
    script: {run: x, shell: bsh}
workloads:
  - name: echo
    intercepts:
      - handler: ehco
        prot: http
"""


async def fixes(text: str, line: int, **context: Any) -> list[dict[str, Any]]:
    one = await InProcess().initialize()
    one.open(text)
    where = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 99}}
    asked = {"textDocument": {"uri": URI}, "range": where, "context": {"diagnostics": [], **context}}
    found: list[dict[str, Any]] = await one.ask("textDocument/codeAction", asked)
    return found


@pytest.mark.parametrize(("line", "old", "new"), [(3, "bsh", "bash"), (7, "ehco", "echo"), (8, "prot", "port")])
async def test_the_fix_writes_what_was_probably_meant(line: int, old: str, new: str) -> None:
    fix, *others = await fixes(TEXT, line, triggerKind=2)
    assert [one.get("isPreferred") for one in others] == [None] * len(others)
    ((edit,),) = fix["edit"]["changes"].values()
    row = TEXT.splitlines()[line]
    assert row[edit["range"]["start"]["character"] : edit["range"]["end"]["character"]] == old
    assert (edit["newText"], fix["kind"], fix["title"]) == (new, "quickfix", f"Change to {new}")
    assert fix["diagnostics"][0]["source"] == "telelens"


async def test_no_fix_elsewhere_nor_of_other_kinds() -> None:
    assert await fixes(TEXT, 1, triggerKind=2) == []
    assert await fixes(TEXT, 3, triggerKind=2, only=["refactor"]) == []
    assert {one["kind"] for one in await fixes(TEXT, 8, only=["quickfix"])} == {"quickfix"}


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("kind: InterceptSpecificaton\napiVersion: getambassador.io/v1alpha4\n", "InterceptSpecification"),
        ("kind: InterceptSpecification\napiVersion: getambassador.io/v1alpha2\n", "getambassador.io/v1alpha4"),
    ],
)
async def test_fixes_of_the_envelope(text: str, fixed: str) -> None:
    found = [*await fixes(text, 0), *await fixes(text, 1)]
    assert fixed in [edit["newText"] for fix in found for edits in fix["edit"]["changes"].values() for edit in edits]


STORED = """\
apiVersion: getambassador.io/v1alpha4
kind: InterceptSpecification
metadata:
  name: demo
spec: {}
"""


@pytest.mark.parametrize(
    ("line", "said"), [(0, "Group and version"), (2, "Name and labels"), (3, "Name of the object"), (4, "itself")]
)
async def test_hover_says_what_is_around_a_stored_one(line: int, said: str) -> None:
    one = await InProcess().initialize()
    one.open(STORED)
    answer = await one.at("textDocument/hover", line, 3)
    assert said in answer["contents"]["value"]


@pytest.mark.parametrize(
    ("line", "character", "said", "start"),
    [
        (1, 2, "Code that runs locally.", 0),
        (3, 5, "A shell script that runs here.", 4),
        (3, 23, "One of: `bash`, `zsh`, `sh`", 21),
        (3, 30, "Which shell", 28),
        (7, 10, "Which handler takes it.", 8),
    ],
)
async def test_hover_says_what_a_key_means(line: int, character: int, said: str, start: int) -> None:
    one = await InProcess().initialize()
    one.open(TEXT)
    answer = await one.at("textDocument/hover", line, character)
    assert said in answer["contents"]["value"]
    assert answer["range"]["start"]["character"] == start


async def test_hover_says_nothing_on_nothing() -> None:
    one = await InProcess().initialize()
    one.open(TEXT)
    assert await one.at("textDocument/hover", 8, 6) is None
    assert await one.at("textDocument/hover", 8, 9) is None


async def test_hover_over_the_name_of_a_handler_shows_how_it_begins() -> None:
    one = await InProcess().initialize()
    one.open(TEXT.replace("ehco", "echo"))
    answer = await one.at("textDocument/hover", 7, 18)
    assert "```yaml\nname: echo\nscript: {run: x, shell: bsh}\n" in answer["contents"]["value"]
