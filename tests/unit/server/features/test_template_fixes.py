"""What a template lacks is put where it belongs."""

from __future__ import annotations

import pytest
from telelens_schemas.specification import Code
from unit.server.features.choosing import mended, offered, opened
from unit.server.in_process import URI

REST = "handlers: [{name: a, script: {run: x}}]\nworkloads:\n- name: w\n  intercepts: [{handler: a, port: 80}]\n"
UNSET = "TELELENS_NOWHERE"
BOTH_LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])


@BOTH_LINE_ENDS
@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("name: {{ upper `x`", "name: {{ upper `x` }}"),
        ("name: {{upper `x`", "name: {{upper `x`}}"),
        ('name: "{{ .Telepresence.Username"  # mine', 'name: "{{ .Telepresence.Username }}"  # mine'),
        ('name: "{{ upper "x""', 'name: "{{ upper "x" }}"'),
        ("name: '{{ upper `x`'", "name: '{{ upper `x` }}'"),
        ("name: {{ upper `x` # mine", "name: {{ upper `x` }} # mine"),
        ("connection: {context: {{ lower `x`, namespace: y}", "connection: {context: {{ lower `x` }}, namespace: y}"),
        ("name: {{ if true\n# {{ else }}{{ end }}", "name: {{ if true }}\n# {{ else }}{{ end }}"),
        ("name: {{ if true }}x{{ end", "name: {{ if true }}x{{ end }}"),
    ],
)
async def test_an_action_is_closed_where_it_ends(wrong: str, right: str, end: str) -> None:
    wrong, right = (f"{one}\n{REST}".replace("\n", end) for one in (wrong, right))
    assert await mended(wrong, Code.BAD_TEMPLATE, "Add }}") == right


@pytest.mark.parametrize(
    "broken", ['{{ upper "x', "{{ (upper `x` }}", "{{", "{{ upper `x` `y' z", "{{ /* x", "{{ upper `x`, `y` }}"]
)
async def test_an_action_is_not_closed_where_something_else_is_wrong(broken: str) -> None:
    _, fixes = await offered(f"name: {broken}\n{REST}", Code.BAD_TEMPLATE)
    assert "Add }}" not in [one["title"] for one in fixes]


LINES = "handlers:\n- {name: a, script: {run: x}}\n"
END = {
    "a value": ("name: {{ if true }}x # mine\n", "name: {{ if true }}x{{ end }} # mine\n"),
    "a value in quotes": ('name: "{{ if true }}x" # mine\n', 'name: "{{ if true }}x{{ end }}" # mine\n'),
    "a value in other quotes": ("name: '{{ if true }}x' # mine\n", "name: '{{ if true }}x{{ end }}' # mine\n"),
    "a value in brackets": (
        "connection: {context: {{ if true }}x{{ else }}y, namespace: z}\n",
        "connection: {context: {{ if true }}x{{ else }}y{{ end }}, namespace: z}\n",
    ),
    "one value of two": (
        "name: {{ if true }}x\n# {{ if true }}\n",
        "name: {{ if true }}x\n# {{ if true }}{{ end }}\n",
    ),
    "items": (
        "  {{- if true }}\n  - name: b\n    script: {run: x}\n  # c\n  - name: c\n\n# of workloads\n",
        "  {{- if true }}\n  - name: b\n    script: {run: x}\n  # c\n  - name: c\n  {{- end }}\n\n# of workloads\n",
    ),
    "items beside their key": (
        "{{ if true }}\n- name: b\n  script: {run: x}\n",
        "{{ if true }}\n- name: b\n  script: {run: x}\n{{ end }}\n",
    ),
    "keys": (
        "- name: b\n  {{- if true }}\n  script: {run: x}\n  {{- else }}\n  external: {}\n- name: c\n",
        "- name: b\n  {{- if true }}\n  script: {run: x}\n  {{- else }}\n  external: {}\n  {{- end }}\n- name: c\n",
    ),
    "around another": (
        "- name: b\n  {{- if true }}\n  {{- if true }}\n  script: {run: x}\n  {{- end }}\n",
        "- name: b\n  {{- if true }}\n  {{- if true }}\n  script: {run: x}\n  {{- end }}\n  {{- end }}\n",
    ),
    "around another that stands elsewhere": (
        "- name: b\n  {{- if true }}\n{{ if true }}\n  script: {run: x}\n{{ end }}\n",
        "- name: b\n  {{- if true }}\n{{ if true }}\n  script: {run: x}\n{{ end }}\n  {{- end }}\n",
    ),
    "what is else": (
        "- name: b\n{{ if true }}\n  script: {run: x}\n{{ else }}\n- name: c\n- name: d\n",
        "- name: b\n{{ if true }}\n  script: {run: x}\n{{ else }}\n- name: c\n- name: d\n{{ end }}\n",
    ),
    "a definition": ('# {{ define "x" }}y\n', '# {{ define "x" }}y{{ end }}\n'),
}


@BOTH_LINE_ENDS
@pytest.mark.parametrize(("wrong", "right"), END.values(), ids=END)
async def test_a_block_is_closed_behind_what_stands_in_it(wrong: str, right: str, end: str) -> None:
    rest = REST if wrong[0] in "nc#" else REST.partition("\n")[2]
    head = "" if rest is REST else LINES.replace("-", "  -") if wrong.startswith("  {{") else LINES
    wrong, right = (f"{head}{one}{rest}".replace("\n", end) for one in (wrong, right))
    assert await mended(wrong, Code.BAD_TEMPLATE, "Add {{ end }}") == right


async def test_a_block_is_closed_within_its_document_and_at_the_end_of_the_text() -> None:
    text = REST.partition("\n")[2] + "handlers:\n- name: a\n  script:\n    run: |\n      {{ if true }}\n      y"
    assert await mended(text, Code.BAD_TEMPLATE, "Add {{ end }}") == text + "\n      {{ end }}"
    text = f"{{{{ if true }}}}\n{REST}"
    after = await mended(f"{text}---\nkind: Pod\n", Code.BAD_TEMPLATE, "Add {{ end }}")
    assert after == f"{text}{{{{ end }}}}\n---\nkind: Pod\n"


@pytest.mark.parametrize(
    ("text", "is_outer_closed"),
    [
        ("name: {{ if 1 }}{{ if 2 }}x\n", False),
        ("{{ if 1 }}\n{{ if 2 }}\nname: x\n", False),
        ("name: {{ if 1 }}x\n# {{ if 2 }}\n", True),
    ],
)
async def test_an_end_is_not_added_where_it_would_be_that_of_a_nested_block(text: str, is_outer_closed: bool) -> None:
    editor, found = await opened(text + REST, Code.BAD_TEMPLATE)
    closed = []
    for one in found:
        fixes = await editor.ask("codeAction", range=one["range"], context={"diagnostics": [], "only": ["quickfix"]})
        closed.append(any(fix["diagnostics"] == [one] for fix in fixes))
    assert closed == [is_outer_closed, True]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('name: x{{ env "NAME" }}', 'name: x{{ env "NAME" | default "" }}'),
        ('name: "x{{- env "NAME" -}}"', 'name: "x{{- env "NAME" | default "" -}}"'),
        ("connection: {context: {{env `NAME`}}}", "connection: {context: {{env `NAME` | default ``}}}"),
    ],
)
async def test_a_variable_that_is_not_set_gets_a_default(
    wrong: str, right: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(UNSET, raising=False)
    wrong, right = (f"{one}\n{REST}".replace("NAME", UNSET) for one in (wrong, right))
    assert await mended(wrong, Code.UNSET_VARIABLE, "Give it a default") == right


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('name: {{ env "NAME" | default 8080 }}', "name: '{{ env \"NAME\" | default 8080 }}'"),
        ("name: {{ true }}  # mine", "name: '{{ true }}'  # mine"),
        ("name: {{ if true }}80{{ else }}it's{{ end }}", "name: '{{ if true }}80{{ else }}it''s{{ end }}'"),
        ("name: {{ range list 1 2 }}{{ . }}{{ end }}", "name: '{{ range list 1 2 }}{{ . }}{{ end }}'"),
        ("name: 9{{ index (list `a'b` 80) 1 }}", "name: '9{{ index (list `a'b` 80) 1 }}'"),
        ("connection: {context: {{ 80 }}, namespace: y}", "connection: {context: '{{ 80 }}', namespace: y}"),
    ],
)
async def test_what_a_template_writes_is_put_in_quotes_where_text_is_asked_for(wrong: str, right: str) -> None:
    editor, (fix,) = await offered(f"{wrong}\n{REST}", Code.WRONG_TYPE)
    assert (fix["title"], fix["isPreferred"]) == ("Put it in quotes", True)
    assert editor.applied(fix["edit"]["changes"][URI]) == f"{right}\n{REST}"
    assert (await opened(f"{right}\n{REST}", Code.WRONG_TYPE))[1] == []


async def test_a_template_that_writes_more_than_the_value_is_not_put_in_quotes() -> None:
    assert (await offered('name: {{ "80\\nconnection: {context: x}" }}\n' + REST, Code.WRONG_TYPE))[1] == []
