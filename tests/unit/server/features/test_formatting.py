"""Formatting: what it mends, what it leaves alone, and that a file never means something else afterwards."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from telelens_schemas.specification import Code, read_specification, to_file_form
from telelens_schemas.specification.templates import find_actions
from telelens_server.layout import layout
from unit.server.features.editor import Editor
from unit.server.features.test_awkward_input import large
from unit.server.in_process import URI
from unit.waiting import until

OPTIONS = {"tabSize": 2, "insertSpaces": True}
PLACE = ("line", "character")

UGLY = """\
# a shop
name:    demo  \n\
connection:
      namespace: shop   # kept
handlers:
-   name: echo   \n\
    # of echo
    script:
            run: |
                   one  \n\

                     two
    environment: [
       {name: A, value: b}
    ]
  # between
-   name: down
workloads:
    - name: 😋
      intercepts:
      - handler: echo
        port: http



"""
TIDY = """\
# a shop
name:    demo
connection:
  namespace: shop   # kept
handlers:
  - name: echo
    # of echo
    script:
      run: |
        one  \n\

          two
    environment: [
       {name: A, value: b}
    ]
  # between
  - name: down
workloads:
  - name: 😋
    intercepts:
      - handler: echo
        port: http
"""


async def formatted(text: str, **more: Any) -> str:
    editor = await Editor.opened(text)
    method = "rangeFormatting" if "range" in more else "formatting"
    return editor.applied(await editor.ask(method, options=OPTIONS, **more) or [])


async def test_indentation_dashes_and_ends_are_normal_afterwards() -> None:
    assert await formatted(UGLY) == TIDY


@pytest.mark.parametrize("end", ["\r\n", "\n"])
async def test_line_ends_and_a_byte_order_mark_are_kept(end: str) -> None:
    assert await formatted("\ufeff" + UGLY.replace("\n", end)) == "\ufeff" + TIDY.replace("\n", end)


async def test_what_is_tidy_has_no_edits() -> None:
    editor = await Editor.opened(TIDY)
    assert await editor.ask("formatting", options=OPTIONS) == []


async def test_a_range_leaves_the_other_lines_alone() -> None:
    where = {"start": {"line": 2, "character": 0}, "end": {"line": 4, "character": 0}}
    expected = UGLY.replace("      namespace", "  namespace")
    assert await formatted(UGLY, range=where) == expected


async def test_a_range_that_cannot_be_moved_by_itself_keeps_its_indentation() -> None:
    where = {"start": {"line": 5, "character": 0}, "end": {"line": 5, "character": 3}}
    assert await formatted(UGLY, range=where) == UGLY.replace("name: echo   \n", "name: echo\n")


@pytest.mark.parametrize(
    ("start", "end", "trimmed"),
    [
        ((0, 0), (1, 0), [0]),
        ((0, 0), (1, 1), [0, 1]),
        ((0, 3), (0, 3), [0]),
        ((1, 0), (1, 0), [1]),
        ((1, 2), (2, 0), [1]),
        ((0, 9), (2, 0), [0, 1]),
        ((2, 1), (3, 0), [2]),
        ((0, 0), (4, 0), [0, 1, 2, 3]),
    ],
)
async def test_a_range_ends_with_the_last_line_of_which_it_holds_a_part(
    start: tuple[int, int], end: tuple[int, int], trimmed: list[int]
) -> None:
    lines = ["name: one", "handlers: []", "prerequisites: []", "workloads: []"]
    where = {"start": dict(zip(PLACE, start, strict=True)), "end": dict(zip(PLACE, end, strict=True))}
    text = "".join(f"{line}  \n" for line in lines)
    expected = [line if number in trimmed else f"{line}  " for number, line in enumerate(lines)]
    assert (await formatted(text, range=where)).splitlines() == expected


@pytest.mark.parametrize("end", ["\r\n", "\n"])
async def test_a_line_end_that_is_added_is_that_of_the_others(end: str) -> None:
    assert await formatted(f"name: x{end}handlers: []") == f"name: x{end}handlers: []{end}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: x", "name: x\n"),
        (
            "handlers:\n- name: x\n  script:\n     run: |\n       a",
            "handlers:\n  - name: x\n    script:\n      run: |\n        a",
        ),
        ("a: |+\n  x\n\n\n", "a: |+\n  x\n\n\n"),
        ("a: |2\n     x\n   y\nb:\n    - |1\n       x\n", "a: |2\n     x\n   y\nb:\n  - |1\n     x\n"),
        ("a:\n   b: one\n     two\n", "a:\n  b: one\n    two\n"),
        ("- a: [\n {b: c}\n ]\n", "- a: [\n   {b: c}\n  ]\n"),
        ("a:\n   b: 'one\n\n     two'\n", "a:\n  b: 'one\n\n    two'\n"),
        ("- - a\n  -   b\n-\n    c: 1\n    d: 2\n", "- - a\n  - b\n-\n  c: 1\n  d: 2\n"),
        ("a:\n\tb: 1\n\tc: 2\n", "a:\n  b: 1\n  c: 2\n"),
        ("", ""),
        ("# only\n\n\n", "# only\n"),
        ("a: 1\n\n  \t\n\n", "a: 1\n"),
        ("a: 1\n---\nb:\n    c: 1\n---\nd: [\n    e:  \n", "a: 1\n---\nb:\n  c: 1\n---\nd: [\n    e:  \n"),
        ("a:\n   {{ if x }}\n   b: 1  \n   {{ end }}\n", "a:\n   {{ if x }}\n   b: 1\n   {{ end }}\n"),
        ('a:\n   b: {{ env "X" }}-1  \n', 'a:\n  b: {{ env "X" }}-1\n'),
        ("a: |\n   {{ .x | indent 3 }}\n", "a: |\n   {{ .x | indent 3 }}\n"),
    ],
)
async def test_awkward_texts(text: str, expected: str) -> None:
    assert await formatted("# 😋\n" + text) == "# 😋\n" + expected


async def test_steps_are_those_of_the_editor() -> None:
    editor = await Editor.opened("a:\n  b: 1\n")
    edits = await editor.ask("formatting", options={"tabSize": 4, "insertSpaces": True})
    assert editor.applied(edits) == "a:\n    b: 1\n"


async def test_what_is_edited_meanwhile_is_not_laid_out_as_it_was() -> None:
    editor = await Editor.opened(large(500))
    request = {**editor.document, "options": {**OPTIONS, "tabSize": 4}}
    editor.server.say("textDocument/formatting", request, id="stale")
    await asyncio.sleep(0)
    editor.change(editor.text.replace("h7", "longer"))
    await until(lambda: editor.server.written[-1].get("id") == "stale")
    assert not editor.server.written[-1].get("result")
    edits = await editor.ask("formatting", options=request["options"])
    assert "    - name: longer\n" in editor.applied(edits)


async def test_other_documents_are_left_alone() -> None:
    editor = await Editor.opened("a:   \n", uri="file:///values.yaml")
    assert await editor.ask("formatting", options=OPTIONS) is None
    assert URI not in editor.server.server.workspace.text_documents


LEAVES = st.sampled_from(["x", '"a b"', "'it''s'", "{{ .A }}", "😋", "[1, {a: b}]", "{a: [b]}", "", "a # c", "12"])
SCRIPTS = st.lists(st.sampled_from(["one", "  two  ", "", "# no comment", "{{ .B }} x", "   "]), min_size=1, max_size=4)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """Lines of a mapping or a list, indented in any way that YAML allows."""
    count = draw(st.integers(1, 3))
    is_list = draw(st.booleans())
    lines: list[str] = []
    for number in range(count):
        lines += draw(st.sampled_from([[], [], [""], ["# note"], ["   "]]))
        head = "-" if is_list else f"key{number}:"
        kind = draw(st.sampled_from(["leaf", "script", "block"] if depth < 3 else ["leaf", "script"]))
        trailing = draw(st.sampled_from(["", " ", "   "]))
        if kind == "leaf":
            lines.append(f"{head}{' ' * draw(st.integers(1, 3))}{draw(LEAVES)}{trailing}")
        elif kind == "script":
            indent = " " * draw(st.integers(1, 5))
            sign = draw(st.sampled_from(["|", ">", "|-", "|+", ">-"]))
            body = draw(SCRIPTS)
            lines += [f"{head} {sign}{trailing}", f"{indent}first", *(indent + one for one in body)]
        else:
            inner = draw(blocks(depth + 1))
            deeper = " " * draw(st.integers(1, 5))
            is_item = inner[0].startswith("-") if inner else False
            if is_list and draw(st.booleans()) and inner[0].strip() and not inner[0].startswith("#"):
                lines += [f"-{deeper}{inner[0]}", *(f" {deeper}{one}" for one in inner[1:])]
            elif is_item and not is_list and draw(st.booleans()):
                lines += [head + trailing, *inner]
            else:
                lines += [head + trailing, *(deeper + one for one in inner)]
    return lines


def meaning(text: str) -> Any:
    hidden = text
    for action in reversed(find_actions(text)):
        hidden = hidden[: action.start] + "A" + hidden[action.end :]
    try:
        return list(yaml.safe_load_all(hidden))
    except yaml.YAMLError:
        return text


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


def apply(text: str, step: int) -> str:
    lines = text.split("\n")
    for edit in reversed(layout(text, step)):
        head, tail = lines[edit.line][: edit.start], lines[edit.end_line][edit.end :]
        lines[edit.line : edit.end_line + 1] = [head + edit.text + tail]
    return "\n".join(lines)


@settings(max_examples=300, deadline=None)
@given(lines=blocks(), step=st.sampled_from([2, 4]), end=st.sampled_from(["", "\n", "\n\n"]))
def test_formatting_never_changes_what_a_text_means_and_is_done_once(lines: list[str], step: int, end: str) -> None:
    text = "\n".join(lines) + end
    once = apply(text, step)
    assert meaning(once) == meaning(text)
    assert comments(once) == comments(text)
    assert [once[one.start : one.end] for one in find_actions(once)] == [
        text[one.start : one.end] for one in find_actions(text)
    ]
    assert apply(once, step) == once


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(UGLY)), sign=st.sampled_from(list("\n\t \"'{}[]:-#&*!|>😋")))
def test_a_specification_reads_the_same_afterwards_whatever_is_typed_into_it(at: int, sign: str) -> None:
    text = UGLY[:at] + sign + UGLY[at:]
    after = apply(text, 2)
    before, now = read_specification(text, "f"), read_specification(after, "f")
    if not {Code.TAB, Code.YAML_SYNTAX} & {problem.code for problem in before.problems}:
        assert [problem.message for problem in now.problems] == [problem.message for problem in before.problems]
        assert [to_file_form(one) for one in now.specifications] == [to_file_form(one) for one in before.specifications]


async def test_progress_is_reported() -> None:
    editor = await Editor.opened(TIDY)
    assert await editor.ask("formatting", options=OPTIONS, workDoneToken="f") == []
    kinds = [one["params"]["value"]["kind"] for one in editor.server.written if one.get("method") == "$/progress"]
    assert kinds == ["begin", "end"]
