"""Reads a pattern: what RE2 accepts and PCRE2 means the same by, and nothing that could keep a processor busy.

People know patterns from tools whose engine is RE2, whose time is linear; the agent's engine searches with PCRE2, whose
is not. https://github.com/google/re2/wiki/Syntax against pcre2pattern(3).
"""

from __future__ import annotations

from typing import Final

from telelens_schemas.errors import SchemasError
from telelens_schemas.matching.nodes import Assertion, Class, Group, Literal, Node, Repeat
from telelens_schemas.matching.sets import SHORTHANDS, read_class, shorthand

LONGEST: Final = 1024
"""Characters."""
DEEPEST: Final = 20
MOST_REPETITIONS: Final = 1000
"""RE2's limit for {n}."""
_SPECIAL: Final = frozenset("\\.+*?()|[]{}^$")
_NESTED_HINT: Final = "say the same without a repetition inside of a repetition, like [a-z-]+ for ([a-z]+-)+"


class PatternError(SchemasError):
    """A pattern cannot be used; the message says which and why."""


def check_pattern(text: str) -> None:
    """Raises PatternError."""
    parse(text)


def quote(text: str) -> str:
    """A pattern that matches ``text`` and nothing else."""
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)


def quoted(text: str) -> str:
    """As messages show a pattern."""
    return '"' + text.replace('"', '\\"') + '"'


def parse(text: str) -> Group:
    """The pattern as a tree. Raises PatternError."""
    if len(text) > LONGEST:
        raise PatternError(f"a pattern of {len(text)} characters is too long", f"at most {LONGEST}")
    for char in text:
        if not " " <= char <= "~":
            what = "a control character" if ord(char) < 32 or ord(char) == 127 else "a character beyond ASCII"
            raise PatternError(
                f"the pattern {text!r} holds {what} ({char!r})", "the values of headers and paths are plain ASCII text"
            )
    return Reader(text).whole()


class Reader:
    """A position in a pattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._depth = 0

    def whole(self) -> Group:
        """Everything."""
        found = self._alternatives(top=True)
        if self.at < len(self.text):
            raise self.error("has a ) without its (", "for the character itself: \\)")
        return Group(found)

    def error(self, what: str, hint: str = "") -> PatternError:
        """With the pattern, and where."""
        return PatternError(f"the pattern {quoted(self.text)} {what} (character {self.at + 1})", hint)

    def peek(self, ahead: str) -> bool:
        """Whether ``ahead`` comes next."""
        return self.text.startswith(ahead, self.at)

    def next(self) -> str:
        """The next character. Raises PatternError at the end."""
        if self.at >= len(self.text):
            raise self.error("ends too early", "something is not closed")
        self.at += 1
        return self.text[self.at - 1]

    def _alternatives(self, *, top: bool = False) -> tuple[tuple[Node, ...], ...]:
        found = [self._sequence(top=top)]
        while self.peek("|"):
            self.at += 1
            found.append(self._sequence(top=top))
        return tuple(found)

    def _sequence(self, *, top: bool) -> tuple[Node, ...]:
        nodes: list[Node] = []
        if top:
            self._skip(("^", "\\A"))
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            if top and self._skip(("$", "\\z")):
                if self.at < len(self.text) and self.text[self.at] not in "|)":
                    raise self.error("has a $ before its end", "whole values are matched: leave ^ and $ out")
                break
            nodes.append(self._repeated(self._atom()))
        return tuple(nodes)

    def _skip(self, marks: tuple[str, ...]) -> bool:
        for mark in marks:
            if self.peek(mark):
                self.at += len(mark)
                return True
        return False

    def _atom(self) -> Node:
        char = self.next()
        if char == "(":
            return self._group()
        if char == "[":
            return read_class(self)
        if char == ".":
            return _ANY
        if char == "\\":
            return self._escape()
        if char in "^$":
            raise self.error(f"has a {char} in its middle", "whole values are matched: leave ^ and $ out")
        if char in "*+?":
            raise self.error(f"has a {char} with nothing to repeat", f"for the character itself: \\{char}")
        if char == "{":
            raise self.error("has a { that is no repetition", "for the character itself: \\{")
        return Literal(char)

    def _group(self) -> Node:
        flags, opened = "", self.at - 1
        if self.peek("?"):
            self.at += 1
            if self._skip(("P<", "<")) and not self.peek("=") and not self.peek("!"):
                while self.next() != ">":
                    pass
            elif self.peek(":"):
                self.at += 1
            else:
                flags, closed = self._flags()
                if closed:
                    return Assertion(f"(?{flags})")
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.error(f"has groups more than {DEEPEST} deep", "make it simpler")
        found = self._alternatives()
        self._depth -= 1
        if not self.peek(")"):
            self.at = opened
            raise self.error("has a ( without its )", "for the character itself: \\(")
        self.at += 1
        return Group(found, flags)

    def _flags(self) -> tuple[str, bool]:
        for flags in ("i", "-i"):
            for end in (")", ":"):
                if self._skip((flags + end,)):
                    return flags, end == ")"
        raise self.error("has a (? that RE2 does not know, or whose meaning differs", "of the flags, (?i) may be used")

    def _escape(self) -> Node:
        char = self.next()
        if char in SHORTHANDS:
            return shorthand(char)
        if char in "bB":
            return Assertion(f"\\{char}")
        return Literal(self.escaped(char))

    def escaped(self, char: str) -> str:
        """The character that ``\\`` and ``char`` stand for. Raises PatternError."""
        if char == "x":
            return self._hexadecimal()
        if char in "afnrtv":
            raise self.error(f"has a control character (\\{char})", "values of headers and paths have none")
        if char in "QEC":
            raise self.error(f"has \\{char}, which is not supported", "escape each special character by itself")
        if char.isalnum():
            raise self.error(f"has \\{char}, which RE2 or PCRE2 does not know, or each in its own way")
        return char

    def _hexadecimal(self) -> str:
        if self.peek("{"):
            end = self.text.find("}", self.at)
            digits, self.at = self.text[self.at + 1 : end], end + 1
        else:
            digits = self.next() + self.next()
        if not digits or len(digits) > 6 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            raise self.error("has a \\x without a hexadecimal number")
        if not 32 <= int(digits, 16) < 127:
            raise self.error(f"has \\x{digits}, which is not plain ASCII text", "values of headers and paths are")
        return chr(int(digits, 16))

    def _repeated(self, node: Node) -> Node:
        found = self._repetition()
        if found is None:
            return node
        if isinstance(node, Assertion):
            raise self.error("repeats something that has no width")
        repeat = Repeat(node, *found)
        self._skip(("?",))  # lazy or not: whole values are matched
        if self.at < len(self.text) and self.text[self.at] in "*+?{":
            raise self.error("has a repetition of a repetition", _NESTED_HINT)
        if is_nested(repeat):
            raise self.error("has nested repetitions, which could keep a processor busy", _NESTED_HINT)
        return repeat

    def _repetition(self) -> tuple[int, int | None] | None:
        for mark, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.peek(mark):
                self.at += 1
                return bounds
        if not self.peek("{"):
            return None
        end = self.text.find("}", self.at)
        least, comma, most = self.text[self.at + 1 : max(end, 0)].partition(",")
        if end < 0 or not least.isdecimal() or not (most.isdecimal() or not most):
            raise self.error("has a { that is no repetition", "for the character itself: \\{")
        self.at = end + 1
        low = int(least)
        high = low if not comma else int(most) if most else None
        if max(low, high or 0) > MOST_REPETITIONS or (high is not None and high < low):
            raise self.error(
                f"repeats {least}{comma}{most} times", f"at most {MOST_REPETITIONS}, the smaller number first"
            )
        return low, high


_ANY = Class("", "a", negated=True)


def is_nested(repeat: Repeat) -> bool:
    """Whether a choice of how often stands inside of another one.

    An optional part may hold one ((:[0-9]+)?), a fixed number of parts a bounded one (([0-9]{1,3}\\.){3}).
    """
    inner = _repeats(repeat.node)
    if not inner or (repeat.most is not None and repeat.most <= 1):
        return False
    return repeat.varies or any(one.most is None for one in inner)


def _repeats(node: Node) -> list[Repeat]:
    if isinstance(node, Repeat):
        return [*([node] if node.varies else []), *_repeats(node.node)]
    if isinstance(node, Group):
        return [found for sequence in node.alternatives for one in sequence for found in _repeats(one)]
    return []
