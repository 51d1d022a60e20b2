"""Tokens with the look-ahead that the grammar needs."""

from __future__ import annotations

from telelens_schemas.templates.lexer import Lexer, Token


class Tokens:
    """Reads tokens from a lexer one by one; what was read can be given back."""

    def __init__(self, lexer: Lexer) -> None:
        self.lexer = lexer
        self.closing_end = 0
        """Behind the closing braces that were read last."""
        self._waiting: list[Token] = []

    @property
    def last_line(self) -> int:
        """Of the token that was read furthest ahead: the line that Go's messages name."""
        return self.lexer.last_line

    def next(self) -> Token:
        """The next token."""
        token = self._waiting.pop() if self._waiting else self.lexer.next()
        if token.kind == "right":
            self.closing_end = token.end
        return token

    def back(self, *tokens: Token) -> None:
        """Gives tokens back, in the order in which they are to be read again."""
        self._waiting += reversed(tokens)

    def peek(self) -> Token:
        """The next token, which stays."""
        token = self.next()
        self.back(token)
        return token

    def next_word(self) -> Token:
        """The next token that is no space."""
        token = self.next()
        while token.kind == "space":
            token = self.next()
        return token

    def peek_word(self) -> Token:
        """The next token that is no space, which stays; spaces before it are gone."""
        token = self.next_word()
        self.back(token)
        return token

    def resume(self, at: int) -> None:
        """Goes on in the text at ``at``."""
        self._waiting.clear()
        self.closing_end = at
        self.lexer.resume(at)
