"""What is wrong with templates is said as one types, and mended."""

from __future__ import annotations

from typing import Any

import pytest
from unit.server.features.editor import Editor
from unit.server.in_process import URI, InProcess
from unit.waiting import until

REST = "\nhandlers:\n  - name: a\nworkloads:\n  - name: w\n    intercepts: [{handler: a, port: 80}]\n"


async def opened(marked: str, *, trusted: bool = False) -> Editor:
    server = InProcess()
    options = {"trusted": trusted}
    params = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
    await server.ask("initialize", params)
    return await Editor.opened(marked + REST, server=server)


def found(editor: Editor) -> list[tuple[str, str]]:
    """Codes, and what of the text each is about."""
    return [(one["code"], editor.cut(one["range"])) for one in editor.server.published() or []]


@pytest.mark.parametrize(
    ("text", "code", "stretch"),
    [
        ("name: {{ if 1 }}x", "bad-template", "{{ if 1 }}"),
        ("name: 😋{{ uper `x` }}", "unknown-function", "uper"),
        ("name: {{ .Username }}", "unknown-field", ".Username"),
        ("name: {{ env “A” }}", "typographic-quote", "“"),
    ],
)
async def test_what_is_wrong_is_marked(text: str, code: str, stretch: str) -> None:
    assert (code, stretch) in found(await opened(text))


async def test_it_goes_with_what_was_wrong() -> None:
    editor = await opened("name: {{ uper `x` }}")
    assert [code for code, _ in found(editor)] == ["unknown-function"]
    editor.change(editor.text.replace("uper", "upper"))
    await until(lambda: found(editor) == [])


async def test_an_unset_variable_is_marked_only_where_the_workspace_is_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TELELENS_NOWHERE", raising=False)
    text = 'name: {{ env "TELELENS_NOWHERE" }}'
    assert found(await opened(text)) == []
    assert found(await opened(text, trusted=True)) == [("unset-variable", '{{ env "TELELENS_NOWHERE" }}')]


@pytest.mark.parametrize(
    ("marked", "mended"),
    [
        ("name: {{ up‸er `x` }}", "name: {{ upper `x` }}"),
        ("name: {{ env ‸“A” }}-“b”", 'name: {{ env "A" }}-“b”'),
    ],
)
async def test_a_fix_mends_it(marked: str, mended: str) -> None:
    editor = await opened(marked)
    where = {"start": editor.cursor, "end": editor.cursor}
    actions: list[dict[str, Any]] = await editor.ask("codeAction", range=where, context={"diagnostics": []})
    fixes = [one for one in actions if one["kind"] == "quickfix" and one.get("edit")]
    assert editor.applied(fixes[0]["edit"]["changes"][URI]) == mended + REST
