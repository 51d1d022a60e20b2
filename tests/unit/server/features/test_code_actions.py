"""Code actions beyond the fix of a single word, which ``test_hover_and_fixes`` has."""

from __future__ import annotations

import re
from typing import Any

import pytest
from telelens_schemas.specification import read_specification
from unit.server.features.editor import CURSOR, Editor
from unit.server.in_process import URI

TEXT = """\
name: demo
handlers:
  - name: echo
    script: {run: exec echo}
workloads:
  - name: web
    intercepts:
      - handler: echo
        port: http
"""


async def actions(marked: str, *only: str) -> tuple[Editor, list[dict[str, Any]]]:
    editor = await Editor.opened(marked)
    where = {"start": editor.cursor, "end": editor.cursor}
    context: dict[str, Any] = {"diagnostics": [], **({"only": list(only)} if only else {})}
    return editor, await editor.ask("codeAction", range=where, context=context)


async def done(marked: str, title: str, *only: str) -> str:
    editor, found = await actions(marked, *only)
    (chosen,) = [one for one in found if one["title"] == title]
    return editor.applied(chosen["edit"]["changes"][URI])


def messages(text: str) -> list[str]:
    return [problem.message for problem in read_specification(text, "one.ispec.yaml").problems]


async def test_everything_that_can_be_fixed_in_one_way_is_fixed_at_once() -> None:
    wrong = (
        TEXT.replace("port:", "prot:").replace("exec echo", "exec echo, shell: bsh").replace("name: demo", "nmae: demo")
    )
    mended = await done(wrong + CURSOR, "Fix all that Telelens can (3)", "source.fixAll")
    assert mended == TEXT.replace("exec echo", "exec echo, shell: bash")
    assert messages(mended) == []


@pytest.mark.parametrize(
    ("connection", "count", "mended"),
    [
        ("\n  namespace: a\n  namespace: b\n  context: a\n  namespace: c\n", 2, "\n  namespace: a\n  context: a\n"),
        ("\n  context: a\n  context: b\n  context: c\n  context: d\n", 3, "\n  context: a\n"),
        (" {context: a, context: b, context: c, namespace: a}\n", 2, " {context: a, namespace: a}\n"),
        # The comma between them belongs to both.
        (" {context: a, context: b, context: c}\n", 1, " {context: a, context: c}\n"),
    ],
)
async def test_of_fixes_that_overlap_the_first_is_made_and_of_those_that_meet_all(
    connection: str, count: int, mended: str
) -> None:
    title = f"Fix all that Telelens can ({count})"
    assert await done(f"connection:{connection}{TEXT}{CURSOR}", title, "source.fixAll") == f"connection:{mended}{TEXT}"


async def test_of_fixes_that_put_something_in_one_place_the_first_is_made() -> None:
    odd = TEXT.replace("port:", "previewURL: {ingress: {tls: true}}\n        port:")
    mended = await done(odd + CURSOR, "Fix all that Telelens can (1)", "source.fixAll")
    assert mended == odd.replace("tls: true", "host: , tls: true")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("script: {run: exec echo}", "run: exec echo"),
        ("script: {run: exec echo}", "image: nginx"),
        ("workloads:", "namespace: shop\nworkloads:"),
        ("port:", "headers:\n        port:"),
        ("port:", "headers: [{name: x-user value: ada}]\n        port:"),
    ],
    ids=["key-without-its-parent", "of-another-kind", "belongs-below", "empty-filters", "comma-missing"],
)
async def test_nothing_that_was_written_goes_or_changes_its_meaning_by_itself(right: str, wrong: str) -> None:
    assert right in TEXT
    editor = await Editor.opened(TEXT.replace(right, wrong))
    everywhere = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    found = await editor.ask("codeAction", range=everywhere, context={"diagnostics": []})
    assert [one["title"] for one in found if one.get("isPreferred") or one["kind"] == "source.fixAll.telelens"] == []


async def test_what_can_be_fixed_in_several_ways_is_left_to_who_writes() -> None:
    several = TEXT.replace("{run: exec echo}", "{run: exec echo}\n    external: {}")
    assert (await actions(several + CURSOR, "source.fixAll"))[1] == []
    mended = await done(several.replace("port:", "prot:") + CURSOR, "Fix all that Telelens can (1)", "source.fixAll")
    assert mended == several


async def test_to_fix_everything_is_offered_only_if_asked_for_and_if_there_is_something() -> None:
    _, found = await actions(TEXT.replace("port", "pr‸ot"))
    assert "source.fixAll.telelens" not in {one["kind"] for one in found}
    assert (await actions(TEXT + CURSOR, "source.fixAll"))[1] == []


async def test_a_handler_that_is_missing_can_be_created() -> None:
    text = await done(TEXT.replace("handler: echo", "handler: sho‸ut"), "Create the handler shout")
    assert "  - name: shout\n    script:\n      run: exec true\nworkloads" in text
    assert messages(text) == ['no intercept uses the handler "echo"']


async def test_the_first_handler_can_be_created() -> None:
    marked = "workloads:\n- name: web\n  intercepts:\n  - handler: sho‸ut"
    text = await done(marked, "Create the handler shout")
    assert text.endswith("handler: shout\nhandlers:\n  - name: shout\n    script:\n      run: exec true")
    assert messages(text) == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("handler:\n          scr‸ipt:\n            run: exec x\n", "    script:\n      run: exec x\n"),
        ("handler: {scr‸ipt: {run: exec x}}\n", "    script: {run: exec x}\n"),
        ("handler: {ru‸n: exec x}\n", "    script: {run: exec x}\n"),
        ("handler:\n          ru‸n: exec x\n", "    script:\n      run: exec x\n"),
        (
            "handler:\n          shell: bash\n          ru‸n: |\n            cd app\n\n            exec x\n",
            "    script:\n      shell: bash\n      run: |\n        cd app\n\n        exec x\n",
        ),
        (
            "handler: |\n          cd app\n          exe‸c x\n",
            "    script:\n      run: |\n        cd app\n        exec x\n",
        ),
        ("handler: exec py‸thon app.py\n", "    script:\n      run: |\n        exec python app.py\n"),
    ],
)
async def test_a_script_where_a_name_belongs_becomes_a_handler(written: str, expected: str) -> None:
    text = await done(TEXT.replace("handler: echo\n", written), "Extract to the handler handler1")
    assert "      - handler: handler1\n        port: http\n" in text
    assert f"  - name: handler1\n{expected}workloads:" in text
    assert messages(text) == ['no intercept uses the handler "echo"']


async def test_a_name_is_not_extracted() -> None:
    _, found = await actions(TEXT.replace("handler: echo", "handler: ec‸ho"))
    assert not [one for one in found if one["title"].startswith("Extract")]


async def test_the_environment_of_an_intercept_can_be_imported() -> None:
    _, (found, *_) = await actions(TEXT.replace("port: http", "po‸rt: http"), "refactor")
    assert found["command"]["command"] == "telelens.importEnvironment"
    assert found["command"]["arguments"] == [{"workload": {"name": "web"}}]
    somewhere = TEXT.replace("- name: web", "- name: web\n    namespace: far").replace("port: http", "po‸rt: http")
    _, (found, *_) = await actions(somewhere, "refactor")
    assert found["command"]["arguments"] == [{"workload": {"name": "web", "namespace": "far"}}]
    _, elsewhere = await actions(TEXT.replace("name: demo", "na‸me: demo"))
    assert "telelens.importEnvironment" not in {one.get("command", {}).get("command") for one in elsewhere}
    templated = TEXT.replace("- name: web", "- name: {{ .Values.web }}").replace("port: http", "po‸rt: http")
    _, (found, *_) = await actions(templated, "refactor")
    assert found["command"]["arguments"] == [{}], "nobody knows which"


async def test_the_file_form_becomes_a_kubernetes_object_and_the_file_form_again() -> None:
    text = await done("# a shop\n" + CURSOR + TEXT, "Convert to a Kubernetes object")
    assert text.count("kind: InterceptSpecification") == 1
    assert "# a shop" in text
    assert messages(text) == []
    back = await done(CURSOR + text, "Convert to the file form")
    assert "kind:" not in back
    assert messages(back) == []


@pytest.mark.parametrize(
    ("written", "file", "name"),
    [
        ("name: demo\n", "one.ispec.yaml", "demo"),
        ("", "one.ispec.yaml", "one"),
        ("", "web-shop.yml", "web-shop"),
        ("", "a%20b.ispec.yml", "a-b"),
    ],
)
async def test_the_object_has_the_specifications_name_or_else_the_files(written: str, file: str, name: str) -> None:
    text = TEXT.replace("name: demo\n", written, 1)
    uri = f"file:///shop/{file}"
    editor = await Editor.opened(text, uri=uri)
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    found = await editor.ask("codeAction", range=where, context={"diagnostics": [], "only": ["refactor"]})
    (chosen,) = [one for one in found if one["title"] == "Convert to a Kubernetes object"]
    converted = editor.applied(chosen["edit"]["changes"][uri])
    assert f"\nmetadata:\n  name: {name}\nspec:\n  handlers:" in converted


OLD = """\
apiVersion: getambassador.io/v1alpha1
kind: InterceptSpecification
metadata: {name: demo}
spec:
  handlers:
    echo: {script: {run: exec echo}}
  workloads:
    web:
      intercepts:
        - handler: echo
          service_port: http
"""


@pytest.mark.parametrize("only", ["quickfix", "refactor"])
async def test_an_older_version_becomes_the_current_one(only: str) -> None:
    _, found = await actions(OLD.replace("v1alpha1", "v1al‸pha1"), only)
    assert "Convert to v1alpha4" in {one["title"] for one in found}, found
    text = await done(OLD.replace("v1alpha1", "v1al‸pha1"), "Convert to v1alpha4", only)
    assert messages(text) == []
    assert "v1alpha4" in text


async def test_an_editor_that_can_is_given_the_edits_when_its_user_has_chosen() -> None:
    support = {"properties": ["edit"]}
    editor = await Editor.opened(TEXT, textDocument={"codeAction": {"resolveSupport": support}})
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    found = await editor.ask("codeAction", range=where, context={"diagnostics": []})
    (chosen,) = [one for one in found if one["title"] == "Convert to a Kubernetes object"]
    assert "edit" not in chosen
    resolved = await editor.server.ask("codeAction/resolve", chosen)
    assert "kind: InterceptSpecification" in editor.applied(resolved["edit"]["changes"][URI])
    for data in (None, 1, {}, {"uri": URI}, {"uri": URI, "conversion": "x", "document": 0}, {"uri": "file:///other"}):
        assert "edit" not in await editor.server.ask("codeAction/resolve", {"title": "x", "data": data})


async def test_of_several_documents_the_one_around_the_cursor_is_converted() -> None:
    text = await done("kind: Pod\n---\n" + CURSOR + TEXT, "Convert to a Kubernetes object")
    assert text.startswith("kind: Pod\n---\n")
    assert messages(text) == []


CONVERSIONS = {"Convert to a Kubernetes object", "Convert to the file form", "Convert to v1alpha4"}


@pytest.mark.parametrize(
    "marked",
    [
        TEXT.replace("demo", "de‸mo"),
        TEXT.replace("handlers", "‸handlers"),
        TEXT.replace("workloads:", "workloads:  # all‸"),
        "kind: Pod\n---\n# a shop‸\n" + TEXT,
        OLD.replace("kind:", "‸kind:"),
        OLD.replace("{name: demo}", "\n  name: de‸mo"),
        OLD.replace("  workloads", "‸  workloads"),
        OLD + "sta‸tus: {}\n",
    ],
)
async def test_a_specification_is_converted_at_its_head(marked: str) -> None:
    assert CONVERSIONS & {one["title"] for one in (await actions(marked))[1]}


@pytest.mark.parametrize(
    "marked",
    [
        TEXT.replace("echo", "ec‸ho"),
        TEXT.replace("- name: web", "- name: w‸eb"),
        TEXT + "‸",
        "kind: P‸od\nmetadata: {}\n---\n" + TEXT,
        TEXT + "---\nkind: P‸od\nmetadata: {}\n",
        OLD.replace("  web", "  ‸web"),
    ],
)
async def test_elsewhere_it_is_converted_if_that_is_asked_for(marked: str) -> None:
    assert not CONVERSIONS & {one["title"] for one in (await actions(marked))[1]}
    for only in ("refactor", "refactor.rewrite"):
        assert CONVERSIONS & {one["title"] for one in (await actions(marked, only))[1]}


async def test_who_has_chosen_what_cannot_be_done_is_told() -> None:
    support = {"properties": ["edit"]}
    old = OLD.replace("    web:", '    "5x":')
    editor = await Editor.opened(old, textDocument={"codeAction": {"resolveSupport": support}})
    where = {"start": {"line": 4, "character": 0}, "end": {"line": 4, "character": 0}}
    found = await editor.ask("codeAction", range=where, context={"diagnostics": []})
    (chosen,) = [one for one in found if one["title"] == "Convert to v1alpha4"]
    assert "edit" not in await editor.server.ask("codeAction/resolve", chosen)
    (told,) = [one["params"] for one in editor.server.written if one.get("method") == "window/showMessage"]
    assert (told["type"], "by hand" in told["message"]) == (2, True)


async def test_what_is_always_possible_lights_no_lamp() -> None:
    editor = await Editor.opened(TEXT.replace("port: http", "po‸rt: http"))
    where = {"start": editor.cursor, "end": editor.cursor}
    assert await editor.ask("codeAction", range=where, context={"diagnostics": [], "triggerKind": 2}) == []


async def test_line_ends_are_those_of_the_text() -> None:
    marked = TEXT.replace("handler: echo", "handler: sho‸ut").replace("\n", "\r\n")
    text = await done(marked, "Create the handler shout")
    assert set(re.findall(r"[\r\n]+", text)) == {"\r\n"}


@pytest.mark.parametrize("old", ["file", "object", "oldest"])
async def test_a_rewritten_text_has_the_line_ends_that_it_had(old: str) -> None:
    title, text = {
        "file": ("Convert to a Kubernetes object", TEXT),
        "object": ("Convert to the file form", await done(CURSOR + TEXT, "Convert to a Kubernetes object")),
        "oldest": ("Convert to v1alpha4", OLD),
    }[old]
    written = await done(CURSOR + text.replace("\n", "\r\n"), title)
    assert set(re.findall(r"[\r\n]+", written)) == {"\r\n"}
    assert written.replace("\r\n", "\n") == await done(CURSOR + text, title)


@pytest.mark.parametrize("item", ["[intercepts: []]", "\n  - ? intercepts\n    : []"])
async def test_a_missing_key_is_not_added_where_it_would_be_another_item(item: str) -> None:
    workloads = f"workloads: {item}\n".replace("intercepts", f"{CURSOR}intercepts")
    _, found = await actions(f"handlers: []\n{workloads}", "quickfix")
    assert [one["title"] for one in found] == []
