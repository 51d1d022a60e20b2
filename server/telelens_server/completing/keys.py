"""Keys that are legal at a place and not written yet, with what a value of theirs begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lsprotocol import types
from telelens_schemas.specification import Connection, Handler, Intercept, Specification
from telelens_schemas.specification.language import FILTER_KEYS
from telelens_schemas.specification.nodes import TRUE_WORDS
from telelens_schemas.specification.shapes import (
    Either,
    Flag,
    Key,
    Keyed,
    Many,
    Names,
    Shape,
    Struct,
    Support,
    Text,
    mapping_of,
)

from telelens_server.completing.items import next_list, written
from telelens_server.completing.values import choices_of
from telelens_server.cursor import Cursor
from telelens_server.describing import described
from telelens_server.documents import Document
from telelens_server.editor import Editor

_MOST_CHOICES = 20
_STOP = "\x00"
"""Stands for the place where the user goes on, until it is known how the editor writes that."""
_SNIPPETS = "text_document.completion.completion_item.snippet_support"
_CLOSING = {"{": "}"}

_FOREMOST: Mapping[object, Sequence[str]] = {
    Specification: ("workloads", "handlers", "connection"),
    Connection: ("namespace", "context"),
    Handler: ("script",),
    Intercept: ("handler", "port", "localPort", "headers"),
}
"""What nearly everybody writes, by the model of a mapping."""


def keys(document: Document, cursor: Cursor, column: int, editor: Editor) -> Iterator[types.CompletionItem]:
    """Required ones first, then what is written most; then in the order of the reference page."""
    shape, lead = mapping_of(cursor.shape), "{" if cursor.within == "[" else ""
    if shape is None:
        item = _item(cursor.shape)
        if item is None:
            return
        shape, lead = item, "- "
    with_snippets = editor.can(_SNIPPETS)
    siblings = {} if lead else cursor.siblings
    used, excluded = frozenset(siblings), _excluded(shape, siblings)
    where = written(document, cursor, column)
    line = document.text.line(cursor.line)
    rest = line[document.text.column(where.end) :]
    has_colon = rest.lstrip(" \"'").startswith(":")
    quote = line[cursor.start - 1] if cursor.start and line[cursor.start - 1] in "\"'" else ""
    if quote and lead:
        return
    if quote and not has_colon and rest.startswith(quote):
        where.end.character += 1
    for order, key in enumerate(_by_use(shape)):
        if key.name in used or key.name in excluded or key.deprecated or not used.isdisjoint(key.also):
            continue
        if lead and not key.required and any(one.required for one in shape.keys):
            continue
        label = f"{lead}{key.name}"
        if has_colon:
            text, is_snippet = key.name, False
        elif with_snippets:
            is_first = not siblings and not quote
            entry = _all_required(shape, key, cursor, len(lead)) if is_first else ""
            entry = entry or f"{key.name}{quote}:{_beginning(document, key, cursor, len(lead))}"
            text, is_snippet = _as_snippet(f"{lead}{entry}{_CLOSING.get(lead, '')}")
        else:
            text, is_snippet = f"{label}{quote}:{_next_line(key, cursor, len(lead))}", False
        leads_on = not has_colon and "${1|" not in text and _leads_on(document, key, editor, is_snippet=is_snippet)
        yield types.CompletionItem(
            label=label,
            kind=types.CompletionItemKind.Field,
            detail=_detail(key),
            documentation=types.MarkupContent(types.MarkupKind.Markdown, described(key)),
            sort_text=f"{_rank(key)}{order:02}",
            filter_text=key.name if cursor.within else label,
            insert_text_format=types.InsertTextFormat.Snippet if is_snippet else None,
            insert_text_mode=types.InsertTextMode.AsIs,
            text_edit=types.TextEdit(where, text),
            command=next_list(editor) if leads_on else None,
        )


def _excluded(shape: Struct, siblings: Mapping[str, str]) -> set[str]:
    """The keys with which what is there already could not stand."""
    used = siblings.keys()
    excluded = {name for group in shape.exclusive if not used.isdisjoint(group) for name in group}
    if shape.model is Intercept:
        excluded |= {"global"} if not used.isdisjoint(FILTER_KEYS) else set()
        # With false, filters are even needed.
        words = siblings.get("global", "").partition(" #")[0].strip()
        excluded |= FILTER_KEYS if words in TRUE_WORDS else set()
    return excluded


def _by_use(shape: Struct) -> Sequence[Key]:
    foremost = [shape.by_name[name] for name in _FOREMOST.get(shape.model, ())]
    return [*foremost, *(key for key in shape.keys if key not in foremost)]


def _item(shape: Shape | None) -> Struct | None:
    """Of a list that is being written the mapping with which an item begins."""
    match shape:
        case Many():
            return mapping_of(shape.item)
        case Either():
            return next((found for one in shape.shapes if (found := _item(one)) is not None), None)
    return None


def _rank(key: Key) -> int:
    """What cannot be run yet comes last."""
    return 0 if key.required else 1 if key.support is Support.YES else 2


def _detail(key: Key) -> str:
    return f"{key.shape.what}, required" if key.required else key.shape.what


def _beginning(document: Document, key: Key, cursor: Cursor, lead: int) -> str:
    """What follows a key, in front of which so much stands, with the places where the user goes on."""
    inner = mapping_of(key.shape.item if isinstance(key.shape, Many) else key.shape)
    match key.shape:
        case Many() if cursor.within:
            return f" [{{{_required(inner, ', ')}}}]" if inner is not None else f" [{_STOP}]"
        case Struct() | Keyed() if cursor.within:
            return f" {{{_required(inner, ', ')}}}"
        case Struct() | Many() | Keyed():
            deeper = _next_line(key, cursor, lead)
            between = deeper.replace("-", " ")
            return deeper + _required(inner, between)
    return " " + _chosen(_choices(document, key))


def _next_line(key: Key, cursor: Cursor, lead: int) -> str:
    """What leads from a key to where its value begins."""
    if cursor.within or not isinstance(key.shape, Struct | Many | Keyed):
        return " "
    return "\n" + " " * (cursor.column + lead + 2) + ("- " if isinstance(key.shape, Many) else "")


def _all_required(shape: Struct, key: Key, cursor: Cursor, lead: int) -> str:
    """A mapping's first key with all that must be there beside it; nothing where it stands alone, or is not the one
    to begin with."""
    every = _singles(shape)
    if every[:1] != [key] or len(every) < 2:
        return ""
    return _required(shape, ", " if cursor.within else "\n" + " " * (cursor.column + lead))


def _required(shape: Struct | None, between: str) -> str:
    """The keys that must be there, the first of them first."""
    return between.join(f"{key.name}: {_STOP}" for key in _singles(shape)) or _STOP


def _singles(shape: Struct | None) -> list[Key]:
    """The keys that must be there and have a single value."""
    every = shape.keys if shape is not None else ()
    return [key for key in every if key.required and not isinstance(key.shape, Struct | Many)]


def _leads_on(document: Document, key: Key, editor: Editor, *, is_snippet: bool) -> bool:
    """Whether there is something to offer where the user goes on behind a key."""
    first = _first(key, is_snippet=is_snippet)
    if first is None:
        return False
    if first.names is Names.CONNECTION:
        return any(one.connections for one in document.reading.specifications)
    if first.names is Names.HANDLER:
        return bool(_choices(document, first))
    has_paths = first.leads is not None and editor.is_trusted
    return has_paths or first.names is not None or bool(choices_of(first, first.shape))


def _first(key: Key, *, is_snippet: bool) -> Key | None:
    """The key whose value is typed next; ``None``: another key is."""
    match key.shape:
        case Struct() | Many() | Keyed() if not is_snippet:
            return None
        case Many() if mapping_of(key.shape.item) is None:
            return key
        case Struct() | Many() | Keyed():
            inner = mapping_of(key.shape.item if isinstance(key.shape, Many) else key.shape)
            return next(iter(_singles(inner)), None)
    return key


def _choices(document: Document, key: Key) -> Sequence[str]:
    match key.shape:
        case Flag():
            return ("true", "false")
        case Text() if key.shape.choices:
            return key.shape.choices
    if key.names is Names.HANDLER:
        names = [handler.name for one in document.reading.specifications for handler in one.handlers if handler.name]
        return list(dict.fromkeys(names))
    return ()


def _chosen(choices: Sequence[str]) -> str:
    if not choices or len(choices) > _MOST_CHOICES or any(sign in one for one in choices for sign in ",|\\$}"):
        return _STOP
    return f"${{1|{','.join(choices)}|}}"


def _as_snippet(text: str) -> tuple[str, bool]:
    """With numbered stops, the last of them the one where the snippet ends."""
    parts = text.split(_STOP)
    if len(parts) == 1:
        return text, "${" in text
    last = len(parts) - 1
    stops = [f"${number}" if number < last else "$0" for number in range(1, last + 1)]
    return "".join(part + stop for part, stop in zip(parts, [*stops, ""], strict=True)), True
