"""Inlay hints: defaults, what auto stands for, and what templates expand to where that is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from unit.server.features.editor import Editor
from unit.server.in_process import InProcess

EVERYTHING = {"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}}
TEXT = """\
handlers:
  - name: echo
    script:
      run: exec echo 😋
  - name: other
    script: {run: x, shell: bash}
workloads:
  - name: web
    intercepts:
      - handler: echo
        port: http
        headers:
          - {name: x-user, value: auto}
      - handler: other
        localPort: 9000
      - handler: echo
        enabled: false
"""


async def hints(text: str, where: dict[str, Any] = EVERYTHING) -> list[tuple[int, str, str]]:
    editor = await Editor.opened(text)
    return shown(editor, await editor.ask("inlayHint", range=where))


def shown(editor: Editor, found: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    """Each hint's line, the text before it in that line, and the hint."""
    result = []
    for one in found:
        line, character = one["position"]["line"], one["position"]["character"]
        before = editor.cut({"start": {"line": line, "character": 0}, "end": {"line": line, "character": character}})
        result.append((line, before.strip(), one["label"]))
    return result


async def test_defaults_and_generated_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    assert await hints(TEXT) == [
        (3, "run: exec echo 😋", "shell: zsh"),
        (10, "port: http", "→ localPort 8080"),
        (12, "- {name: x-user, value: auto", "→ SESSION:web"),
    ]


@pytest.mark.parametrize(
    ("script", "before"),
    [
        ("\n      run: |\n        exec echo\n", "run: |"),
        ("\n      run: exec echo # why  \n", "run: exec echo # why"),
        (" {run: exec echo}\n", "script: {run: exec echo}"),
        ("\n      run: exec echo\r\n", "run: exec echo"),
    ],
)
async def test_the_shell_stands_behind_everything_in_the_line_of_run(
    script: str, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELL", "/bin/sh")
    found = await hints(f"handlers:\n  - name: echo\n    script:{script}")
    assert [(text, label) for _, text, label in found] == [(before, "shell: sh")]


async def test_only_lines_that_are_seen() -> None:
    where = {"start": {"line": 10, "character": 0}, "end": {"line": 10, "character": 5}}
    assert [line for line, *_ in await hints(TEXT, where)] == [10]


async def test_defaults_stay_where_another_place_is_broken() -> None:
    assert (10, "port: http", "→ localPort 8080") in await hints(TEXT.replace("x, shell", '"x, shell'))


@pytest.mark.parametrize(
    ("intercepts", "expected"),
    [
        ("[{handler: echo}]", ["{handler: echo"]),
        ("[{handler: echo, port: http}]", ["{handler: echo, port: http"]),
        ("[{name: a}]", []),
        ("[{handler: echo, localPort: 80}]", []),
        ("[&a {handler: echo, localPort: 80}, {<<: *a, name: b}]", []),
    ],
)
async def test_the_default_port_stands_behind_the_port_or_else_the_handler(
    intercepts: str, expected: list[str]
) -> None:
    found = await hints(f"workloads:\n  - name: web\n    intercepts:\n      {intercepts}\n")
    assert found == [(3, f"[{before}", "→ localPort 8080") for before in expected]


async def test_what_is_merged_in_has_its_hint_once_where_it_stands() -> None:
    text = (
        "workloads:\n  - name: web\n    intercepts:\n      - &a\n        port: http\n      - <<: *a\n        name: b\n"
    )
    assert await hints(text) == [(4, "port: http", "→ localPort 8080")]


@pytest.mark.parametrize(
    ("intercepts", "expected"),
    [
        ("- &a\n  port: http\n- <<: *a\n  handler: b\n", ["port: http", "handler: b"]),
        ("- {<<: &a {port: http}, handler: b}\n", ["- {<<: &a {port: http"]),
        ("- &a {port: http}\n- {<<: *a, handler: b}\n", ["- &a {port: http", "- {<<: *a, handler: b"]),
        ("[&a {port: http}, {<<: *a, handler: b}]\n", ["[&a {port: http", "[&a {port: http}, {<<: *a, handler: b"]),
    ],
)
async def test_where_the_port_is_merged_in_the_hint_stands_behind_the_handler(
    intercepts: str, expected: list[str]
) -> None:
    found = await hints(
        "workloads:\n- name: web\n  intercepts:\n" + "".join(f"    {one}\n" for one in intercepts.splitlines())
    )
    assert [(before, label) for _, before, label in found] == [(before, "→ localPort 8080") for before in expected]


TEMPLATES = """\
name: {{ print "a" "b" }}😋{{ .Telepresence.Username }}
handlers: []
workloads: []
# {{ range $i := list 1 2 }}{{ $i }}{{ end }}
""".replace("list 1 2", "2")


async def trusted(text: str) -> Editor:
    server = InProcess()
    options = {"trusted": True}
    await server.ask(
        "initialize", {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
    )
    return await Editor.opened(text, server=server)


async def test_nothing_is_expanded_without_trust() -> None:
    assert await hints(TEMPLATES) == []


async def test_templates_expand_where_the_user_trusts_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELELENS_USERNAME", "ada")
    editor = await trusted(TEMPLATES)
    assert shown(editor, await editor.ask("inlayHint", range=EVERYTHING)) == [
        (0, 'name: {{ print "a" "b" }}', "→ ab"),
        (0, 'name: {{ print "a" "b" }}😋{{ .Telepresence.Username }}', "→ ada"),
        (3, "# {{ range $i := 2 }}{{ $i }}", "→ 0 · 1"),
    ]


@pytest.mark.parametrize(("values", "shown_values"), [(3, "→ 0 · 1 · 2"), (4, "→ 0 · 1 · 2, …")])
async def test_of_many_values_of_a_loop_three_are_shown(values: int, shown_values: str) -> None:
    editor = await trusted(f"handlers: []\nworkloads: []\n# {{{{ range {values} }}}}{{{{ . }}}}{{{{ end }}}}\n")
    assert [hint for *_, hint in shown(editor, await editor.ask("inlayHint", range=EVERYTHING))] == [shown_values]


async def test_trust_may_be_given_later() -> None:
    editor = await Editor.opened(TEMPLATES, workspace={"inlayHint": {"refreshSupport": True}})
    assert await editor.ask("inlayHint", range=EVERYTHING) == []
    editor.server.say("telelens/trust", {"trusted": True})
    assert len(await editor.ask("inlayHint", range=EVERYTHING)) == 3
    assert [one for one in editor.server.written if one.get("method") == "workspace/inlayHint/refresh"]


@pytest.mark.parametrize("trusted_value", [None, "true", 1, {"trusted": "yes"}])
async def test_only_a_plain_yes_is_trust(trusted_value: Any) -> None:
    editor = await Editor.opened(TEMPLATES)
    editor.server.say("telelens/trust", {"trusted": trusted_value})
    assert await editor.ask("inlayHint", range=EVERYTHING) == []


async def test_of_a_broken_template_what_stands_alone_is_expanded() -> None:
    editor = await trusted('name: {{ print "a" }}-{{ if }}\nb: {{ $x }}\n')
    assert [hint for *_, hint in shown(editor, await editor.ask("inlayHint", range=EVERYTHING))] == ["→ a"]


@pytest.mark.parametrize(
    "bomb",
    [
        '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}',
        "{{ range 1000000000 }}{{ range 1000000000 }}x{{ end }}{{ end }}",
        '{{ printf "%1000000000d" 1 }}',
    ],
)
async def test_a_bomb_is_not_waited_for(bomb: str) -> None:
    editor = await trusted(f'name: {{{{ print "a" }}}}\n# {bomb}\n')
    found = shown(editor, await editor.ask("inlayHint", range=EVERYTHING))
    assert [hint for line, _, hint in found if line == 0] == ["→ a"]
