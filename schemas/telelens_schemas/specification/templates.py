"""Finds template actions and hides them from YAML, in place: every offset stays what it was.

Actions are expanded before YAML is parsed, so ``value: {{env "USER"}}`` is legal and must not look like a flow
mapping. It is expanded by `expanding`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ACTION = re.compile(r"\{\{(?:[^{}\"`]|\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|\{(?!\{)|\}(?!\}))*?\}\}|\{\{[^\n\r]*")

_LINE = re.compile(r"[^\s](?:[^\r\n]*[^\s])?")


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


def line_actions(text: str, start: int, end: int) -> Iterator[Action]:
    """Each line of a stretch as one, so that YAML does not see it."""
    return (Action(start + found.start(), start + found.end()) for found in _LINE.finditer(text[start:end]))


def alone(text: str, actions: list[Action]) -> list[Action]:
    """Those that share their lines with nothing but each other, as ``{{ if … }}`` does."""
    found: list[Action] = []
    together: list[Action] = []
    for number, action in enumerate(actions):
        together.append(action)
        following = actions[number + 1].start if number + 1 < len(actions) else len(text)
        line_end = text.find("\n", action.end, following)
        if line_end >= 0 or following == len(text):
            end = line_end if line_end >= 0 else len(text)
            if _is_blank(text, together, end):
                found += together
            together = []
    return found


def mask(text: str, actions: list[Action]) -> str:
    """The text with every action replaced by as many letters; by blanks where it is ``alone``."""
    parts: list[str] = []
    position = 0
    hidden = {action.start for action in alone(text, actions)}
    for action in actions:
        sign = " " if action.start in hidden else "x"
        parts += (text[position : action.start], sign * (action.end - action.start))
        position = action.end
    return "".join([*parts, text[position:]])


def _is_blank(text: str, actions: list[Action], end: int) -> bool:
    """Whether there is nothing between the actions of a line, before them, and behind them up to its end."""
    start = text.rfind("\n", 0, actions[0].start) + 1
    for action in actions:
        if text[start : action.start].strip(" \t"):
            return False
        start = action.end
    return not text[start:end].strip(" \t\r")
