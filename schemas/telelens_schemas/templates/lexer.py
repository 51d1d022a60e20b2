"""Cuts a template into tokens, as Go's ``text/template/parse`` does, and can go on after what it cannot read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from telelens_schemas.templates.formatting.quoting import quote
from telelens_schemas.templates.source import Lines
from telelens_schemas.templates.values import byte_length

TokenKind = Literal[
    "error",
    "end of file",
    "text",
    "comment",
    "left",
    "right",
    "space",
    "=",
    ":=",
    "|",
    "(",
    ")",
    "keyword",
    "dot",
    "nil",
    "bool",
    "field",
    "variable",
    "identifier",
    "number",
    "complex",
    "character constant",
    "string",
    "raw string",
    "character",
]

KEYWORDS: Final = frozenset({"block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"})
_SPACES: Final = " \t\r\n"
_LEFT: Final = "{{"
_RIGHT: Final = "}}"
_WORD: Final = re.compile(r"[A-Za-z0-9_]*")
_NUMBER: Final = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?"
    r"|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?"
)
_QUOTED: Final = {char: re.compile(rf"(?:[^\\\n{char}]|\\[^\n])*{char}") for char in ('"', "'")}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the source; of an error its text is the message."""

    kind: TokenKind
    start: int
    end: int
    text: str

    def __str__(self) -> str:
        """As Go's messages name it."""
        if self.kind == "end of file":
            return "EOF"
        if self.kind == "error":
            return self.text
        if self.kind in ("keyword", "nil", "dot"):
            return f"<{self.text}>"
        return f"{quote(self.text[:10])}..." if byte_length(self.text) > 10 else quote(self.text)


class Lexer:
    """A position in the source. After an error token the next call goes on behind it; ``resume`` starts elsewhere."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = Lines(text)
        self.last_line = 1
        """Of the token that was read last."""
        self._at = 0
        self._inside = False
        self._depth = 0
        self._comments_end = True
        """Whether there may still be an end of a comment ahead; the rest of a text is searched in vain but once."""

    def resume(self, at: int, *, inside: bool = False) -> None:
        """Goes on at another place, in text or inside of an action."""
        self._at = at
        self._inside = inside
        self._depth = 0

    def next(self) -> Token:
        """The next token; at the end of the text always an "end of file"."""
        token = self._inside_action() if self._inside else self._outside()
        self.last_line = self.lines.line_of(token.start)
        return token

    def _token(self, kind: TokenKind, start: int, end: int) -> Token:
        self._at = end
        return Token(kind, start, end, self.text[start:end])

    def _error(self, start: int, end: int, message: str) -> Token:
        self._at = max(end, start)
        return Token("error", start, self._at, message)

    def _outside(self) -> Token:
        start = self._at
        if start >= len(self.text):
            return Token("end of file", len(self.text), len(self.text), "")
        found = self.text.find(_LEFT, start)
        if found < 0:
            return self._token("text", start, len(self.text))
        if found > start:
            end = found
            if self._trims_left(found + 2):
                end = start + len(self.text[start:found].rstrip(_SPACES))
            if end > start:
                token = self._token("text", start, end)
                self._at = found
                return token
        return self._left(found)

    def _left(self, start: int) -> Token:
        inner = start + 4 if self._trims_left(start + 2) else start + 2
        if self.text.startswith("/*", inner):
            return self._comment(start, inner)
        self._inside = True
        self._depth = 0
        token = self._token("left", start, start + 2)
        self._at = inner
        return token

    def _comment(self, start: int, inner: int) -> Token:
        close = self.text.find("*/", inner + 2) if self._comments_end else -1
        if close < 0:
            self._comments_end = False
            return self._error(inner, len(self.text), "unclosed comment")
        end = self._right_end(close + 2)
        if end is None:
            return self._error(inner, close + 2, "comment ends before closing delimiter")
        token = self._token("comment", start, end)
        if self._trims_right(close + 2):
            self._skip_spaces()
        return token

    def _trims_left(self, at: int) -> bool:
        return self.text[at : at + 1] == "-" and self.text[at + 1 : at + 2] in tuple(_SPACES)

    def _trims_right(self, at: int) -> bool:
        return self.text[at : at + 1] in tuple(_SPACES) and self.text.startswith("-" + _RIGHT, at + 1)

    def _right_end(self, at: int) -> int | None:
        """Where the closing braces end that begin here, perhaps with a trim marker."""
        if self._trims_right(at):
            return at + 4
        return at + 2 if self.text.startswith(_RIGHT, at) else None

    def _skip_spaces(self) -> None:
        while self.text[self._at : self._at + 1] in tuple(_SPACES):
            self._at += 1

    def _right(self, start: int) -> Token:
        trims = self._trims_right(start)
        marker = 2 if trims else 0
        token = Token("right", start + marker, start + marker + 2, _RIGHT)
        self._at = token.end
        if trims:
            self._skip_spaces()
        self._inside = False
        return token

    def _inside_action(self) -> Token:
        start = self._at
        if self._right_end(start) is not None:
            return self._right(start) if not self._depth else self._error(start, start, "unclosed left paren")
        char = self.text[start : start + 1]
        match char:
            case "":
                return self._error(start, start, "unclosed action")
            case " " | "\t" | "\r" | "\n":
                return self._space(start)
            case "=" | "|":
                return self._token(char, start, start + 1)
            case ":":
                if not self.text.startswith(":=", start):
                    return self._error(start, start + 1, "expected :=")
                return self._token(":=", start, start + 2)
            case '"' | "'":
                return self._quoted(start, char)
            case "`":
                return self._raw(start)
            case "$":
                return self._name("variable", start)
            case "." if start + 1 < len(self.text) and not "0" <= self.text[start + 1] <= "9":
                return self._name("field", start)
            case "(" | ")":
                return self._parenthesis(start, char)
        if char in "+-." or "0" <= char <= "9":
            return self._number(start)
        if _is_alphanumeric(char):
            return self._word(start)
        if char.isascii() and char.isprintable():
            return self._token("character", start, start + 1)
        return self._error(start, start + 1, f"unrecognized character in action: {_unicode(char)}")

    def _parenthesis(self, start: int, char: Literal["(", ")"]) -> Token:
        self._depth += 1 if char == "(" else -1
        if self._depth < 0:
            self._depth = 0
            return self._error(start, start + 1, "unexpected right paren")
        return self._token(char, start, start + 1)

    def _space(self, start: int) -> Token:
        self._skip_spaces()
        end = self._at
        if self._trims_right(end - 1):
            if end - start == 1:
                return self._right(start)
            end -= 1
        return self._token("space", start, end)

    def _quoted(self, start: int, delimiter: str) -> Token:
        found = _QUOTED[delimiter].match(self.text, start + 1)
        if found is None:
            line_end = self.text.find("\n", start)
            what = "quoted string" if delimiter == '"' else "character constant"
            return self._error(start, line_end if line_end >= 0 else len(self.text), f"unterminated {what}")
        return self._token("string" if delimiter == '"' else "character constant", start, found.end())

    def _raw(self, start: int) -> Token:
        end = self.text.find("`", start + 1)
        if end < 0:
            return self._error(start, len(self.text), "unterminated raw quoted string")
        return self._token("raw string", start, end + 1)

    def _name(self, kind: Literal["field", "variable"], start: int) -> Token:
        end = self._word_end(start + 1)
        if not self._terminates(end):
            return self._error(end, end + 1, f"bad character {_unicode(self.text[end])}")
        if end == start + 1 and kind == "field":
            return self._token("dot", start, end)
        return self._token(kind, start, end)

    def _word(self, start: int) -> Token:
        end = self._word_end(start)
        if not self._terminates(end):
            return self._error(end, end + 1, f"bad character {_unicode(self.text[end])}")
        word = self.text[start:end]
        if word in KEYWORDS:
            return self._token("keyword", start, end)
        if word == "nil":
            return self._token("nil", start, end)
        return self._token("bool" if word in ("true", "false") else "identifier", start, end)

    def _word_end(self, at: int) -> int:
        while True:
            found = _WORD.match(self.text, at)
            at = found.end() if found is not None else at
            if at >= len(self.text) or self.text[at].isascii() or not _is_alphanumeric(self.text[at]):
                return at
            at += 1

    def _terminates(self, at: int) -> bool:
        char = self.text[at : at + 1]
        return not char or char in " \t\r\n.,|:()" or self.text.startswith(_RIGHT, at)

    def _number(self, start: int) -> Token:
        end = self._number_end(start)
        if end is None:
            return self._bad_number(start)
        if self.text[end : end + 1] in ("+", "-"):
            second = self._number_end(end)
            if second is None or self.text[second - 1] != "i":
                found = _NUMBER.match(self.text, end)
                return self._bad_number(start, second or (found.end() if found is not None else end) + 1)
            return self._token("complex", start, second)
        return self._token("number", start, end)

    def _number_end(self, start: int) -> int | None:
        """``None`` when a letter follows."""
        found = _NUMBER.match(self.text, start)
        end = found.end() if found is not None else start
        return None if _is_alphanumeric(self.text[end : end + 1]) else end

    def _bad_number(self, start: int, end: int | None = None) -> Token:
        if end is None:
            found = _NUMBER.match(self.text, start)
            end = (found.end() if found is not None else start) + 1
        return self._error(start, end, f"bad number syntax: {quote(self.text[start:end])}")


def _is_alphanumeric(char: str) -> bool:
    return char.isalpha() or char.isdecimal() or char == "_"


def _unicode(char: str) -> str:
    return f"U+{ord(char):04X}" + (f" '{char}'" if char.isprintable() else "")
