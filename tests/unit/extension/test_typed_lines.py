"""Where the next line begins, by the language's rules for Enter: one level below a key, beside the keys of an item."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

CONFIGURATION = Path(__file__).parents[3] / "vscode-extension" / "languages" / "intercept-specification.json"
LEVEL = "  "


def begins(line: str) -> str:
    """The blanks with which the editor begins the line below: the first rule that fits decides, as VS Code has it."""
    own = line[: len(line) - len(line.lstrip())]
    for rule in json.loads(CONFIGURATION.read_text())["onEnterRules"]:
        if re.search(rule["beforeText"], line):
            action = rule["action"]
            return own + (LEVEL if action["indent"] == "indent" else "") + action.get("appendText", "")
    return own


@pytest.mark.parametrize(
    ("line", "below"),
    [
        ("handlers:", 2),
        ("    script:", 6),
        ("    script:  # ours", 6),
        ("      run: |", 8),
        ("      run: >-", 8),
        ('  "handlers":', 4),
        ("  - name: local", 4),
        ("      - handler:", 10),
        ("    port: http", 4),
        ("    value: a: b", 4),
        ("    - one", 4),
        ("  # connection:", 2),
        ("", 0),
    ],
)
def test_a_line_is_begun_where_it_belongs(line: str, below: int) -> None:
    assert begins(line) == " " * below
