"""What a merge leaves in a text is one error for each conflict; with the first side the rest is read."""

from __future__ import annotations

import pytest
from telelens_schemas.specification import Code
from unit.server.features.choosing import judged, mended
from unit.server.features.editor import Editor

ECHO = "handlers:\n- name: echo\n  script: {run: x}\n"
WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: echo\n    port: 80\n"
RUN = ECHO.replace(" {run: x}", "\n    run: |\n      x\n      y\n    shell: sh")
BOTH_LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
LONG_OR_SHORT = pytest.mark.parametrize("above", ["", "#\n" * 20], ids=["short", "long"])


def conflict(mine: str, theirs: str, base: str | None = None) -> str:
    before = f"||||||| 1a2b3c4\n{base}" if base is not None else ""
    return f"<<<<<<< HEAD\n{mine}{before}=======\n{theirs}>>>>>>> feature/x\n"


MERGED = {
    "a value": (ECHO + WORKLOAD, "    port: 80\n", "    port: 81\n", None),
    "with what was there before": (ECHO + WORKLOAD, "    port: 80\n", "    port: 81\n", "    port: 79\n"),
    "items": (ECHO + WORKLOAD, "- name: web\n", "- name: shop\n", None),
    "all": (
        ECHO + WORKLOAD,
        ECHO + WORKLOAD,
        "name: x\n" + ECHO.replace("echo", "e") + WORKLOAD.replace("echo", "e"),
        None,
    ),
    "of a text": (RUN + WORKLOAD, "      x\n", "      z: {{ upper `a` }}\n", None),
    "within a text": (RUN + WORKLOAD, "      y\n", "      z: {{ upper `a` }}\n", None),
    "templates": (ECHO + WORKLOAD, "    port: 80\n", "    port: {{ 80 }}\n", None),
    "that has no other side": ("name: d\n" + ECHO + WORKLOAD, "name: d\n", "", None),
}


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize("merged", MERGED.values(), ids=MERGED)
async def test_a_conflict_is_one_error_and_a_side_is_kept(
    merged: tuple[str, str, str, str | None], above: str, end: str
) -> None:
    right, mine, theirs, base = merged
    text = above + right.replace(mine, conflict(mine, theirs, base), 1)
    text, right, mine, theirs = (one.replace("\n", end) for one in (text, above + right, mine, theirs))
    editor, found = await judged(text)
    assert [(editor.cut(one["range"]), one["code"]) for one in found] == [("<<<<<<< HEAD", "yaml-syntax")]
    assert "a merge conflict is left here" in found[0]["message"]
    for title, kept in (("HEAD", mine), ("feature/x", theirs)):
        after = await mended(text, Code.YAML_SYNTAX, f'Keep "{title}"')
        assert after == right.replace(mine, kept, 1)


async def test_both_sides_may_be_kept() -> None:
    one, other = "  - name: one\n    port: 80\n", "  - name: two\n    port: 81\n    localPort: 1\n"
    head = ECHO + "workloads:\n- name: web\n  intercepts:\n"
    text = (head + conflict(one, other)).replace("port: 8", "handler: echo\n    port: 8")
    assert await mended(text, Code.YAML_SYNTAX, "Keep both") == (head + one + other).replace(
        "port: 8", "handler: echo\n    port: 8"
    )


async def test_each_conflict_and_each_sign_that_is_left_is_an_error() -> None:
    text = (
        conflict("name: a\n", "name: b\n")
        + conflict(ECHO, "").replace("HEAD", "\t").replace(" feature/x", "")
        + WORKLOAD
    )
    editor, found = await judged(f"{text}=======\n>>>>>>> x\n<<<<<<< y\n#<<<<<<< z\n")
    assert [(editor.cut(one["range"])) for one in found] == [
        "<<<<<<< HEAD",
        "<<<<<<<",
        "=======",
        ">>>>>>> x",
        "<<<<<<< y",
    ]
    _, (first, *_) = await judged(text)
    assert "merge conflict" in first["message"]
    after = await mended(f"{ECHO}=======\n{WORKLOAD}", Code.YAML_SYNTAX, "Remove the line")
    assert after == ECHO + WORKLOAD


async def test_an_edit_of_the_signs_shows_what_they_hid() -> None:
    text = ECHO + WORKLOAD.replace("    port: 80\n", conflict("    port: 80\n", "    prot: 81\n"))
    editor = await Editor.opened("#\n" * 20 + text, textDocument={"diagnostic": {}})
    assert [one["code"] for one in (await editor.ask("diagnostic"))["items"]] == ["yaml-syntax"]
    editor.change(editor.text.replace("<<<<<<< HEAD\n", "").replace("=======\n", "").replace(">>>>>>> feature/x\n", ""))
    assert [one["code"] for one in (await editor.ask("diagnostic"))["items"]] == ["unknown-key"]


async def test_what_stands_beside_is_completed_and_in_the_outline() -> None:
    text = ECHO + WORKLOAD.replace("    port: 80\n", conflict("    port: 80\n", "    port: 81\n"))
    editor = await Editor.opened(f"{text}    ‸\n- name: other\n")
    labels = [one["label"] for one in (await editor.at_cursor("completion"))["items"]]
    assert ("localPort" in labels, "port" in labels) == (True, False)
    _, workloads = await editor.ask("documentSymbol")
    assert [one["name"] for one in workloads["children"]] == ["web", "other"]
