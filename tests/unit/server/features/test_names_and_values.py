"""Headers and variables that are written shorter than the language has them: as a mapping, or as text."""

from __future__ import annotations

import pytest
from telelens_schemas.specification import Code
from unit.server.features.choosing import judged, offered, opened
from unit.server.features.editor import Editor
from unit.server.in_process import URI

ECHO = "handlers:\n- name: echo\n  script: {run: x}\n"
WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: echo\n    port: 80\n"
OLD = "apiVersion: getambassador.io/v1alpha1\nkind: InterceptSpecification\nmetadata: {name: demo}\nspec:\n"
BOTH_LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
LONG_OR_SHORT = pytest.mark.parametrize("above", ["", "#\n" * 20], ids=["short", "long"])
MAPPED = {
    "in braces": (
        "headers: {x-user: ada, 'x-b': \"c\"}  # why\n",
        "headers: [{name: x-user, value: ada}, {name: 'x-b', value: \"c\"}]  # why\n",
    ),
    "a block": (
        "headers:\n      x-user: ada  # why\n      # next\n      x-b : yes\n",
        "headers:\n      - name: x-user\n        value: ada  # why\n      # next\n"
        '      - name: x-b\n        value: "yes"\n',
    ),
    "of several lines": (
        "headers:\n      a:\n        8080\n      b: >-\n        x\n        y\n",
        'headers:\n      - name: a\n        value:\n          "8080"\n      - name: b\n        value: >-\n'
        "          x\n          y\n",
    ),
    "items": (
        "headers:\n    - x-user: ada  # why\n    - name: b\n      value: c\n",
        "headers:\n    - name: x-user\n      value: ada  # why\n    - name: b\n      value: c\n",
    ),
    "several in an item": (
        "headers:\n    -   x-user: |-\n          ada\n\n        8: 1.5\n",
        'headers:\n    -   name: x-user\n        value: |-\n          ada\n\n    -   name: "8"\n        value: "1.5"\n',
    ),
    "below a dash": ("headers:\n    -\n      x-name: ada\n", "headers:\n    -\n      {name: x-name, value: ada}\n"),
    "in brackets": ("headers: [x-user: ada]\n", "headers: [{name: x-user, value: ada}]\n"),
    "in brackets and braces": ("headers: [{x-user: ada}]\n", "headers: [{name: x-user, value: ada}]\n"),
    "templates": (
        "headers: { {{ `x` }}-user: {{ .Telepresence.Username }}}\n",
        "headers: [ {name: {{ `x` }}-user, value: {{ .Telepresence.Username }}}]\n",
    ),
}
TEXTS = {
    "an item": ("environment:\n  - PORT=8080  # why\n", 'environment:\n  - name: PORT\n    value: "8080"  # why\n'),
    "in brackets": ("environment: [PORT=a b]\n", "environment: [{name: PORT, value: a b}]\n"),
    "in quotes": (
        "environment:\n  - 'A=it''s: b'\n",
        "environment:\n  - name: A\n    value: 'it''s: b'\n",
    ),
    "with a colon": ('environment: ["PORT: 8080"]\n', 'environment: [{name: PORT, value: "8080"}]\n'),
    "signs that mean something else": (
        "environment:\n  - A=*it's\n",
        "environment:\n  - name: A\n    value: '*it''s'\n",
    ),
    "nothing": ("environment:\n  - A=\n", 'environment:\n  - name: A\n    value: ""\n'),
    "behind the key": ("environment: A=[b, c]\n", "environment: [{name: A, value: '[b, c]'}]\n"),
    "below the key": (
        "environment:\n    A=1\n    B=http://c:80/?d=e\n",
        'environment:\n    - name: A\n      value: "1"\n    - name: B\n      value: http://c:80/?d=e\n',
    ),
}


async def mended(wrong: str) -> str:
    """After the one fix of the one finding, which is the one to take without thinking."""
    editor, fixes = await offered(wrong, Code.WRONG_TYPE)
    (fix,) = fixes
    assert (fix["title"].startswith("Write "), fix["isPreferred"]) == (True, True)
    after = editor.applied(fix["edit"]["changes"][URI])
    assert [one for one in (await judged(after))[1] if one["severity"] == 1] == []
    return after


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize(("wrong", "right"), MAPPED.values(), ids=MAPPED)
async def test_a_mapping_is_written_as_names_and_values(wrong: str, right: str, above: str, end: str) -> None:
    wrong, right = (f"{above}{ECHO}{WORKLOAD}    {one}".replace("\n", end) for one in (wrong, right))
    assert await mended(wrong) == right


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize(("wrong", "right"), TEXTS.values(), ids=TEXTS)
async def test_a_text_is_split_into_name_and_value(wrong: str, right: str, above: str, end: str) -> None:
    wrong, right = (f"{above}{ECHO}  {one}{WORKLOAD}".replace("\n", end) for one in (wrong, right))
    assert await mended(wrong) == right


@pytest.mark.parametrize(
    ("headers", "where", "said"),
    [
        (
            "{x-user: ada}",
            "{x-user: ada}",
            "headers: expected a list of name and value: write [{name: x-user, value: ada}]",
        ),
        ("\n    - a: 1\n      b: 2", "a", 'headers[0]: expected name and value: write {name: a, value: "1"}'),
        ("[a: *b]", "a", "headers[0]: expected name and value: write {name: a, value: b}"),
    ],
)
async def test_what_to_write_is_said_once(headers: str, where: str, said: str) -> None:
    text = f"name: &b b\n{ECHO}{WORKLOAD}    headers: {headers}\n"
    editor = await Editor.opened(text)
    found = [(editor.cut(one["range"]), one["message"]) for one in editor.server.published() or []]
    assert found == [(where, said)]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ("{x: {y: z}}", Code.WRONG_TYPE),
        ("{<<: {x: y}}", Code.WRONG_TYPE),
        ("[x: *a]", Code.WRONG_TYPE),
        ("{? x : y}", Code.WRONG_TYPE),
        ("{x: }", Code.WRONG_TYPE),
        ("[{x: y, z: a}]", Code.WRONG_TYPE),
        ("[nmae=x]", Code.WRONG_TYPE),
        ("[nmae: x]", Code.UNKNOWN_KEY),
        ("[x]", Code.WRONG_TYPE),
    ],
)
async def test_what_is_less_plain_is_not_rewritten(headers: str, code: Code) -> None:
    _, fixes = await offered(f"name: &a a\n{ECHO}{WORKLOAD}    headers: {headers}\n", code)
    assert not [one for one in fixes if one["title"].startswith("Write ")]


async def test_a_variable_has_a_name_that_a_shell_knows() -> None:
    _, fixes = await offered(f"{ECHO}  environment: [--port=80]\n{WORKLOAD}", Code.WRONG_TYPE)
    assert fixes == []


async def test_the_oldest_version_has_mappings_there() -> None:
    handlers = "  handlers: {echo: {script: {run: x}, environment: {PORT: 8080}}}\n"
    text = f"{OLD}{handlers}  workloads: {{web: {{intercepts: [{{handler: echo, headers: {{x-user: ada}}}}]}}}}\n"
    assert (await opened(text, Code.WRONG_TYPE))[1] == []
