"""Paths that a value leads to: what stands in one folder, the specification's own or the one that is typed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path
from telelens_schemas.specification.shapes import Leads

from telelens_server.completing.items import next_list, written
from telelens_server.cursor import Cursor
from telelens_server.documents import Document
from telelens_server.editor import Editor

_MOST = 200
_MOST_SEEN = 2_000
"""Entries of a folder that are looked at."""
_PLAIN = re.compile(r"[\w.+-](?:[\w .@+-]*[\w.@+-])?")
"""A name that YAML takes for text as it is."""
_COMPOSE = re.compile(r"(?:.*[.-])?compose(?:[.-].*)?\.ya?ml")


def paths(document: Document, cursor: Cursor, column: int, editor: Editor, leads: Leads) -> types.CompletionList:
    """Nothing where the workspace is not trusted; what is cut short is incomplete."""
    typed = document.text.line(cursor.line)[cursor.start : column]
    above, slash, begun = typed.rpartition("/")
    folder = _folder(document.text.uri, above + slash) if editor.is_trusted else None
    names = sorted(_listed(folder, leads, hidden=begun.startswith("."))) if folder is not None else []
    is_crowd = len(names) > _MOST
    if is_crowd:
        names = [name for name in names if name.startswith(begun)][:_MOST]
    where = written(document, cursor, column)
    items = [_item(where, above + slash, name, editor) for name in names]
    return types.CompletionList(is_incomplete=is_crowd, items=items)


def _folder(uri: str, typed: str) -> Path | None:
    """The folder that a path begins with, where an editor may look without being told: below the specification's own,
    links followed, or where ``..`` leads."""
    own = to_fs_path(uri)
    if own is None:
        return None
    base = Path(own).parent
    try:
        found = (base / typed).resolve()
        is_below = found.is_relative_to(base.resolve())
    except (OSError, ValueError, RuntimeError):
        return None  # too long, a byte that no path may have, links in a circle
    return found if is_below or ".." in Path(typed).parts else None


def _listed(folder: Path, leads: Leads, *, hidden: bool) -> Iterator[str]:
    """Names; those of folders end with a slash."""
    try:
        with os.scandir(folder) as entries:
            yield from _offered(islice(entries, _MOST_SEEN), leads, hidden=hidden)
    except (OSError, ValueError):
        return


def _offered(entries: Iterable[os.DirEntry[str]], leads: Leads, *, hidden: bool) -> Iterator[str]:
    for entry in entries:
        if _PLAIN.fullmatch(entry.name) is None or (entry.name.startswith(".") and not hidden):
            continue
        if entry.is_dir():
            yield f"{entry.name}/"
        elif leads is Leads.COMPOSE_FILE and _COMPOSE.fullmatch(entry.name):
            yield entry.name


def _item(where: types.Range, above: str, name: str, editor: Editor) -> types.CompletionItem:
    is_folder = name.endswith("/")
    return types.CompletionItem(
        label=name,
        kind=types.CompletionItemKind.Folder if is_folder else types.CompletionItemKind.File,
        # A file is what is wanted; a folder leads to it.
        sort_text=f"{int(is_folder)}{name}",
        filter_text=above + name,
        text_edit=types.TextEdit(where, above + name),
        command=next_list(editor) if is_folder else None,
    )
