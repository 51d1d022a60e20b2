"""Definition, references, highlights and rename of what a specification names itself."""

from __future__ import annotations

from typing import Any

import pytest
from unit.server.features.editor import CURSOR, Editor
from unit.server.in_process import URI

TEXT = """\
# 😋
connection: {namespace: shop}
handlers:
  - name: echo
    script: {run: exec echo}
  - name: "other"
    script: {run: x}
workloads:
  - name: echo
    intercepts:
      - {name: "😋", handler: echo, port: http}
  - name: web
    intercepts:
      - handler: echo
        localPort: 9000
      - handler: 'other'
        localPort: 9001
"""
ANCHORS = """\
x: &common
  shell: bash
handlers:
  - name: echo
    script: &s
      <<: *common
      run: |
        echo *common &s
  - name: b
    script: *s
workloads: []  # *common
"""


async def lines(text: str, method: str, **more: Any) -> list[int]:
    editor = await Editor.opened(text)
    found = await editor.at_cursor(method, **more)
    return [one["range"]["start"]["line"] for one in found]


@pytest.mark.parametrize(
    ("marked", "line"),
    [
        (TEXT.replace("handler: echo\n", "handler: ec‸ho\n"), 3),
        (TEXT.replace("handler: echo\n", "handler: ‸echo\n"), 3),
        (TEXT.replace("handler: echo,", "handler: echo‸,"), 3),
        (TEXT.replace("handler: 'other'", "handler: 'oth‸er'"), 5),
        (TEXT.replace('name: "other"', 'name: "oth‸er"'), 5),
    ],
)
async def test_definition_of_a_handler(marked: str, line: int) -> None:
    assert await lines(marked, "definition") == [line]


async def test_definition_of_nothing() -> None:
    for marked in (TEXT + CURSOR, TEXT.replace("localPort: 9000", "local‸Port: 9000"), "kind: x‸\n"):
        assert await lines(marked, "definition") == []


async def test_definition_of_a_handler_that_is_given_twice_leads_to_both() -> None:
    assert await lines(TEXT.replace('"other"', "echo").replace("handler: echo,", "handler: ec‸ho,"), "definition") == [
        3,
        5,
    ]


async def test_references_with_and_without_the_definition() -> None:
    marked = TEXT.replace("- name: echo\n    script", "- name: ec‸ho\n    script")
    assert await lines(marked, "references", context={"includeDeclaration": True}) == [3, 10, 13]
    assert await lines(marked, "references", context={"includeDeclaration": False}) == [10, 13]


async def test_highlights_tell_reading_from_writing() -> None:
    editor = await Editor.opened(TEXT.replace("handler: echo\n", "handler: ec‸ho\n"))
    found = await editor.at_cursor("documentHighlight")
    assert [(one["range"]["start"]["line"], one["kind"]) for one in found] == [(3, 3), (10, 2), (13, 2)]
    assert {editor.cut(one["range"]) for one in found} == {"echo"}


async def test_a_workload_of_the_same_name_is_no_occurrence() -> None:
    assert (
        await lines(TEXT.replace("- name: echo\n    intercepts", "- name: ec‸ho\n    intercepts"), "definition") == []
    )


async def test_rename_of_a_handler_changes_every_place_and_nothing_else() -> None:
    editor = await Editor.opened(TEXT.replace("handler: echo,", "handler: ec‸ho,"))
    prepared = await editor.at_cursor("prepareRename")
    assert prepared["placeholder"] == "echo"
    assert editor.cut(prepared["range"]) == "echo"
    edit = await editor.at_cursor("rename", newName="shout")
    renamed = editor.applied(edit["changes"][URI])
    expected = TEXT.replace("handler: echo", "handler: shout").replace("echo\n    script", "shout\n    script")
    assert renamed == expected


async def test_rename_keeps_quotes() -> None:
    editor = await Editor.opened(TEXT.replace("handler: 'other'", "handler: 'oth‸er'"))
    edit = await editor.at_cursor("rename", newName="third")
    assert editor.applied(edit["changes"][URI]) == TEXT.replace("other", "third")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("1st", "[a-zA-Z]"),
        ("", "cannot be"),
        ("other", "another handler"),
        ("null", "YAML reads"),
        ("true", "YAML reads"),
        ("No", "YAML reads"),
    ],
)
async def test_rename_refuses_what_cannot_be_a_name(new: str, said: str) -> None:
    editor = await Editor.opened(TEXT.replace("handler: echo,", "handler: ec‸ho,"))
    with pytest.raises(AssertionError, match="error") as refused:
        await editor.at_cursor("rename", newName=new)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "marked", [TEXT.replace("localPort", "lo‸calPort"), TEXT.replace("name: web", "name: w‸eb"), CURSOR]
)
async def test_what_has_no_other_place_cannot_be_renamed(marked: str) -> None:
    editor = await Editor.opened(marked)
    assert await editor.at_cursor("prepareRename") is None
    assert await editor.at_cursor("rename", newName="x") is None


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        (ANCHORS.replace("<<: *common", "<<: *com‸mon"), [0, 5]),
        (ANCHORS.replace("&common", "&common‸"), [0, 5]),
        (ANCHORS.replace("script: *s", "script: ‸*s"), [4, 9]),
        (ANCHORS.replace("echo *common &s", "echo *com‸mon &s"), []),
        (ANCHORS.replace("# *common", "# *com‸mon"), []),
    ],
)
async def test_anchors_and_aliases(marked: str, found: list[int]) -> None:
    assert await lines(marked, "references", context={"includeDeclaration": True}) == found


@pytest.mark.parametrize(
    "handler",
    [
        "{name: b, script: *s}",
        "{<<: *s}",
        '{"script":*s}',
        "{a: {b: *s}}",
        "[x, *s]",
        "{a: 'x, *y', b: *s}",
        "{a: ', *s', b: *s}",
    ],
)
async def test_anchors_and_aliases_within_brackets(handler: str) -> None:
    before, _, after = handler.rpartition("*s")
    text = "handlers:\n  - {name: a, script: &s {run: x}}\n  - HANDLER\nworkloads: []\n"
    marked = text.replace("HANDLER", f"{before}*‸s{after}")
    assert await lines(marked, "references", context={"includeDeclaration": True}) == [1, 2]
    assert await lines(marked, "definition") == [1]


async def test_rename_of_an_anchor() -> None:
    editor = await Editor.opened(ANCHORS.replace("*common\n", "*com‸mon\n", 1))
    edit = await editor.at_cursor("rename", newName="base")
    expected = ANCHORS.replace("&common", "&base").replace("<<: *common", "<<: *base")
    assert editor.applied(edit["changes"][URI]) == expected


@pytest.mark.parametrize(("new", "said"), [("s", "another anchor"), ("", "cannot be"), ("a b", "cannot be")])
async def test_rename_of_an_anchor_refuses_what_is_taken_or_none(new: str, said: str) -> None:
    editor = await Editor.opened(ANCHORS.replace("*common\n", "*com‸mon\n", 1))
    with pytest.raises(AssertionError, match="error") as refused:
        await editor.at_cursor("rename", newName=new)
    assert said in str(refused.value)


async def test_names_of_another_document_are_free_and_others() -> None:
    editor = await Editor.opened(f"{ANCHORS}---\n{TEXT}---\na: &one [x]\nb: *one\n".replace("&s", "&‸s", 1))
    edit = await editor.at_cursor("rename", newName="one")
    assert editor.applied(edit["changes"][URI]) == editor.text.replace("script: &s", "script: &one").replace(
        "*s", "*one"
    )
    marked = TEXT.replace("handler: echo,", "handler: ec‸ho,")
    editor = await Editor.opened(f"{ANCHORS}---\n{marked}---\n{TEXT}".replace("name: b\n", "name: echo2\n"))
    edit = await editor.at_cursor("rename", newName="echo2")
    renamed = TEXT.replace("handler: echo", "handler: echo2").replace("echo\n    script", "echo2\n    script")
    assert editor.applied(edit["changes"][URI]) == f"{ANCHORS}---\n{renamed}---\n{TEXT}".replace(
        "name: b\n", "name: echo2\n"
    )


async def test_an_anchor_of_another_document_or_given_anew_is_another() -> None:
    text = "a: &x 1\nb: *x\nc: &x 2\nd: *x\n---\na: &x 1\nb: *‸x\n"
    editor = await Editor.opened(text)
    found = await editor.at_cursor("references", context={"includeDeclaration": True})
    assert [one["range"]["start"]["line"] for one in found] == [5, 6]
    found = await editor.ask("references", position={"line": 3, "character": 4}, context={"includeDeclaration": True})
    assert [one["range"]["start"]["line"] for one in found] == [2, 3]


async def test_a_file_broken_in_one_place_keeps_names_elsewhere() -> None:
    broken = TEXT.replace("localPort: 9000", 'localPort: "9000\n        port: [')
    assert await lines(broken.replace("handler: echo,", "handler: ec‸ho,"), "definition") == [3]


WHOLE = """\
connections:
  - {name: a, context: x}
  - {name: b, context: y}
prerequisites:
  - {create: made, delete: made}
handlers:
  - {name: made, script: {run: x}}
  - name: composed
    docker: {compose: {spec: {services: {web: {image: x}}}, services: [{name: web, connection: a}]}}
workloads:
  - name: a/made
    intercepts: [{handler: composed}]
  - name: "b/a"
    intercepts: [{handler: composed, name: a, localPort: 9}]
"""


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        (WHOLE.replace("create: made", "create: ma‸de"), [4, 4, 6]),
        (WHOLE.replace("name: a,", "name: ‸a,", 1), [1, 8, 10]),
        (WHOLE.replace('"b/a"', '"‸b/a"'), [2, 12]),
        (WHOLE.replace('"b/a"', '"b/‸a"'), []),
    ],
)
async def test_connections_their_prefixes_and_prerequisites(marked: str, found: list[int]) -> None:
    assert await lines(marked, "references", context={"includeDeclaration": True}) == found


async def test_rename_of_a_connection_changes_prefixes() -> None:
    editor = await Editor.opened(WHOLE.replace("connection: a", "connection: ‸a"))
    edit = await editor.at_cursor("rename", newName="alpha")
    expected = WHOLE.replace("{name: a, c", "{name: alpha, c").replace("connection: a", "connection: alpha")
    assert editor.applied(edit["changes"][URI]) == expected.replace("a/made", "alpha/made")


async def test_handlers_that_are_named_by_their_keys() -> None:
    old = "apiVersion: getambassador.io/v1alpha1\nkind: InterceptSpecification\nspec:\n"
    old += "  handlers:\n    echo: {script: {run: x}}\n"
    old += "  workloads:\n    web: {intercepts: [{handler: ec‸ho, port: http}]}\n"
    assert await lines(old, "definition") == [4]
    editor = await Editor.opened(old.replace("‸", "").replace("    echo:", "    e‸cho:"))
    edit = await editor.at_cursor("rename", newName="shout")
    assert editor.applied(edit["changes"][URI]) == old.replace("‸", "").replace("echo", "shout")


EVERY = """\
connections:
  - {name: a, context: x}
prerequisites:
  - {create: made, delete: made}
handlers:
  - &base {name: made, script: {run: x}}
  - name: composed
    docker: {compose: {spec: {services: {web: {image: x}}}, services: [{name: web, connection: a}]}}
  - {<<: *base, name: other}
workloads:
  - name: a/echo
    intercepts: [{handler: composed}]
"""
# Each kind of name: a place that uses it, where it is defined, every place, and the same renamed to "new".
KINDS = {
    "handler": (
        "[{handler: com‸posed}]",
        6,
        [6, 11],
        EVERY.replace("composed", "new"),
    ),
    "connection": (
        "connection: ‸a}]",
        1,
        [1, 7, 10],
        EVERY.replace("{name: a,", "{name: new,").replace("connection: a}", "connection: new}").replace("a/", "new/"),
    ),
    "prefix": (
        "name: ‸a/echo",
        1,
        [1, 7, 10],
        EVERY.replace("{name: a,", "{name: new,").replace("connection: a}", "connection: new}").replace("a/", "new/"),
    ),
    "prerequisite": ("delete: ma‸de}", 5, [3, 3, 5], EVERY.replace("made", "new")),
    "anchor": ("<<: *ba‸se", 5, [5, 8], EVERY.replace("base", "new")),
    "compose service": ("[{name: we‸b,", 7, [7, 7], EVERY.replace("web", "new")),
}


EMBEDDED = """\
connections: [{name: a}, {name: b}]
handlers:
  - name: composed
    docker:
      compose:
        services: [{name: db, behavior: remote, connection: a}]
        spec:
          services:
            db: {image: x}
            web:
              image: y
              depends_on: [db]
              x-telepresence: {behavior: interceptHandler, connection: a}
            job: {image: z, depends_on: {db: {condition: service_started}}, links: ["db:other"]}
workloads: [{name: a/echo, intercepts: [{handler: composed}]}]
"""


@pytest.mark.parametrize(
    ("use", "renamed"),
    [
        (
            "{name: d‸b,",
            EMBEDDED.replace("{name: db", "{name: new")
            .replace("            db:", "            new:")
            .replace("[db]", "[new]")
            .replace("{db:", "{new:")
            .replace('"db:', '"new:'),
        ),
        (
            "connection: ‸a}]",
            EMBEDDED.replace("{name: a}", "{name: new}").replace("on: a}", "on: new}").replace("a/", "new/"),
        ),
    ],
    ids=["service", "connection"],
)
async def test_what_a_compose_file_within_the_specification_names_is_renamed_there_too(use: str, renamed: str) -> None:
    editor = await Editor.opened(EMBEDDED.replace(use.replace(CURSOR, ""), use, 1))
    edit = await editor.at_cursor("rename", newName="new")
    assert editor.applied(edit["changes"][URI]) == renamed


@pytest.mark.parametrize("use", ["d‸b: {image: x}", "[d‸b]", "{db‸: {cond", '"d‸b:other"'])
async def test_a_service_is_the_same_wherever_the_embedded_compose_file_names_it(use: str) -> None:
    from_above = EMBEDDED.replace("{name: db,", "{name: d‸b,")
    marked = EMBEDDED.replace(use.replace(CURSOR, ""), use)
    assert await lines(marked, "definition") == [8]
    for method in ("references", "documentHighlight"):
        more = {"context": {"includeDeclaration": True}} if method == "references" else {}
        assert (
            sorted(await lines(marked, method, **more))
            == [5, 8, 11, 13, 13]
            == sorted(await lines(from_above, method, **more))
        )
    edits = [await (await Editor.opened(text)).at_cursor("rename", newName="new") for text in (marked, from_above)]
    assert edits[0] == edits[1]
    assert (await (await Editor.opened(marked)).at_cursor("prepareRename"))["placeholder"] == "db"


async def test_a_service_that_only_the_embedded_compose_file_names_has_a_name_too() -> None:
    editor = await Editor.opened(EMBEDDED.replace("web:", "w‸eb:"))
    edit = await editor.at_cursor("rename", newName="new")
    assert editor.applied(edit["changes"][URI]) == EMBEDDED.replace("web:", "new:")
    with pytest.raises(AssertionError, match="another compose service"):
        await editor.at_cursor("rename", newName="db")


@pytest.mark.parametrize(("use", "defined", "every", "renamed"), KINDS.values(), ids=KINDS)
async def test_each_kind_of_name_has_a_definition_references_highlights_and_another_name(
    use: str, defined: int, every: list[int], renamed: str
) -> None:
    assert EVERY.count(use.replace(CURSOR, "")) == 1
    marked = EVERY.replace(use.replace(CURSOR, ""), use)
    assert await lines(marked, "definition") == [defined]
    assert await lines(marked, "references", context={"includeDeclaration": True}) == every
    uses = await lines(marked, "references", context={"includeDeclaration": False})
    at = every.index(defined)
    assert uses == every[:at] + every[at + 1 :]
    editor = await Editor.opened(marked)
    highlights = await editor.at_cursor("documentHighlight")
    assert [one["range"]["start"]["line"] for one in highlights] == every
    assert [one["range"]["start"]["line"] for one in highlights if one["kind"] == 3] == [defined]
    edit = await editor.at_cursor("rename", newName="new")
    assert editor.applied(edit["changes"][URI]) == renamed
