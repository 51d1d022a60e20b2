"""Reads what stands between the braces of an action: pipelines, commands, operands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

from telelens_schemas.suggestions import LIKENESS, closest
from telelens_schemas.templates.errors import Problem, ProblemCode
from telelens_schemas.templates.foreign import FOREIGN
from telelens_schemas.templates.formatting.quoting import QuotingError, quote, unquote
from telelens_schemas.templates.lexer import Lexer, Token, TokenKind
from telelens_schemas.templates.nodes import (
    BoolNode,
    Chain,
    Command,
    Dot,
    Expression,
    Field,
    Identifier,
    Nil,
    Node,
    NumberNode,
    Pipe,
    StringNode,
    Variable,
)
from telelens_schemas.templates.numbers import Number, NumberError, read_character, read_complex, read_number
from telelens_schemas.templates.tokens import Tokens

DEEPEST: Final = 80
"""Parentheses inside of each other. Go allows more than anybody writes."""
MOST_PROBLEMS: Final = 1000
"""Of one text: nobody reads more."""
_MOST_SEARCHES: Final = 50
_MOST_NAMES: Final = 1000
_FUNCTION_LIKENESS: Final = 0.75
"""Among so many functions there is one that is a little like any word."""
_OPERANDS: Final[tuple[TokenKind, ...]] = (
    "bool",
    "character constant",
    "complex",
    "dot",
    "field",
    "identifier",
    "number",
    "nil",
    "raw string",
    "string",
    "variable",
    "(",
)
TYPOGRAPHIC_QUOTES: Final = "“”„‟«»‘’‚‛"


class Unreadable(Exception):
    """An action cannot be read on. ``partial`` is what was read of the pipeline until then."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.partial: Expression | Command | None = None


class Expressions:
    """Reads pipelines. What is wrong but can be read past is noted; else Unreadable is raised."""

    def __init__(self, name: str, text: str, functions: Collection[str]) -> None:
        self.name = name
        self.text = text
        self.tokens = Tokens(Lexer(text))
        self.problems: list[Problem] = []
        self.variables: list[str] = ["$"]
        """Names that are declared where we are."""
        self.action_line = 0
        """Where the action begins that is being read; 0 outside of one."""
        self._functions = functions
        self._depth = 0
        self._searches = 0
        self._end = 0
        """Of the operand that was read last."""

    def note(
        self,
        start: int,
        end: int,
        message: str,
        code: ProblemCode = "syntax",
        replacement: str | None = None,
        hint: str = "",
    ) -> None:
        """Adds a problem and goes on."""
        hint = hint or (f'did you mean "{replacement}"?' if replacement is not None else "")
        self.add(Problem(message, start, end, self.tokens.last_line, code, hint, replacement))

    def add(self, problem: Problem) -> None:
        """Adds a problem; of a hopeless text not all are kept."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def unreadable(self, token: Token, message: str) -> Unreadable:
        """The problem that ends an action."""
        line = self.tokens.last_line
        if self.text[token.start : token.end] and self.text[token.start] in TYPOGRAPHIC_QUOTES:
            hint = 'write " instead'
            return Unreadable(Problem(message, token.start, token.end, line, "typographic-quote", hint, '"'))
        if self.text[token.start : token.end] == "}":
            return Unreadable(Problem(message, token.start, token.end, line, "syntax", "an action ends with }}", "}}"))
        code: ProblemCode = "unclosed" if message.startswith(("unclosed", "unterminated")) else "syntax"
        return Unreadable(Problem(message, token.start, token.end, line, code))

    def unexpected(self, token: Token, context: str) -> Unreadable:
        """A token that cannot stand here; of what the lexer could not read its own message."""
        if token.kind != "error":
            return self.unreadable(token, f"unexpected {token} in {context}")
        extra = ""
        line = self.tokens.lexer.lines.line_of(token.start)
        if self.action_line and self.action_line != line:
            extra = f" in action started at {self.name}:{self.action_line}"
            if token.text.endswith(" action"):
                extra = extra.removeprefix(" in action")
        return self.unreadable(token, token.text + extra)

    def expect(self, kind: TokenKind, context: str) -> Token:
        """The next token, which must be of that kind."""
        token = self.tokens.next_word()
        if token.kind != kind:
            raise self.unexpected(token, context)
        return token

    def string(self, token: Token) -> str:
        """The text of a constant."""
        try:
            return unquote(token.text)
        except QuotingError as error:
            self.note(token.start, token.end, str(error))
            return token.text[1:-1]

    def pipeline(self, context: str, closing: Literal["right", ")"]) -> Pipe:
        """Up to the closing token, which is read, too."""
        first = self.tokens.peek_word()
        variables: list[Variable] = []
        commands: list[Command] = []
        assigns = False

        def whole() -> Pipe:
            parts: list[Node] = [*variables, *commands]
            end = parts[-1].end if parts else first.start
            return Pipe(first.start, end, first.start, tuple(variables), assigns, tuple(commands))

        try:
            assigns = self._variables(context, variables)
            while (token := self.tokens.next_word()).kind != closing:
                if token.kind not in _OPERANDS:
                    raise self.unexpected(token, context)
                self.tokens.back(token)
                commands.append(self._command())
        except Unreadable as unreadable:
            if isinstance(unreadable.partial, Command):
                commands.append(unreadable.partial)
            unreadable.partial = whole()
            raise
        self._check(commands, context, first, token)
        if closing == ")":
            self._end = token.end
        return whole()

    def _variables(self, context: str, variables: list[Variable]) -> bool:
        """Reads what is declared or assigned, if anything; whether it is assigned."""
        while (token := self.tokens.peek_word()).kind == "variable":
            self.tokens.next()
            after = self.tokens.peek()
            following = self.tokens.peek_word()
            comma = following.kind == "character" and following.text == ","
            if following.kind not in ("=", ":=") and not comma:
                if after.kind == "space":
                    self.tokens.back(after)
                self.tokens.back(token)
                return False
            self.tokens.next_word()
            variables.append(Variable(token.start, token.end, token.start, token.text))
            self.variables.append(token.text)
            if not comma:
                return following.kind == "="
            if context != "range" or len(variables) > 1:
                raise self.unreadable(following, f"too many declarations in {context}")
            if (ahead := self.tokens.peek_word()).kind not in ("variable", "right", ")"):
                raise self.unreadable(ahead, "range can only initialize variables")
        return False

    def _check(self, commands: list[Command], context: str, first: Token, last: Token) -> None:
        if not commands:
            self.note(first.start, last.end, f"missing value for {context}")
        for index, command in enumerate(commands[1:]):
            if isinstance(command.arguments[0], BoolNode | Dot | Nil | NumberNode | StringNode):
                self.note(command.start, command.end, f"non executable command in pipeline stage {index + 2}")
                return

    def _command(self) -> Command:
        first = self.tokens.peek_word()
        arguments: list[Expression] = []

        def whole() -> Command:
            end = max(self._end, arguments[-1].end)
            return Command(first.start, end, first.start, tuple(arguments))

        try:
            while True:
                self.tokens.peek_word()
                operand = self._operand()
                if operand is not None:
                    arguments.append(operand)
                token = self.tokens.next()
                if token.kind == "space":
                    continue
                if token.kind in ("right", ")"):
                    self.tokens.back(token)
                elif token.kind != "|":
                    raise self.unexpected(token, "operand")
                break
        except Unreadable as unreadable:
            if isinstance(unreadable.partial, Pipe):
                arguments.append(unreadable.partial)
            unreadable.partial = whole() if arguments else None
            raise
        if not arguments:
            raise self.unreadable(first, "empty command")
        return whole()

    def _operand(self) -> Expression | None:
        start = self.tokens.peek().start
        node = self._term()
        if node is None or self.tokens.peek().kind != "field":
            return node
        first = self.tokens.peek()
        fields: list[str] = []
        while self.tokens.peek().kind == "field":
            token = self.tokens.next()
            fields.append(token.text[1:])
        self._end = token.end
        match node:
            case Field():
                return Field(node.start, token.end, first.start, (*node.fields, *fields))
            case Variable():
                return Variable(node.start, token.end, first.start, node.name, tuple(fields))
            case BoolNode() | StringNode() | NumberNode() | Nil() | Dot():
                self.note(first.start, token.end, f"unexpected . after term {quote(node.say())}")
                return node
        return Chain(start, token.end, first.start, node, tuple(fields))

    def _term(self) -> Expression | None:
        token = self.tokens.next_word()
        place = token.start, token.end, token.start
        before, self._end = self._end, token.end
        match token.kind:
            case "identifier":
                self._check_function(token)
                return Identifier(*place, token.text)
            case "dot":
                return Dot(*place)
            case "nil":
                return Nil(*place)
            case "variable":
                if token.text not in self.variables:
                    near = self._nearest(token.text, [name for name in self.variables if name != "$"])
                    message = f"undefined variable {quote(token.text)}"
                    self.note(token.start, token.end, message, "undefined-variable", near)
                return Variable(*place, token.text)
            case "field":
                return Field(*place, (token.text[1:],))
            case "bool":
                return BoolNode(*place, token.text == "true")
            case "character constant" | "complex" | "number":
                return NumberNode(*place, self._number(token))
            case "string" | "raw string":
                return StringNode(*place, token.text, self.string(token))
            case "(":
                return self._parentheses(token)
        self.tokens.back(token)
        self._end = before
        return None

    def _parentheses(self, token: Token) -> Pipe:
        if self._depth >= DEEPEST:
            raise self.unreadable(token, "max expression depth exceeded")
        self._depth += 1
        try:
            return self.pipeline("parenthesized pipeline", ")")
        finally:
            self._depth -= 1

    def _check_function(self, token: Token) -> None:
        if token.text not in self._functions:
            meant = FOREIGN.get(token.text.lower())
            near = meant if meant in self._functions else self._nearest(token.text, self._functions, _FUNCTION_LIKENESS)
            self.note(token.start, token.end, f"function {quote(token.text)} not defined", "unknown-function", near)

    def _nearest(self, name: str, known: Collection[str], likeness: float = LIKENESS) -> str | None:
        """What a name was meant to be; looking for it takes long, so it is done for the first names only."""
        self._searches += 1
        is_sought = self._searches <= _MOST_SEARCHES and len(known) < _MOST_NAMES
        return closest(name, known, likeness=likeness) if is_sought else None

    def _number(self, token: Token) -> Number:
        try:
            if token.kind == "character constant":
                return read_character(token.text)
            return read_complex(token.text) if token.kind == "complex" else read_number(token.text)
        except NumberError as error:
            self.note(token.start, token.end, str(error))
        except QuotingError as error:
            # Everybody's other languages have texts in such quotes.
            text = token.text[1:-1].replace(r"\'", "'").replace('"', r"\"")
            hint = 'a text stands in double quotes: write " instead'
            self.note(token.start, token.end, str(error), replacement=f'"{text}"', hint=hint)
        return Number(token.text, 0, 0, 0.0)
