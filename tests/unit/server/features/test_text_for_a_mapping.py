"""Text where a mapping is asked for: its keys are said, and it becomes the value of the one that it can only be."""

from __future__ import annotations

import pytest
from telelens_schemas.specification import Code
from unit.server.features.choosing import mended, offered, opened

ECHO = "handlers:\n- name: echo\n  script: {run: x}\n"
WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: echo\n    port: 80\n"
BOTH_LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
LONG_OR_SHORT = pytest.mark.parametrize("above", ["", "#\n" * 20], ids=["short", "long"])
MEANT = {
    "a script": ("run", "  script: ./run.sh  # why\n", "  script:\n    run: ./run.sh  # why\n"),
    "of several lines": (
        "run",
        "  script: |  # why\n    x\n\n      y\n",
        "  script:\n    run: |  # why\n      x\n\n        y\n",
    ),
    "of words in several lines": ("run", "  script: x\n   y\n", "  script:\n    run: x\n     y\n"),
    "on its own line": ("run", "  script:\n    ./run.sh\n", "  script:\n    run: ./run.sh\n"),
    "in braces": ("context", "  docker: {build: y}\n", "  docker: {build: {context: y}}\n"),
    "an image": ("image", "  docker: 'nginx:1'\n", "  docker:\n    image: 'nginx:1'\n"),
    "a compose file": (
        "context",
        "  docker:\n    compose: x.yaml\n",
        "  docker:\n    compose:\n      context: x.yaml\n",
    ),
    "items": (
        "name",
        "  docker:\n    compose:\n      services:\n      - a\n      - {name: b, behavior: remote}\n",
        "  docker:\n    compose:\n      services:\n      - name: a\n      - {name: b, behavior: remote}\n",
    ),
    "items in brackets": (
        "name",
        "  docker: {compose: {services: [{name: b, behavior: remote, mapping: c}]}}\n",
        "  docker: {compose: {services: [{name: b, behavior: remote, mapping: {name: c}}]}}\n",
    ),
}


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize(("key", "wrong", "right"), MEANT.values(), ids=MEANT)
async def test_it_becomes_the_value_of_the_key_that_is_meant(
    key: str, wrong: str, right: str, above: str, end: str
) -> None:
    text, expected = (f"{above}handlers:\n- name: echo\n{one}{WORKLOAD}".replace("\n", end) for one in (wrong, right))
    assert await mended(text, Code.WRONG_TYPE, f'Write it as "{key}"') == expected


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("script: ./run.sh", "script takes keys of its own (run and shell), not text"),
        ("script: [x]", "script takes keys of its own (run and shell), not a list"),
        ("external: stdout", "external takes keys of its own (isDocker, outputFormat and outputPath), not text"),
    ],
)
async def test_the_keys_to_write_are_said(wrong: str, said: str) -> None:
    _, (found,) = await opened(f"handlers:\n- name: echo\n  {wrong}\n{WORKLOAD}", Code.WRONG_TYPE)
    assert found["message"] == said


@pytest.mark.parametrize(
    "wrong",
    [
        "script: 8080",
        "script: &s x",
        "script: {{ `x` }}",
        "external: stdout",
        "debug: debugpy",
        "script:\n    a\n    b",
    ],
)
async def test_what_may_be_meant_otherwise_is_left_to_who_writes(wrong: str) -> None:
    assert (await offered(f"handlers:\n- name: echo\n  {wrong}\n{WORKLOAD}", Code.WRONG_TYPE))[1] == []


async def test_a_preview_that_is_text_is_left_to_who_writes() -> None:
    assert (await offered(f"{ECHO}{WORKLOAD}    previewURL: auto\n", Code.WRONG_TYPE))[1] == []
