"""Text below a key (``run: |``) of which lines stand no deeper than the key: one error, and all of them go with it."""

from __future__ import annotations

import pytest
from unit.server.features.choosing import Found, judged
from unit.server.features.editor import Editor
from unit.server.in_process import URI

HEAD = "handlers:\n  - name: echo\n    script:\n"
WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: echo\n    port: 80\n"
BOTH_LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
LONG_OR_SHORT = pytest.mark.parametrize("above", ["", "#\n" * 20], ids=["short", "long"])
SHALLOW = {
    "as deep as the key": ("      run: |\n      npm\n      npm start\n", "npm"),
    "less deep": ("      run: |-\n    cd x && npm start\n\n    y  # y\n", "cd x && npm start"),
    "at the margin": ("      run: >  # x\nnpm start\n", "npm start"),
    "with lines that are deeper": (
        "      run: |\n      if a; then\n        export B=c\n      fi\n      shell: bash\n",
        "if a; then",
    ),
    "that could be keys": ("      run: |\n      curl -H 'a: b' c\n      echo d: e\n", "curl -H 'a: b' c"),
    "below lines that are deep enough": ("      run: |\n          a\n\n      npm start\n      fi\n", "npm start"),
    "below lines that are deeper": ("      run: |\n          a\n        b\n          c\n    debug: {}\n", "b"),
    "with templates": ('      run: |\n      echo {{ env "HOME" }}\n', 'echo {{ env "HOME" }}'),
    "of a key behind a dash": (
        "      run: y\n  - script:\n      run: &x |\n      npm start\n    name: y\n",
        "npm start",
    ),
    "that says its own depth": ("      run: |4\n      npm start\n", "npm start"),
}


def deeper(script: str, wrong: str) -> str:
    """With the lines from ``wrong`` on, up to those of the next key, as deep as they are meant to be."""
    lines = script.splitlines()
    first = next(number for number, line in enumerate(lines) if line.strip().startswith(wrong))
    keys = ("shell: ", "debug: ", "name: ")
    last = next((n for n in range(first, len(lines)) if lines[n].strip().startswith(keys)), len(lines))
    column = 10 if "|4" in script or "          " in script else 8
    further = column - min(len(one) - len(one.lstrip()) for one in lines[first:last] if one)
    lines[first:last] = [" " * further + one if one else one for one in lines[first:last]]
    return "".join(f"{line}\n" for line in lines)


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize(("script", "where"), SHALLOW.values(), ids=SHALLOW)
async def test_it_is_one_error_and_indented_as_a_whole(script: str, where: str, above: str, end: str) -> None:
    wrong, right = (f"{above}{HEAD}{one}{WORKLOAD}".replace("\n", end) for one in (script, deeper(script, where)))
    editor, (found, *others) = await errors(wrong)
    assert (editor.cut(found["range"]), others) == (where, [])
    assert 'the text of "run" stands deeper' in found["message"]
    fixes = await editor.ask("codeAction", range=found["range"], context={"diagnostics": [], "only": ["quickfix"]})
    (fix,) = [one for one in fixes if one["diagnostics"][0] == found]
    assert (fix["title"], fix["isPreferred"]) == ('Indent under "run"', True)
    assert editor.applied(fix["edit"]["changes"][URI]) == right
    assert (await errors(right))[1] == []


async def errors(text: str) -> tuple[Editor, Found]:
    editor, found = await judged(text)
    return editor, [one for one in found if one["severity"] == 1]


@LONG_OR_SHORT
@pytest.mark.parametrize(
    ("script", "messages"),
    [
        ("      run: |\n      shell: bash\n", ["run is empty"]),
        ("      run: |\n        x\n      she\n", ['a key needs a ":" after it']),
        ("      run: |\n        x\n      'shell': bash\n", []),
    ],
)
async def test_a_key_below_a_text_is_no_line_of_it(script: str, messages: list[str], above: str) -> None:
    assert [one["message"] for one in (await errors(above + HEAD + script + WORKLOAD))[1]] == messages


async def test_what_stands_below_is_read_and_completed() -> None:
    editor = await Editor.opened(f"{HEAD}      run: |\n      npm start\n    ‸\n  - name: other\n{WORKLOAD}")
    completion = await editor.at_cursor("completion")
    assert [one["label"] for one in completion["items"]] == ["environment", "debug"]
    handlers, workloads = await editor.ask("documentSymbol")
    assert [one["name"] for one in handlers["children"]] == ["echo", "other"]
    assert [one["name"] for one in workloads["children"]] == ["web"]
