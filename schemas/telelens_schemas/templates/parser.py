"""Reads a whole template: any text has a tree, and a list of what is wrong with it.

Blocks are kept on a stack of our own, not on Python's, so that neither their depth nor a missing ``{{end}}`` matters.
Behind an action that cannot be read, reading goes on at its closing braces or, where it has none, in the next line.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final, Literal

from telelens_schemas.templates.blocks import OpenBlock
from telelens_schemas.templates.errors import Problem
from telelens_schemas.templates.expressions import Expressions, Unreadable
from telelens_schemas.templates.formatting.quoting import quote
from telelens_schemas.templates.lexer import Token
from telelens_schemas.templates.nodes import (
    Action,
    Body,
    Broken,
    Comment,
    Invocation,
    Leave,
    Pipe,
    Text,
)
from telelens_schemas.templates.tree import clipped, is_blank

_NOT_OF_AN_ACTION: Final = re.compile(r"[ \t]*(?:-[ \t]+)*[\w.$/-]+:(?!=)")
"""No line of an action begins so; braces in it are not the action's."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text is as a template."""

    root: Body
    definitions: dict[str, Body]
    problems: tuple[Problem, ...]


def parse_text(name: str, text: str, functions: Collection[str]) -> Parsed:
    """Never raises; ``name`` is that of the template in messages."""
    return _Parser(name, text, functions).whole()


class _Parser:
    """One reading of one text."""

    def __init__(self, name: str, text: str, functions: Collection[str]) -> None:
        self._name = name
        self._text = text
        self._reader = Expressions(name, text, functions)
        self._tokens = self._reader.tokens
        self._root = OpenBlock("", 0, 0)
        self._open: list[OpenBlock] = [self._root]
        self._range_depth = 0
        self._definitions: dict[str, Body] = {}
        self._noted = 0
        """Problems before the action that is being read."""

    def whole(self) -> Parsed:
        while (token := self._tokens.next_word()).kind != "end of file":
            self._piece(token)
        self._close_all()
        root = self._root.body(len(self._text))
        self._define(self._name, root, (0, 0))
        return Parsed(root, self._definitions, tuple(self._reader.problems))

    def _piece(self, token: Token) -> None:
        nodes = self._open[-1].nodes
        match token.kind:
            case "text":
                nodes.append(Text(token.start, token.end, token.start, token.text))
            case "comment":
                nodes.append(Comment(token.start, token.end, token.start))
            case "left":
                self._action(token)
            case _:
                start = self._text.rfind("{{", 0, token.start)
                self._noted = len(self._reader.problems)
                self._recover(Token("left", start, start + 2, "{{"), "", self._reader.unexpected(token, "input"))

    def _action(self, left: Token) -> None:
        keyword = ""
        self._noted = len(self._reader.problems)
        first = self._tokens.next_word()
        is_definition = len(self._open) == 1 and first.text == "define" and first.kind == "keyword"
        if not is_definition:
            self._reader.action_line = self._tokens.lexer.lines.line_of(left.start)
        try:
            if first.kind != "keyword":
                self._tokens.back(first)
                self._simple(left)
            else:
                keyword = first.text
                self._control(left, first)
        except Unreadable as unreadable:
            self._recover(left, keyword, unreadable)
        self._reader.action_line = 0

    def _simple(self, left: Token) -> None:
        pipe = self._reader.pipeline("command", "right")
        self._open[-1].nodes.append(Action(left.start, self._end(), pipe.start, pipe))

    def _end(self) -> int:
        return self._tokens.closing_end

    def _control(self, left: Token, first: Token) -> None:
        match first.text:
            case "if" | "with" | "range":
                self._branch(left, first.text, self._reader.pipeline(first.text, "right"))
            case "else":
                self._else(left)
            case "end":
                self._reader.expect("right", "end")
                self._close(left, self._end())
            case "break" | "continue":
                self._leave(left, first)
            case "template":
                self._invocation(left)
            case "block":
                self._block(left)
            case "define" if len(self._open) == 1:
                self._definition(left)
            case _:
                raise self._reader.unexpected(first, "command")

    def _branch(self, left: Token, keyword: Literal["if", "with", "range"], pipe: Pipe | None) -> None:
        count = len(self._reader.variables) - (len(pipe.variables) if pipe is not None else 0)
        end = self._end()
        self._open.append(
            OpenBlock(
                keyword,
                left.start,
                end,
                pipe,
                pipe.start if pipe is not None else left.start,
                variable_count=count,
                range_depth=self._range_depth,
                arm_start=left.start,
                arm_opening_end=end,
                arm_pipe=pipe,
            )
        )
        self._range_depth += keyword == "range"

    def _else(self, left: Token) -> None:
        block = self._open[-1]
        following = self._tokens.peek_word()
        leads = following.kind == "keyword" and following.text in ("if", "with")
        if block.keyword not in ("if", "with", "range") or block.in_else:
            if not leads:
                self._reader.expect("right", "else")
            raise self._misplaced(left, "{{else}}", block)
        block.finish_arm(left.start)
        block.next_arm(left.start, left.start, None)
        if leads and following.text == block.keyword:
            self._tokens.next_word()
            pipe = self._reader.pipeline(following.text, "right")
            block.next_arm(left.start, self._end(), pipe)
            return
        block.in_else = True
        self._range_depth -= block.keyword == "range"
        if leads:
            raise self._reader.unexpected(following, "input")
        self._reader.expect("right", "else")
        block.next_arm(left.start, self._end(), None)

    def _misplaced(self, left: Token, what: str, block: OpenBlock) -> Unreadable:
        token = Token("text", left.start, max(self._end(), left.end), what)
        if block.keyword in ("define", "block"):
            return self._reader.unreadable(token, f"unexpected {what} in {block.keyword} clause")
        if block.keyword:
            return self._reader.unreadable(token, f"expected end; found {what}")
        return self._reader.unreadable(token, f"unexpected {what}")

    def _close(self, left: Token, end: int) -> None:
        """At ``{{end}}``, whose action begins at ``left``."""
        if len(self._open) == 1:
            raise self._misplaced(left, "{{end}}", self._open[-1])
        block = self._open.pop()
        self._forget(block)
        around = self._open[-1].nodes
        if block.keyword in ("if", "with", "range"):
            around.append(block.as_branch(left.start, end))
            return
        definition = block.as_definition(left.start, end)
        around.append(definition)
        if not block.is_broken:
            self._define(block.name, definition.body, block.name_range)

    def _forget(self, block: OpenBlock) -> None:
        """What was declared inside of a block that ends."""
        self._range_depth = block.range_depth
        if block.variables is not None:
            self._reader.variables = block.variables
        else:
            del self._reader.variables[block.variable_count :]

    def _leave(self, left: Token, first: Token) -> None:
        keyword: Literal["break", "continue"] = "break" if first.text == "break" else "continue"
        token = self._tokens.next_word()
        if token.kind != "right":
            raise self._reader.unexpected(token, f"{{{{{keyword}}}}}")
        if not self._range_depth:
            self._reader.note(first.start, first.end, f"{{{{{keyword}}}}} outside {{{{range}}}}")
        self._open[-1].nodes.append(Leave(left.start, self._end(), first.start, keyword))

    def _template_name(self, context: str) -> Token:
        token = self._tokens.next_word()
        if token.kind not in ("string", "raw string"):
            raise self._reader.unexpected(token, context)
        return token

    def _invocation(self, left: Token) -> None:
        name = self._template_name("template clause")
        text = self._reader.string(name)
        pipe: Pipe | None = None
        token = self._tokens.next_word()
        if token.kind != "right":
            self._tokens.back(token)
            pipe = self._reader.pipeline("template clause", "right")
        self._open[-1].nodes.append(Invocation(left.start, self._end(), name.start, text, pipe))

    def _block(self, left: Token) -> None:
        name = self._template_name("block clause")
        text = self._reader.string(name)
        self._enter("block", left, name, text, self._reader.pipeline("block clause", "right"))

    def _definition(self, left: Token) -> None:
        name = self._template_name("define clause")
        text = self._reader.string(name)
        self._reader.expect("right", "define clause")
        self._enter("define", left, name, text, None)

    def _enter(
        self, keyword: Literal["define", "block"], left: Token, name: Token, text: str, pipe: Pipe | None
    ) -> None:
        end = self._end()
        self._open.append(
            OpenBlock(
                keyword,
                left.start,
                end,
                pipe,
                name.start,
                text,
                (name.start, name.end),
                self._reader.variables,
                range_depth=self._range_depth,
                arm_opening_end=end,
            )
        )
        self._reader.variables = ["$"]
        self._range_depth = 0

    def _define(self, name: str, body: Body, place: tuple[int, int]) -> None:
        known = self._definitions.get(name)
        if known is None or is_blank(known):
            self._definitions[name] = body
        elif not is_blank(body):
            self._reader.note(*place, f"template: multiple definition of template {quote(name)}")

    def _recover(self, left: Token, keyword: str, unreadable: Unreadable) -> None:
        """Notes what is wrong and finds where text goes on. A block opens and closes however wrong its action is."""
        problem = unreadable.problem
        end = self._resume_at(left, problem)
        noted = self._reader.problems[self._noted :]
        beyond = [each for each in (*noted, problem) if each.start >= max(end, left.end)]
        if beyond:
            self._reader.problems[self._noted :] = [each for each in noted if each.start < max(end, left.end)]
            message = "the action is not closed: }} is missing"
            go_message = beyond[0].go_message or beyond[0].message
            problem = Problem(message, left.start, end, beyond[0].line, "unclosed", go_message=go_message)
        elif problem.code == "unclosed":
            problem = replace(problem, end=end)
        self._reader.add(problem)
        self._tokens.resume(end)
        partial = unreadable.partial
        pipe = clipped(partial, end) if isinstance(partial, Pipe) and partial.start < end else None
        match keyword:
            case "if" | "with" | "range":
                self._open[-1].nodes.append(Broken(left.start, end, left.start, keyword, pipe))
                self._branch(left, keyword, None)
                self._open[-1].is_broken = True
            case "define" | "block":
                self._open[-1].nodes.append(Broken(left.start, end, left.start, keyword, pipe))
                self._enter(keyword, left, Token("string", left.end, left.end, ""), "", None)
                self._open[-1].is_broken = True
            case "end" if len(self._open) > 1:
                self._close(left, end)
            case _:
                self._open[-1].nodes.append(Broken(left.start, end, left.start, keyword, pipe))

    def _resume_at(self, left: Token, problem: Problem) -> int:
        """Behind the closing braces of the line where the trouble is; without them, at the end of the line where the
        action begins, so that a brace forgotten there takes nothing of the lines below."""
        lines = self._tokens.lexer.lines
        line_end = lines.end_of_line(left.start)
        following = self._text.find("{{", left.end)
        until = following if following >= 0 else len(self._text)
        if self._text[problem.start - 2 : problem.start] == "}}" and problem.start - 2 >= left.end:
            return problem.start
        here = max(min(problem.start, len(self._text)), left.end)
        spans = [(left.end, line_end)]
        if here <= line_end or _NOT_OF_AN_ACTION.match(self._text, lines.offset(lines.line_of(here), 1)) is None:
            spans.append((here, lines.end_of_line(here)))
        for start, last in spans:
            close = self._text.find("}}", start, min(until, last))
            if close >= 0:
                return close + 2
        return min(max(line_end, left.end), max(until, left.end))

    def _close_all(self) -> None:
        """At the end of the text."""
        end = len(self._text)
        while len(self._open) > 1:
            block = self._open[-1]
            message = f"the {{{{{block.keyword}}}}} is not closed: {{{{end}}}} is missing"
            line = self._tokens.last_line
            problem = Problem(message, block.start, block.opening_end, line, "unclosed", go_message="unexpected EOF")
            self._reader.add(problem)
            block.is_broken = True
            self._close(Token("left", end, end, ""), end)
