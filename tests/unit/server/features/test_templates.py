"""Inside of template actions: completion, signature help, hover."""

from __future__ import annotations

from typing import Any

import pytest
from unit.server.features.editor import CURSOR, Editor
from unit.server.in_process import InProcess

REST = "\nhandlers: []\nworkloads: []\n"


async def labels(marked: str) -> list[str]:
    editor = await Editor.opened(marked + REST)
    return [one["label"] for one in (await editor.at_cursor("completion"))["items"]]


async def chosen(marked: str, label: str) -> str:
    editor = await Editor.opened(marked + REST)
    (item,) = [one for one in (await editor.at_cursor("completion"))["items"] if one["label"] == label]
    return editor.applied([item["textEdit"]]).removesuffix(REST)


@pytest.mark.parametrize(
    "marked",
    [
        "a: {{ ‸",
        "a: {{‸}}",
        "a: x-{{ pri‸ }}-y",
        'a: {{ print "}}" | ‸',
        "a: {{ print (‸",
        "# {{ ‸\n",
        "a: |\n  {{- ‸ -}}",
    ],
)
async def test_functions_fields_and_variables_are_offered_wherever_an_action_is(marked: str) -> None:
    found = await labels(marked)
    assert {"printf", "len", ".Telepresence.Username"} <= set(found)


@pytest.mark.parametrize(
    "marked", ["a: {{ 1 }}‸", "a: {{ 1 }‸}", "a: ‸{{ 1 }}", "a: {{/* ‸ */}}", 'a: {{ print "‸" }}']
)
async def test_no_functions_elsewhere(marked: str) -> None:
    assert "printf" not in await labels(marked)


async def test_keywords_only_begin_an_action() -> None:
    assert "range" in await labels("a: {{ ra‸")
    assert "range" not in await labels("a: {{ len ra‸")


async def test_variables_that_stand_above_are_offered() -> None:
    assert "$one" in await labels("{{ $one := 1 }}\na: {{ len $‸")


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("a: {{ .‸", ["Telepresence"]),
        ("a: {{ .Telepresence.Us‸", ["Username"]),
        ("a: {{ .Nothing.‸", []),
        ("a: {{ $x.‸", []),
    ],
)
async def test_fields(marked: str, expected: list[str]) -> None:
    assert await labels(marked) == expected


@pytest.mark.parametrize(
    ("marked", "label", "expected"),
    [
        ("a: 😋{{ pr‸in }}", "printf", "a: 😋{{ printf }}"),
        ("a: {{ .Tel‸ }}", "Telepresence", "a: {{ .Telepresence }}"),
        ("a: {{ .Telepresence.‸ }}", "Username", "a: {{ .Telepresence.Username }}"),
        ("a: {{ ‸ }}", ".Telepresence.Username", "a: {{ .Telepresence.Username }}"),
    ],
)
async def test_what_is_chosen_replaces_the_word(marked: str, label: str, expected: str) -> None:
    assert await chosen(marked, label) == expected


async def test_functions_come_with_signature_and_documentation() -> None:
    editor = await Editor.opened("a: {{ ‸" + REST)
    (item,) = [one for one in (await editor.at_cursor("completion"))["items"] if one["label"] == "printf"]
    assert item["detail"].startswith("printf(")
    assert item["documentation"]["value"]


async def test_names_of_environment_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_NAMESPACE", "secret value")
    editor = await Editor.opened('a: {{ env "SHOP‸" }}' + REST)
    items = (await editor.at_cursor("completion"))["items"]
    assert "SHOP_NAMESPACE" in {one["label"] for one in items}
    assert "secret value" not in str(items)


@pytest.mark.parametrize(
    ("marked", "name", "argument"),
    [
        ("a: {{ slice ‸", "slice", 0),
        ("a: {{ slice .a ‸", "slice", 1),
        ("a: {{ slice .a.b 1 ‸", "slice", 1),
        ("a: {{ index (slice .a ‸", "slice", 1),
        ("a: {{ index (slice .a 1) ‸", "index", 1),
        ("a: {{ eq 1 ‸ }}", "eq", 1),
        ("a: {{ if eq 1 ‸", "eq", 1),
        ("a: {{ .x | pri‸ntf }}", "printf", 0),
        ('a: {{ printf "%s‸" 1 }}', "printf", 0),
        ('a: {{ default "x" ‸', "default", 1),
        ('a: {{ env "A" | replace "a" ‸', "replace", 1),
    ],
)
async def test_signature_help_follows_the_arguments(marked: str, name: str, argument: int) -> None:
    editor = await Editor.opened(marked + REST)
    found = await editor.at_cursor("signatureHelp")
    (signature,) = found["signatures"]
    assert signature["label"].startswith(f"{name}(")
    assert found["activeParameter"] == signature["activeParameter"] == argument
    assert all(one["label"] in signature["label"] for one in signature["parameters"])


@pytest.mark.parametrize(
    ("function", "does"), [("slice", "from the first index"), ("env", "variable"), ("b64enc", "base64")]
)
async def test_signature_help_says_what_the_function_does(function: str, does: str) -> None:
    editor = await Editor.opened(f"a: {{{{ {function} {CURSOR}" + REST)
    (signature,) = (await editor.at_cursor("signatureHelp"))["signatures"]
    said = signature["documentation"]
    assert said["kind"] == "markdown"
    assert does in said["value"]
    assert said["value"] in (await hovered(f"a: {{{{ {function}{CURSOR} 1 }}}}"))[1]


@pytest.mark.parametrize("marked", ["a: ‸", "a: {{ ‸ }}", "a: {{ .x ‸ }}", "a: {{ slice .a }}‸", "a: {{ nothing ‸"])
async def test_no_signature_where_no_function_is_called(marked: str) -> None:
    editor = await Editor.opened(marked + REST)
    assert await editor.at_cursor("signatureHelp") is None


async def hovered(marked: str, *, trusted: bool = False) -> tuple[str, str]:
    """The text that is hovered over, and what is said of it."""
    server = InProcess()
    options = {"trusted": trusted}
    await server.ask(
        "initialize", {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
    )
    editor = await Editor.opened(marked + REST, server=server)
    found: dict[str, Any] = await editor.at_cursor("hover")
    return editor.cut(found["range"]), found["contents"]["value"]


async def test_hover_over_a_function_says_what_it_does() -> None:
    where, said = await hovered("a: {{ 😋 pri‸ntf 1 }}".replace("😋 ", ""))
    assert where == "printf"
    assert "printf(" in said


async def test_hover_over_a_field() -> None:
    where, said = await hovered("a: 😋{{ .Telepresence.User‸name }}")
    assert (where, "name of the user" in said) == (".Telepresence.Username", True)


async def test_hover_says_the_value_only_where_the_workspace_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELELENS_USERNAME", "ada")
    marked = "a: {{ .Telepresence.User‸name }}"
    assert "ada" in (await hovered(marked, trusted=True))[1]
    assert "ada" not in (await hovered(marked))[1]
    assert "trusted" in (await hovered(marked))[1]


async def test_hover_over_a_part_of_an_action_says_that_the_value_is_of_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("USER", "ada")
    where, said = await hovered('a: {{ en‸v "USER" | upper }}', trusted=True)
    assert where == "env"
    assert said.endswith("The whole action writes now:\n```text\nADA\n```")


async def test_hover_in_a_broken_template() -> None:
    assert (await hovered("a: {{ pri‸ntf (\nb: {{ end }}"))[0] == "printf"
    assert "no function" in (await hovered("a: {{ nonse‸nse }}"))[1]
