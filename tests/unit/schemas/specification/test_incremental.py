"""Reading what changed gives what reading everything gives; what is broken in one place is readable in the others."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telelens_schemas.specification import Code, Reading, cutting, read_specification

TEXT = """\
# a shop
name: demo
connection:
  context: desk
  namespace: shop
  kubeFlags: {as: ann}
handlers:
  - name: echo
    environment:
      - {name: GREETING, value: "hello $USER"}
    script:
      shell: bash
      run: |
        cd app && ls *.py & wait
        exec python echo.py
    debug: &debug {type: debugpy, port: "5678", waitForClient: yes}
  -
    name: other
    script: {run: "exec
      two lines"}
    debug: *debug

workloads:
- name: echo
  intercepts:
    - handler: echo
      port: http
      localPort: 9090   # here
    - name: echo-admin
      enabled: false
      port: 81
      previewURL: {enable: false}
- name: other
  namespace: elsewhere
  intercepts:
    - handler: other
      localPort: [
        80,
      ]
    - {name: third, handler: nobody}
"""
DOUBTFUL = (
    TEXT.replace("      - {name: GREETING", "      - {name: GREETING, value: a}\n      - {name: GREETING")
    .replace("      port: 81\n", "      port: 81\n      global: true\n      headers:\n        - {name: x, value: (}\n")
    .replace("  namespace: elsewhere\n", "")
)
FORMS = [
    TEXT,
    DOUBTFUL,
    "---\nkind: Deployment\n---\napiVersion: getambassador.io/v1alpha4\nkind: InterceptSpecification\nspec:\n"
    + textwrap.indent(TEXT, "  ")
    + "---\n"
    + TEXT,
    TEXT.replace("echo", "{{ env `ECHO` }}").replace("\n", "\r\n"),
]


SMALLEST = [0, 3, 12]
"""From how many lines on a stretch is cut."""


@contextmanager
def cut_from(lines: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "_SMALL", lines)
        yield


def everything(reading: Reading) -> tuple[object, ...]:
    """All that can be told of a reading, ranges included."""
    keys = sorted((key.trail.path, key.key.range, key.value.range) for key in reading.index)
    sources = [
        (intercept.source.path, intercept.source.range)
        for one in reading.specifications
        for workload in one.workloads
        for intercept in workload.intercepts
    ]
    return reading.specifications, reading.problems, keys, sources


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize("lines", SMALLEST)
def test_cut_or_not_it_is_the_same(text: str, lines: int) -> None:
    with cut_from(lines):
        found = everything(read_specification(text, "f"))
    with cut_from(10_000):
        assert found == everything(read_specification(text, "f"))


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize("lines", SMALLEST)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_edits_leave_what_reading_anew_gives(text: str, lines: int, data: st.DataObject) -> None:
    earlier = None
    for _ in range(4):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.sampled_from([0, 0, 1, 2, 30])))
        new = data.draw(
            st.sampled_from(
                [
                    "",
                    "x",
                    "\n",
                    " ",
                    '"',
                    "- ",
                    ":",
                    "{",
                    "}",
                    "#",
                    "\t",
                    "a: 1\n",
                    "&a ",
                    "*debug",
                    "{{",
                    "---\n",
                    "\r",
                ]
            )
            | st.text(max_size=3)
        )
        text = text[:start] + new + text[end:]
        with cut_from(lines):
            earlier = read_specification(text, "f", earlier)
            assert everything(earlier) == everything(read_specification(text, "f"))


@pytest.mark.parametrize("lines", SMALLEST)
def test_what_is_wrong_moves_with_the_lines_above_it(lines: int) -> None:
    with cut_from(lines):
        before = read_specification(DOUBTFUL, "f")
        codes = {one.code for one in before.problems}
        assert {Code.GLOBAL_WITH_FILTERS, Code.BAD_VALUE, Code.DUPLICATE_NAME} <= codes
        text = f"# one more line\n{DOUBTFUL}"
        assert everything(read_specification(text, "f", before)) == everything(read_specification(text, "f"))


def test_what_an_edit_leaves_alone_is_not_read_again() -> None:
    with cut_from(3):
        first = read_specification(TEXT, "f")
        before = {id(part) for root in first.parts for part in root.walk()}
        again = read_specification("# one more line\n" + TEXT.replace("9090", "9091"), "f", first)
    after = [part for root in again.parts for part in root.walk()]
    anew = {part.path for part in after if id(part) not in before}
    assert anew == {"$", "$.workloads", "$.workloads[0]", "$.workloads[0].intercepts", "$.workloads[0].intercepts[0]"}
    assert again.specifications[0].handlers[1].source.range.line == 19


TEMPLATED = TEXT.replace("name: echo\n    env", "name: '{{ .X }}'\n    env").replace(
    "kubeFlags: {as: ann}", "{{ .Y }}: 1"
)


def test_what_stands_beside_a_template_is_read_as_little_again() -> None:
    with cut_from(3):
        first = read_specification(TEMPLATED, "f")
        before = {id(part) for root in first.parts for part in root.walk()}
        again = read_specification(TEMPLATED.replace("shell: bash", "shell: zsh"), "f", first)
    anew = {part.path for root in again.parts for part in root.walk() if id(part) not in before}
    assert anew == {"$", "$.handlers", "$.handlers[0]", "$.handlers[0].script"}


def test_what_is_broken_beside_a_template_leaves_the_rest_readable() -> None:
    with cut_from(3):
        reading = read_specification(TEMPLATED.replace("    script: {run: ", "    script: }"), "f")
    first, _ = reading.specifications[0].handlers
    assert first.script is not None
    assert first.script.shell == "bash"


@pytest.mark.parametrize("lines", SMALLEST)
@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("      port: http\n", "      port: http\n      han\n", 28, 'a key needs a ":" after it'),
        ("      port: http\n", "      port:http\n", 27, 'a blank is missing after the ":"'),
        ("      port: http\n", '      port: "http\n', 27, "the quote is not closed"),
        ("      port: http\n", "      port: {a: 1\n", 27, 'the "{" is not closed'),
        (
            "      port: http\n",
            "     port: http\n",
            27,
            "the indentation does not fit: indent by 6 blanks instead of 5",
        ),
        ("      port: http\n", "\t  port: http\n", 27, "YAML is indented by spaces, not by tabs"),
        ("  namespace: shop\n", "  namespace: shop: 1\n", 5, 'a ":" is not allowed here'),
    ],
)
def test_one_broken_place_is_one_error_and_the_rest_is_read(
    old: str, new: str, line: int, said: str, lines: int
) -> None:
    with cut_from(lines):
        reading = read_specification(TEXT.replace(old, new), "f")
    broken = [one for one in reading.problems if one.code in (Code.YAML_SYNTAX, Code.TAB)]
    assert [one.range.line for one in broken] == [line]
    assert said in broken[0].message
    assert [one.name for one in reading.specifications[0].handlers] == ["echo", "other"]
    assert Code.UNUSED_HANDLER not in [one.code for one in reading.problems]
