"""What may be done about a finding, and what is left of it then."""

from __future__ import annotations

from typing import Any

from telelens_schemas.specification import Code
from unit.server.features.editor import Editor
from unit.server.in_process import URI, InProcess

Found = list[dict[str, Any]]


async def opened(text: str, code: Code) -> tuple[Editor, Found]:
    """In a workspace that is trusted; with what is wrong of that code."""
    editor, found = await judged(text)
    return editor, _of(code, found)


async def offered(text: str, code: Code) -> tuple[Editor, Found]:
    """Fixes of the last finding of that code."""
    editor, found = await opened(text, code)
    context = {"diagnostics": [], "only": ["quickfix"]}
    fixes = await editor.ask("codeAction", range=found[-1]["range"], context=context)
    return editor, [one for one in fixes if one["diagnostics"][0] == found[-1]]


async def mended(text: str, code: Code, title: str) -> str:
    """The text after a fix that the user chose: one such finding less, and no error of another kind."""
    editor, fixes = await offered(text, code)
    (fix,) = [one for one in fixes if one["title"] == title]
    assert "isPreferred" not in fix
    after = editor.applied(fix["edit"]["changes"][URI])
    (_, before), (_, left) = await judged(text), await judged(after)
    assert len(_of(code, left)) == len(_of(code, before)) - 1
    assert _errors(left) <= _errors(before)
    return after


async def judged(text: str) -> tuple[Editor, Found]:
    """With all that is wrong."""
    server = InProcess()
    await server.ask(
        "initialize",
        {
            "processId": None,
            "rootUri": None,
            "capabilities": {"textDocument": {"diagnostic": {}}},
            "initializationOptions": {"trusted": True},
        },
    )
    editor = await Editor.opened(text, server=server)
    return editor, (await editor.ask("diagnostic"))["items"]


def _of(code: Code, found: Found) -> Found:
    return [one for one in found if one["code"] == code]


def _errors(found: Found) -> set[str]:
    return {one["code"] for one in found if one["severity"] == 1}
