"""What a merge leaves in a text where two people changed the same lines: both sides, and signs around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from telelens_schemas.specification.block_texts import end_of_text, text_above
from telelens_schemas.specification.fragments import Broken, Fragment
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.templates import Action, line_actions

_SIGN = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?:[ \t]+([^\r\n]*?))?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_UNRESOLVED = "a merge conflict is left here: keep one side, and remove the lines <<<<<<<, ======= and >>>>>>>"
_SIGN_LEFT = "a line of a merge conflict is left here: remove it"


@dataclass(frozen=True, slots=True)
class Conflict:
    """From ``start`` to ``end``; ``hidden`` is what is not read of it: all but the first side."""

    start: int
    end: int
    hidden: tuple[Action, ...]
    message: str
    choices: tuple[tuple[str, str], ...]
    """Titles, and what is left then."""

    def fragment(self, text: str) -> Fragment:
        """A broken one, to be put where it stands."""
        found = Fragment(text[self.start : self.end])
        choices = tuple((title, 0, len(found.text), left) for title, left in self.choices)
        found.broken = Broken(0, found.end_of_line(0), Code.YAML_SYNTAX, self.message, choices=choices)
        return found


def find_conflicts(text: str) -> list[Conflict]:
    """In the order of the text."""
    if not any(sign in text for sign in ("<<<<<<<", "=======", ">>>>>>>")):
        return []
    found: list[Conflict] = []
    opened: list[re.Match[str]] = []
    for sign in _SIGN.finditer(text):
        order = "".join(one[1][0] for one in (*opened, sign))
        if order in ("<=>", "<|=>"):
            found.append(_conflict(text, [*opened, sign]))
            opened = []
        elif order in ("<", "<|", "<=", "<|="):
            opened.append(sign)
        else:
            found += (_left(text, one) for one in opened)
            opened = [sign] if order.endswith("<") else []
            found += () if opened else (_left(text, sign),)
    return [*found, *(_left(text, one) for one in opened)]


def _conflict(text: str, signs: Sequence[re.Match[str]]) -> Conflict:
    first, last = signs[0], signs[-1]
    mine, theirs = text[first.end() : signs[1].start()], text[signs[-2].end() : last.start()]
    choices = (
        (f"Keep {_name(first, 'the first side')}", mine),
        (f"Keep {_name(last, 'the second side')}", theirs),
        ("Keep both", mine + theirs),
    )
    return Conflict(first.start(), last.end(), tuple(_hidden(text, signs)), _UNRESOLVED, choices)


def _hidden(text: str, signs: Sequence[re.Match[str]]) -> Iterator[Action]:
    first, last = signs[0], signs[-1]
    opened = text_above(text, 0, first.start())
    if opened is not None and opened.is_empty:
        # A line of blanks must not be the first one of a text: nothing of that is read.
        yield Action(*opened.sign)
        yield from line_actions(text, first.start(), end_of_text(text, opened, last.end()))
    else:
        yield from line_actions(text, *first.span())
        yield from line_actions(text, signs[1].start(), last.end())


def _left(text: str, sign: re.Match[str]) -> Conflict:
    hidden = tuple(line_actions(text, *sign.span()))
    return Conflict(*sign.span(), hidden, _SIGN_LEFT, (("Remove the line", ""),))


def _name(sign: re.Match[str], otherwise: str) -> str:
    return f'"{sign[2]}"' if sign[2] else otherwise
