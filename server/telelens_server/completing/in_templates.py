"""What may be written inside ``{{ }}``: functions with their signatures, fields, variables, keywords, and the names of
environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lsprotocol import types
from telelens_schemas.specification.template_data import fields_of
from telelens_schemas.templates.lexer import KEYWORDS

from telelens_server.completing.items import markdown
from telelens_server.documents import Document
from telelens_server.templating.actions import Inside, call_at

_Kind = types.CompletionItemKind
_VARIABLE = re.compile(r"\$\w+")
_CHAIN = re.compile(r"(?<![\w)$])((?:\.\w*)+)$")
_AFTER_FIELDS = re.compile(r"\.\w*$")
_WORD_BEFORE = re.compile(r"\$?\w*$")
_WORD_AFTER = re.compile(r"\w*")
_QUOTED = re.compile(r"[\"`]([^\"`]*)$")


def in_template(document: Document, place: Inside, environment: Mapping[str, str]) -> list[types.CompletionItem]:
    """Everything that may stand at a place in an action; the editor narrows it down."""
    text = place.template.text
    before = text[: place.offset]
    after = _WORD_AFTER.match(text, place.offset)
    end = after.end() if after is not None else place.offset
    quoted = _QUOTED.search(before) if _in_string(before) else None
    if quoted is not None:
        call = call_at(place)
        if call is None or call.function.name != "env":
            return []
        where = _range(document, place, quoted.start(1), end)
        return [_item(where, name, _Kind.Constant) for name in sorted(environment)]
    chain = _CHAIN.search(before)
    if chain is not None:
        path = tuple(chain[1].split(".")[1:-1])
        where = _range(document, place, before.rindex(".") + 1, end)
        return [_item(where, name, _Kind.Field, about) for name, about in fields_of(path).items()]
    if _AFTER_FIELDS.search(before):
        return []  # fields of a value that nobody knows before it is expanded
    word = _WORD_BEFORE.search(before)
    where = _range(document, place, word.start() if word is not None else place.offset, end)
    return list(_words(document, place, where))


def _in_string(before: str) -> bool:
    return before.count('"') % 2 == 1 or before.count("`") % 2 == 1


def _words(document: Document, place: Inside, where: types.Range) -> Iterator[types.CompletionItem]:
    is_first = not [token for token in place.before if token.end < place.offset]
    if is_first:
        for keyword in sorted(KEYWORDS):
            yield _item(where, keyword, _Kind.Keyword, order="2")
    yield _item(where, ".Telepresence.Username", _Kind.Field, "The name of the user who runs it.", order="0")
    for name in sorted(set(_VARIABLE.findall(document.text.source[: place.start + place.offset]))):
        yield _item(where, name, _Kind.Variable, order="0")
    for function in place.template.functions.values():
        yield types.CompletionItem(
            label=function.name,
            kind=_Kind.Function,
            detail=function.signature,
            documentation=markdown(function.documentation),
            sort_text=f"1{function.name}",
            text_edit=types.TextEdit(where, function.name),
        )


def _item(
    where: types.Range, name: str, kind: types.CompletionItemKind, about: str = "", *, order: str = "1"
) -> types.CompletionItem:
    return types.CompletionItem(
        label=name,
        kind=kind,
        documentation=about or None,
        sort_text=f"{order}{name}",
        filter_text=name,
        text_edit=types.TextEdit(where, name),
    )


def _range(document: Document, place: Inside, start: int, end: int) -> types.Range:
    text = document.text
    return types.Range(text.position_at(place.start + start), text.position_at(place.start + end))
