"""What is there and cannot be read is wrong once, where it stands: it may be anything, so nothing else is wrong by
it."""

from __future__ import annotations

import re

import pytest
from telelens_schemas.specification import Code, Severity, read_specification

TEXT = """\
prerequisites:
  - create: first
handlers:
  - name: first
  - name: echo
    environment:
      - name: GREETING
        value: hello
    script:
      shell: bash
      run: exec python echo.py
    debug:
      port: 5678
  - name: other
    script: {run: x}
workloads:
  - name: echo
    intercepts:
      - handler: echo
        port: http
        headers:
          - name: x-user
            value: ada
      - name: second
        handler: other
        localPort: 9000
        port: http
        headers:
          - name: x-user
            value: bob
  - name: web
    intercepts:
      - handler: other
        localPort: 9001
"""
BROKEN = ['"x', "{a", "@x", "a: b", "[1, {}]", "*x", "true", "[", "{run: @}"]
WITH_VALUES = [number for number, line in enumerate(TEXT.splitlines()) if ": " in line]
TEXTS = ("        value: hello", "      run: exec python echo.py")
VALUES = [
    *((number, value) for number in WITH_VALUES for value in BROKEN),
    *((number, "'Ü %'") for number in WITH_VALUES if TEXT.splitlines()[number] not in TEXTS),
]


def test_nothing_is_wrong_with_the_text() -> None:
    assert read_specification(TEXT, "f").problems == ()


@pytest.mark.parametrize(("number", "value"), VALUES)
def test_a_value_that_cannot_be_read_is_one_finding_in_its_line(number: int, value: str) -> None:
    lines = TEXT.splitlines()
    lines[number] = f"{lines[number].partition(': ')[0]}: {value}"
    found = read_specification("\n".join(lines) + "\n", "f").problems
    assert [one.range.line for one in found] == [number + 1]


@pytest.mark.parametrize("number", range(len(TEXT.splitlines())))
def test_a_key_that_is_misspelt_is_one_finding_in_its_line(number: int) -> None:
    lines = TEXT.splitlines()
    indent, dash, key = re.fullmatch(r"( *)(- )?(\w+:.*)", lines[number]).groups(default="")  # type: ignore[union-attr]
    lines[number] = f"{indent}{dash}{key[0]}{key[2]}{key[1]}{key[3:]}"
    found = read_specification("\n".join(lines) + "\n", "f").problems
    assert [(one.code, one.range.line) for one in found] == [(Code.UNKNOWN_KEY, number + 1)]


@pytest.mark.parametrize(
    "item", ["- handler: echo\n        port: http\n", "- handler: other\n        localPort: 9001\n"]
)
def test_an_item_that_cannot_be_read_is_one_finding(item: str) -> None:
    found = read_specification(TEXT.replace(item, f"- {' '.join(item.split()[1:3])}\n".replace(":", "")), "f").problems
    assert [one.code for one in found if one.severity is Severity.HINT] == []


def test_what_clashes_beside_something_that_cannot_be_read_is_said_of_the_others() -> None:
    unread = "  - handler: echo\n    port: admin\n    name: @x\n    localPort: @x\n"
    others = "  - handler: echo\n    port: http\n  - handler: other\n    port: more\n"
    handlers = "handlers:\n- name: echo\n  script: {run: x}\n- name: other\n  script: {run: x}\n"
    found = read_specification(f"{handlers}workloads:\n- name: web\n  intercepts:\n{unread}{others}", "f").problems
    clashes = [(one.code, one.range.line, one.related[0].range.line) for one in found if one.related]
    assert clashes == [(Code.DUPLICATE_NAME, 15, 13), (Code.SAME_LOCAL_PORT, 15, 13)]
