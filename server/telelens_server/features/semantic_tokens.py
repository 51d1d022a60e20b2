"""Tells template actions, names of the file's own things, and words of a fixed choice apart from other text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import Part
from telelens_schemas.specification.nodes import Scalar
from telelens_schemas.specification.shapes import Text
from telelens_schemas.specification.source import LINE_END

from telelens_server.documents import Document, Documents
from telelens_server.features.answering import answer
from telelens_server.steps import Steps, collected
from telelens_server.symbols import Role, symbols_of
from telelens_server.working import working

_TYPES = (
    "keyword",
    "function",
    "variable",
    "property",
    "string",
    "number",
    "operator",
    "comment",
    "enumMember",
    "class",
)
_MODIFIERS = ("declaration", "defaultLibrary")
LEGEND = types.SemanticTokensLegend(token_types=list(_TYPES), token_modifiers=list(_MODIFIERS))
_DECLARATION, _LIBRARY = 1, 2
_NUMBER_OF = {name: number for number, name in enumerate(_TYPES)}
_ROLES = {Role.HANDLER: "function", Role.CONNECTION: "variable", Role.SERVICE: "class"}
# As a grammar colours them before the tokens are there: nothing should change its colour while one looks at it.
_IN_ACTIONS = {
    "left": "keyword",
    "right": "keyword",
    "comment": "comment",
    "=": "operator",
    ":=": "operator",
    "|": "operator",
    "keyword": "keyword",
    "nil": "enumMember",
    "bool": "enumMember",
    "field": "property",
    "dot": "variable",
    "variable": "variable",
    "identifier": "function",
    "number": "number",
    "complex": "number",
    "character constant": "string",
    "string": "string",
    "raw string": "string",
}
_Params = types.SemanticTokensParams | types.SemanticTokensDeltaParams | types.SemanticTokensRangeParams


@dataclass(frozen=True, slots=True)
class _Mark:
    """A scalar's stretch, and what it is."""

    node: Scalar
    start: int
    end: int
    type: int
    modifiers: int


@dataclass(frozen=True, slots=True, order=True)
class _Token:
    """In one line; columns in characters."""

    line: int
    start: int
    end: int
    type: int
    modifiers: int


class SemanticTokens:
    """Answers ``textDocument/semanticTokens/full``, ``…/full/delta`` and ``…/range``."""

    def __init__(self, server: LanguageServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents
        self._told: dict[str, tuple[str, list[int]]] = {}
        self._number = 0

    def register(self) -> None:
        """Answer."""
        # Those for a registration, without documents of its own: of the others pygls takes the legend alone.
        options = types.SemanticTokensRegistrationOptions(
            legend=LEGEND, range=True, full=types.SemanticTokensFullDelta(delta=True), work_done_progress=True
        )
        answer(self._server, types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, self.full, options)
        answer(self._server, types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, self.delta, options)
        answer(self._server, types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, self.range, options)
        self._documents.on_close(self._forget)

    async def full(self, params: types.SemanticTokensParams) -> types.SemanticTokens:
        """All of them."""
        data = await self._data(params)
        return types.SemanticTokens(data, self._remember(params.text_document.uri, data))

    async def delta(self, params: types.SemanticTokensDeltaParams) -> types.SemanticTokens | types.SemanticTokensDelta:
        """What has changed since an answer, which the editor names."""
        uri = params.text_document.uri
        data = await self._data(params)
        result, before = self._told.get(uri, ("", []))
        name = self._remember(uri, data)
        if result != params.previous_result_id:
            return types.SemanticTokens(data, name)
        return types.SemanticTokensDelta(_edits(before, data), name)

    async def range(self, params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
        """Those of some lines."""
        return types.SemanticTokens(await self._data(params, params.range))

    async def _data(self, params: _Params, where: types.Range | None = None) -> list[int]:
        document = self._documents.specification(params.text_document.uri)
        if document is None:
            return []
        lines = range(where.start.line, where.end.line + 1) if where is not None else None
        async with working(self._server, params.work_done_token, "Looking for names", document.text) as work:
            return await work.in_moments(_encoded(document, lines))

    def _remember(self, uri: str, data: list[int]) -> str:
        self._number += 1
        self._told[uri] = str(self._number), data
        return str(self._number)

    def _forget(self) -> None:
        for uri in [uri for uri in self._told if self._documents.get(uri) is None]:
            del self._told[uri]


def _tokens(document: Document, lines: range | None) -> Steps[list[_Token]]:
    """In order, of some lines or all; where a name is a template, the template counts."""
    found = yield from collected(_of_actions(document))
    taken = {one.line for one in found}
    for part in document.index.parts:
        if lines is not None and part.home.first_line >= lines.stop:
            continue
        for mark in document.index.of_part(part, _marks):
            where = document.text.to_editor_columns(mark.node.home.range(mark.start, mark.end))
            if where is not None and where[0] not in taken:
                found.append(_Token(*where, mark.type, mark.modifiers))
        yield
    return sorted({one for one in found if lines is None or one.line in lines})


def _marks(part: Part) -> tuple[_Mark, ...]:
    """Of one part: names, and words of a choice."""
    names = [
        _Mark(one.node, one.start, one.end, _NUMBER_OF[_ROLES[one.role]], _DECLARATION if one.is_definition else 0)
        for one in symbols_of(part)
    ]
    return (*names, *_choices(part))


def _choices(part: Part) -> Iterator[_Mark]:
    for key in part.keys:
        value, shape = key.value, key.about.shape
        if not isinstance(value, Scalar) or value.templated or not isinstance(shape, Text):
            continue
        is_automatic = value.value == "auto" and key.trail.path.rpartition(".headers")[1] != ""
        if value.value in shape.choices or is_automatic:
            yield _Mark(value, value.start, value.end, _NUMBER_OF["enumMember"], 0)


def _of_actions(document: Document) -> Iterator[_Token]:
    template = document.template
    if template is None:
        return
    text = document.text
    for start, end in template.actions():
        for token in template.tokens(start, end):
            name = _IN_ACTIONS.get(token.kind)
            if name is None:
                continue
            is_given = token.kind == "dot" or (token.kind == "identifier" and token.text in template.functions)
            modifiers = _LIBRARY if is_given else 0
            at = token.start
            for line in LINE_END.split(text.source[token.start : token.end]):
                if line:
                    number, column = text.line_of(at)
                    yield _Token(number, column, column + len(line), _NUMBER_OF[name], modifiers)
                at += len(line)
                at += 2 if text.source.startswith("\r\n", at) else 1


def _encoded(document: Document, lines: range | None) -> Steps[list[int]]:
    """Five numbers each, relative to the one before, as the protocol wants them."""
    data: list[int] = []
    text = document.text
    line = start = 0
    for one in (yield from _tokens(document, lines)):
        first = text.position(one.line, one.start).character
        last = text.position(one.line, one.end).character
        data += (one.line - line, first - start if one.line == line else first, last - first, one.type, one.modifiers)
        line, start = one.line, first
        yield
    return data


def _edits(before: list[int], after: list[int]) -> list[types.SemanticTokensEdit]:
    """One, of all that is between the first and the last difference."""
    if before == after:
        return []
    least = min(len(before), len(after))
    head = next((at for at in range(least) if before[at] != after[at]), least)
    rest = least - head
    tail = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    return [types.SemanticTokensEdit(head, len(before) - head - tail, after[head : len(after) - tail])]
