"""Finds template actions and hides them from YAML, in place: every offset stays what it was.

Actions are expanded before YAML is parsed, so ``value: {{env "USER"}}`` is legal and must not look like a flow
mapping. It is expanded by `expanding`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ACTION = re.compile(r"\{\{(?:[^{}\"`]|\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|\{(?!\{)|\}(?!\}))*?\}\}|\{\{[^\n\r]*")
_ALONE = re.compile(r"^[ \t]*$")


@dataclass(frozen=True, slots=True)
class Action:
    """One ``{{…}}``; an unclosed one reaches to the end of its line."""

    start: int
    end: int


def find_actions(text: str) -> list[Action]:
    """Every action, in order."""
    if "{{" not in text:
        return []
    return [Action(found.start(), found.end()) for found in _ACTION.finditer(text)]


def mask(text: str, actions: list[Action]) -> str:
    """The text with every action replaced by as many letters; by blanks where it has its lines to itself, as
    ``{{ if … }}`` has."""
    parts: list[str] = []
    position = 0
    for action in actions:
        before = text[text.rfind("\n", 0, action.start) + 1 : action.start]
        after_end = text.find("\n", action.end)
        after = text[action.end : after_end if after_end >= 0 else len(text)]
        alone = _ALONE.match(before) is not None and _ALONE.match(after.rstrip("\r")) is not None
        parts += (text[position : action.start], (" " if alone else "x") * (action.end - action.start))
        position = action.end
    return "".join([*parts, text[position:]])
