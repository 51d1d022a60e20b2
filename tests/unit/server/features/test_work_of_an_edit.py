"""What an edit costs in a large document: its own piece, however many lines there are. Work is counted, not timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from telelens_schemas.specification import cutting, reader
from telelens_server import index, rows
from unit.server.features.editor import CURSOR, Editor
from unit.server.features.test_awkward_input import large, typed
from unit.server.in_process import InProcess

FIFTY_THOUSAND_LINES = 7_143
"""So many intercepts make them."""


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the smallest steps of reading were made."""
    counted: Counter[str] = Counter()

    def count(owner: Any, name: str) -> None:
        original: Callable[..., Any] = getattr(owner, name)

        def counting(*arguments: Any) -> Any:
            counted[name] += 1
            return original(*arguments)

        monkeypatch.setattr(owner, name, counting)

    count(cutting, "parse_fragment")
    count(reader.Reader, "_struct")
    count(index, "symbols_of")
    count(rows._RowReader, "_row")
    return counted


async def looked_at(editor: Editor) -> None:
    """All that is worked out of a document's text is asked for."""
    await editor.ask("diagnostic")
    await editor.at_cursor("references", context={"includeDeclaration": True})
    await editor.ask("foldingRange")


async def costs(editor: Editor, work: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """The work of looking at a document first, and that after an edit in its midst."""
    await looked_at(editor)
    first = work.copy()
    work.clear()
    at = editor.text.index("\n", len(editor.text) // 4)
    await typed(editor, at - 1, "x")
    await looked_at(editor)
    return first, work


async def test_an_edit_in_fifty_thousand_lines_costs_as_little_as_in_a_thousand(work: Counter[str]) -> None:
    edits = []
    for intercepts in (143, FIFTY_THOUSAND_LINES):
        text = large(intercepts).replace("handler: h1\n", f"handler: h{CURSOR}1\n")
        first, edit = await costs(await Editor.opened(text), work)
        assert all(count >= intercepts for count in first.values())
        edits.append(edit.copy())
        work.clear()
    assert edits[0].keys() == {"parse_fragment", "_struct", "symbols_of", "_row"}
    assert edits[1] == edits[0]


@pytest.mark.parametrize("trusted", [True, False])
async def test_nor_does_it_where_templates_are_expanded_or_not(work: Counter[str], trusted: bool) -> None:
    asked = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": {"trusted": trusted}}
    server = InProcess()
    await server.ask("initialize", asked)
    text = large(1_000).replace("handler: h1\n", f"handler: h{CURSOR}1\n").replace("exec h7}", 'exec {{ print "7" }}}')
    first, edit = await costs(await Editor.opened(text, server=server), work)
    for step, count in edit.items():
        assert 20 * count < first[step], step
