"""What comes with a diagnostic beside its message: where its code is explained, other places, how it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import telelens_server
from telelens_schemas.specification import Code
from unit.schemas.specification.examples import EXAMPLES
from unit.server.features.editor import Editor
from unit.server.in_process import URI

TEXT = """\
handlers:
  - {name: a, script: {run: x}}
  - {name: a, script: {run: x}}
workloads:
  - name: web
    intercepts: [{handler: a, port: http}]
"""
DOCUMENTATION = Path(telelens_server.__file__).parents[2] / "docs" / "specification.md"


async def diagnostics(text: str) -> tuple[Editor, list[dict[str, Any]]]:
    editor = await Editor.opened(text)
    return editor, editor.server.published() or []


async def test_the_code_leads_to_its_section_of_the_reference_page() -> None:
    _, (found,) = await diagnostics(TEXT)
    href = found["codeDescription"]["href"]
    assert href == f"{DOCUMENTATION.as_uri()}#{found['code']}"


@pytest.mark.parametrize("code", [code.value for code in Code])
def test_each_code_has_its_section(code: str) -> None:
    assert f"## {code}\n" in DOCUMENTATION.read_text()


async def test_the_other_place_is_told() -> None:
    editor, (found,) = await diagnostics(TEXT)
    (related,) = found["relatedInformation"]
    assert (related["location"]["uri"], related["location"]["range"]["start"]["line"]) == (URI, 1)
    assert editor.cut(related["location"]["range"]) == "a"


async def test_what_is_unused_is_faded_and_what_is_deprecated_struck_through() -> None:
    _, (unused,) = await diagnostics(TEXT.replace("name: a", "name: b", 1))
    assert (unused["code"], unused["tags"], unused["severity"]) == ("unused-handler", [1], 4)
    old = "apiVersion: getambassador.io/v1alpha2\nkind: InterceptSpecification\nspec:\n  "
    _, found = await diagnostics(old + TEXT.replace("name: a", "name: b", 1).replace("\n", "\n  ").rstrip() + "\n")
    (deprecated,) = [one for one in found if one["code"] == "deprecated"]
    assert deprecated["tags"] == [2]


async def test_what_this_version_cannot_run_yet_is_right_to_write() -> None:
    text = TEXT.replace("{name: a, script: {run: x}}", "{name: b, docker: {image: x}}", 1)
    _, found = await diagnostics(text.replace("handler: a", "handler: b"))
    assert [one["code"] for one in found] == ["unused-handler"]
    _, found = await diagnostics(TEXT.replace("name: a", "name: b", 1).replace("run: x", "run: {{ print 1 }}", 1))
    assert "not-supported-yet" not in {one["code"] for one in found}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
async def test_nothing_is_wrong_with_the_published_examples(example: str) -> None:
    _, found = await diagnostics(example)
    assert found == []


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("shop.ispec.yaml", "nmae: x\n", "unknown-key"),
        ("shop.ispec.yml", "nmae: x\n", "unknown-key"),
        ("shop.yaml", "kind: InterceptSpecification\n", "unknown-version"),
        ("shop.yaml", "kind: Pod\n---\nkind: InterceptSpecification\n", "unknown-version"),
        ("shop.yaml", "handlers: 1\nworkloads: []\n", "wrong-type"),
        ("shop.yaml", "'handlers': 1\n\"workloads\" : []\n", "wrong-type"),
        ("shop.yaml", "'kind': InterceptSpecification\n", "unknown-version"),
        ("shop.yaml", "kind: Pod\n---\nhandlers: 1\nworkloads: []\n--- # next\nkind: Pod\n", "wrong-type"),
        ("shop.yaml", "handlers: 1\n---\nworkloads: 1\n", None),
        ("shop.yaml", "kind: ConfigMap\nhandlers: 1\nworkloads: 1\n", None),
        ("shop.yaml", "workloads: 1\n", None),
        ("shop.yaml", "handlers: 1\n", None),
        ("shop.yaml", "spec:\n  handlers: 1\n  workloads: 1\n", None),
    ],
)
async def test_which_documents_are_specifications(name: str, text: str, code: str | None) -> None:
    uri = f"file:///shop/{name}"
    found = (await Editor.opened(text, uri=uri)).server.published(uri)
    assert (found is None) if code is None else (code in {one["code"] for one in found or []})


@pytest.mark.parametrize("is_pulled", [False, True])
async def test_of_more_than_an_editor_shows_the_worst_are_told_and_how_many_are_left_out(is_pulled: bool) -> None:
    idle = "".join(f"  - {{name: h{number}, script: {{run: x}}}}\n" for number in range(1100))
    text = TEXT.replace("name: a", "name: b", 1).replace("handlers:\n", "handlers:\n" + idle) + "    nothing: 1\n"
    editor, found = await diagnostics(text)
    if is_pulled:
        found = (await editor.ask("diagnostic"))["items"]
    rest, worst, *others = found
    assert (rest["severity"], rest["range"]["start"]["line"]) == (3, 0)
    # One handler more is idle, and of all 999 findings are shown.
    assert rest["message"].startswith("103 more findings are not shown")
    assert (worst["code"], worst["severity"], len(others)) == ("unknown-key", 1, 998)
    assert [editor.cut(one["range"]) for one in others] == [f"h{number}" for number in range(998)]


async def test_as_many_as_an_editor_shows_are_told_in_the_order_of_the_text() -> None:
    idle = "".join(f"  - {{name: h{number}, script: {{run: x}}}}\n" for number in range(998))
    text = TEXT.replace("name: a", "name: b", 1).replace("handlers:\n", "handlers:\n" + idle) + "    nothing: 1\n"
    _, found = await diagnostics(text)
    assert [one["severity"] for one in found] == [4] * 999 + [1]
