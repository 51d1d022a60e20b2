"""Lines that YAML reads as something else than was meant: keys beside the one that they belong to, items without a
dash."""

from __future__ import annotations

import pytest
from telelens_schemas.specification import Code
from unit.server.features.choosing import offered, opened
from unit.server.in_process import URI

ECHO = "handlers:\n- name: echo\n  script: {run: x}\n"
WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: echo\n    port: 80\n"
CRD = "apiVersion: getambassador.io/v1alpha4\nkind: InterceptSpecification\nmetadata: {name: demo}\nspec:\n"
BOTH_LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
LONG_OR_SHORT = pytest.mark.parametrize("above", ["", "#\n" * 20], ids=["short", "long"])


async def mended(text: str, code: Code, title: str) -> str:
    """The text after the first fix of the last finding of that code; it is the one to take without thinking."""
    editor, (fix, *_) = await offered(text, code)
    assert (fix["title"], fix["isPreferred"]) == (title, True)
    after = editor.applied(fix["edit"]["changes"][URI])
    assert (await opened(after, code))[1] == []
    return after


SPECIFICATION = ECHO + "# web\n\n" + WORKLOAD
BESIDE = {
    "one key": (
        'Indent "run" under "script"',
        ECHO.replace("script: {run: x}", "script:  # why\n  run: x  # x"),
        ECHO.replace("script: {run: x}", "script:  # why\n    run: x  # x"),
    ),
    "of several lines": (
        'Indent "run" under "script"',
        ECHO.replace("script: {run: x}", "script:\n  run: |\n    x\n\n    y"),
        ECHO.replace("script: {run: x}", "script:\n    run: |\n      x\n\n      y"),
    ),
    "two keys": (
        'Indent "shell" and "run" under "script"',
        ECHO.replace("script: {run: x}", "script:\n  shell: sh\n  # x\n  run:\n    {{ upper `x` }}"),
        ECHO.replace("script: {run: x}", "script:\n    shell: sh\n    # x\n    run:\n      {{ upper `x` }}"),
    ),
    "a word that is near another key": (
        'Indent "namespace" under "mapping"',
        ECHO.replace(
            "script: {run: x}", "docker:\n    compose:\n      services:\n      - mapping:\n        namespace: a"
        ),
        ECHO.replace(
            "script: {run: x}", "docker:\n    compose:\n      services:\n      - mapping:\n          namespace: a"
        ),
    ),
    "all of a specification": (
        'Indent "handlers" and "workloads" under "spec"',
        CRD + SPECIFICATION,
        CRD + "".join(f"  {line}\n" if line else "\n" for line in SPECIFICATION.splitlines()),
    ),
}


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize(("title", "wrong", "right"), BESIDE.values(), ids=BESIDE)
async def test_keys_beside_an_empty_one_that_may_hold_them_are_indented(
    title: str, wrong: str, right: str, above: str, end: str
) -> None:
    wrong, right = (f"{above}{one}".replace("\n", end) for one in (wrong, right))
    assert await mended(wrong, Code.UNKNOWN_KEY, title) == right


@pytest.mark.parametrize(
    "handler",
    ["script: {}\n  run: x", "script:\n  name: b\n  run: x", "{script: ,\n  run: x}", "script:\n  run:\n    'x"],
)
async def test_a_key_is_not_indented_below_one_that_has_a_value_or_does_not_stand_there(handler: str) -> None:
    _, found = await offered(f"{ECHO}- {handler}\n{WORKLOAD}", Code.UNKNOWN_KEY)
    assert not [one for one in found if one["title"].startswith("Indent")]


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "    headers:\n      name: x\n      # y\n      value:\n        y\n",
            "    headers:\n      - name: x\n        # y\n        value:\n          y\n",
        ),
        ("    headers:\n      name: x\n", "    headers:\n      - name: x\n"),
        ("    headers: {name: x, value: y}\n", "    headers: [{name: x, value: y}]\n"),
    ],
)
async def test_a_mapping_becomes_the_item_that_it_is_meant_to_be(wrong: str, right: str, above: str, end: str) -> None:
    wrong, right = (f"{above}{ECHO}{WORKLOAD}{one}".replace("\n", end) for one in (wrong, right))
    assert await mended(wrong, Code.WRONG_TYPE, "Make it a list item") == right


@pytest.mark.parametrize("workloads", ["web:\n    intercepts: []", "name: web\n  intercepts:\n    'x"])
async def test_a_mapping_of_names_is_no_item_nor_is_what_is_broken(workloads: str) -> None:
    _, found = await offered(f"{ECHO}workloads:\n  {workloads}\n", Code.WRONG_TYPE)
    assert found == []


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("handler:echo", ECHO + WORKLOAD.replace("handler: echo", "handler:echo")),
        ("name:web", ECHO + WORKLOAD.replace("name: web", "name:web  # the shop")),
        ("name:demo", "name:demo\n" + ECHO + WORKLOAD),
    ],
)
async def test_a_first_key_without_its_blank_is_one_error_at_itself(word: str, text: str, above: str, end: str) -> None:
    wrong = f"{above}{text}".replace("\n", end)
    editor, found = await opened(wrong, Code.YAML_SYNTAX)
    assert [editor.cut(one["range"]) for one in found] == [word]
    right = wrong.replace(word, word.replace(":", ": "))
    assert await mended(wrong, Code.YAML_SYNTAX, "Put a blank after the colon") == right


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize("between", ["", "\n", "    # the first\n"])
@pytest.mark.parametrize("key", ["- name: echo", "- name: web", "- handler: echo"])
async def test_a_dash_without_its_blank_is_one_error_at_itself(key: str, between: str, above: str, end: str) -> None:
    right = f"{above}{ECHO}{WORKLOAD}".replace(f"{key}\n", f"{key}\n{between}").replace("\n", end)
    wrong = right.replace(key, key.replace("- ", "-"))
    editor, found = await opened(wrong, Code.YAML_SYNTAX)
    assert [editor.cut(one["range"]) for one in found] == ["-"]
    assert await mended(wrong, Code.YAML_SYNTAX, "Put a blank after the dash") == right


BEHIND = {
    "alone": ("    headers: - name: x\n", "    headers:\n      - name: x\n"),
    "in brackets": (
        "    headers:  - {name: x, value: y}  # z\n",
        "    headers:\n      - {name: x, value: y}  # z\n",
    ),
    "with its keys two deeper": (
        "    headers: - name: x\n        value: y\n",
        "    headers:\n      - name: x\n        value: y\n",
    ),
    "with its keys one deeper": (
        "    headers: - name: x\n     value: y\n",
        "    headers:\n      - name: x\n        value: y\n",
    ),
    "with its keys below": (
        "    headers: - name: x\n               value: |\n                 y\n\n             - name: z\n",
        "    headers:\n      - name: x\n        value: |\n          y\n\n      - name: z\n",
    ),
    "before another": (
        "    headers: - name: x\n    - name: y\n",
        "    headers:\n    - name: x\n    - name: y\n",
    ),
}


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize(("wrong", "right"), BEHIND.values(), ids=BEHIND)
async def test_an_item_behind_its_key_is_put_on_its_own_line(wrong: str, right: str, above: str, end: str) -> None:
    wrong, right = (f"{above}{ECHO}{WORKLOAD}{one}    pathPrefix: /\n".replace("\n", end) for one in (wrong, right))
    editor, found = await opened(wrong, Code.YAML_SYNTAX)
    assert [editor.cut(one["range"]) for one in found] == ["-"]
    assert await mended(wrong, Code.YAML_SYNTAX, "Put it on its own line") == right


async def test_an_item_behind_its_key_stays_there_if_what_belongs_to_it_is_in_disorder() -> None:
    headers = "    headers: - name: x\n               value: y\n      value: z\n"
    assert (await offered(ECHO + WORKLOAD + headers, Code.YAML_SYNTAX))[1] == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("connection: {context: a: b}", "connection: {context: 'a: b'}"),
        (
            "connection: {namespace: x, context: it's: b, kubeconfig: c}",
            "connection: {namespace: x, context: 'it''s: b', kubeconfig: c}",
        ),
        ("connection: {context: a: b: c }  # d", "connection: {context: 'a: b: c' }  # d"),
        ("connection:\n  {context: a: b,\n   namespace: x}", "connection:\n  {context: 'a: b',\n   namespace: x}"),
    ],
)
async def test_a_colon_in_a_value_within_brackets_is_named_and_not_their_end(wrong: str, right: str) -> None:
    editor, found = await opened(f"{wrong}\n{ECHO}{WORKLOAD}", Code.YAML_SYNTAX)
    assert [(editor.cut(one["range"]), "not closed" in one["message"]) for one in found] == [(":", False)]
    assert (
        await mended(f"{wrong}\n{ECHO}{WORKLOAD}", Code.YAML_SYNTAX, "Put it in quotes") == f"{right}\n{ECHO}{WORKLOAD}"
    )


async def test_a_template_before_a_colon_within_brackets_is_not_quoted() -> None:
    _, found = await offered("connection: {context: {{ `a` }}: b}\n" + ECHO + WORKLOAD, Code.YAML_SYNTAX)
    assert found == []


TABBED = {
    "six blanks below a key": ("handlers:\n  - name: echo\n    script:\n      ‸run: x\n", "\t\t"),
    "below a key in a file of four blanks": (
        "connection:\n    namespace: a\nhandlers:\n- name: echo\n  script:\n      ‸run: x\n",
        "\t",
    ),
    "an item below a key": ("handlers:\n- name: echo\n  environment:\n  ‸- {name: A, value: b}\n", "\t\t"),
    "an item beside another": (
        "handlers:\n    - name: echo\n      environment: []\n      script: {run: x}\n    ‸- name: b\n",
        "\t\t\t",
    ),
    "a key that only the innermost mapping has": (
        "handlers:\n  - name: echo\n    environment:\n      - name: A\n        ‸value: b\n",
        "\t",
    ),
    "a key that only an outer mapping has": (
        "handlers:\n  - name: echo\n    environment:\n      - {name: A, value: b}\n    ‸script: {run: x}\n",
        "\t\t",
    ),
    "a key that several mappings may have, of four blanks each": (
        "workloads:\n  - intercepts:\n          - port: 1\n            ‸name: w\n",
        "\t\t\t",
    ),
    "a key that several mappings may have": (
        "handlers:\n  - environment:\n      - value: b\n    ‸name: echo\n",
        "\t\t",
    ),
}


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize(("marked", "tabs"), TABBED.values(), ids=TABBED)
async def test_tabs_become_as_many_blanks_as_the_line_needs(marked: str, tabs: str, above: str, end: str) -> None:
    before, _, after = f"{above}{marked}{WORKLOAD}".replace("\n", end).partition("‸")
    line = before.rpartition("\n")[2]
    wrong = before.removesuffix(line) + tabs + after
    assert await mended(wrong, Code.TAB, "Indent by spaces") == before + after
