"""Names and values that are written shorter than the language has them: ``x-user: ada``, ``PORT=8080``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from telelens_schemas.specification.edits import MARGIN, Stretch
from telelens_schemas.specification.indenting import deeper
from telelens_schemas.specification.nodes import Entries, Kind, Node, Scalar, as_text, plain_kind
from telelens_schemas.specification.parts import Edits, NamedFix, Where
from telelens_schemas.specification.shapes import Many, Shape, Struct, Text
from telelens_schemas.suggestions import closest, listing

_COLON = re.compile(r"[ \t]*:")
_DASH = re.compile(r" *- +")
_TEXT = re.compile(r"(:?[^\s:=]+)(?:=|:[ ]+)(.*)")
_SAFE = re.compile(r"[\w./](?:[^\s:#,\[\]{}'\"]|:(?=\S)|[ ](?=[^\s#]))*")
_NEAR = 0.85
"""A name may hold the word "name"; what is nearer than that is a slip of the pen."""
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Shorthand:
    """``said``: what is expected, and how the language has what is meant."""

    said: str
    fixes: tuple[NamedFix, ...]


def shorthand(shape: Shape, node: Node) -> Shorthand | None:
    """Of a list of names and values, or of one of its items; ``None``: it is nothing of the kind."""
    item = shape.item if isinstance(shape, Many) else shape
    if not isinstance(item, Struct) or not item.is_pair:
        return None
    if isinstance(node, Scalar):
        return _of_text(item, node, is_list=isinstance(shape, Many))
    return _of_entries(item, node, is_list=isinstance(shape, Many)) if isinstance(node, Entries) else None


def _of_entries(item: Struct, node: Entries, *, is_list: bool) -> Shorthand | None:
    pairs = [(key, value) for key, value in node.pairs if isinstance(key, Scalar) and isinstance(value, Scalar)]
    if not pairs or len(pairs) < len(node.pairs) or not node.is_whole:
        return None
    if any((key.plain and key.value == "<<") or closest(key.value, item.by_name, likeness=_NEAR) for key, _ in pairs):
        return None
    name, value = item.keys
    key, first = pairs[0]
    meant = f"{{{name.name}: {_said(key)}, {value.name}: {_said(first)}}}"
    edits = _rewritten(item, node, pairs, is_list=is_list)
    return _shorthand(item, meant, len(pairs), edits, is_list=is_list)


def _shorthand(item: Struct, first: str, count: int, edits: Edits, *, is_list: bool) -> Shorthand:
    names = listing(item.by_name)
    said = f"expected {names}: write {first}"
    if is_list:
        said = f"expected a list of {names}: write [{first}{', …' if count > 1 else ''}]"
    title = "Write it as name and value" if count == 1 else "Write them as names and values"
    return Shorthand(said, ((title, edits),) if edits else ())


def _rewritten(item: Struct, node: Entries, pairs: Sequence[tuple[Scalar, Scalar]], *, is_list: bool) -> Edits:
    """Nothing where what stands there is not as plain as that."""
    if not all(_is_plain(key, value) for key, value in pairs):
        return ()
    home, first = node.home, pairs[0][0]
    if home.text.startswith("{", node.start):
        return _within_braces(item, node, pairs, is_list=is_list)
    margin = first.home.text[first.home.start_of_line(first.start) : first.start]
    if is_list:
        return _below_a_key(item, pairs) if not margin.strip() else ()
    if _DASH.fullmatch(margin):
        return _behind_a_dash(item, pairs, margin)
    if len(pairs) > 1 or not _ends_in_its_line(*pairs[0]):
        return ()
    return tuple(_bracketed(item, *pairs[0]))


def _within_braces(item: Struct, node: Entries, pairs: Sequence[tuple[Scalar, Scalar]], *, is_list: bool) -> Edits:
    if not all(_ends_in_its_line(*pair) for pair in pairs):
        return ()
    if is_list:
        ends = [
            (Stretch(node.home, node.start, node.start + 1), "["),
            (Stretch(node.home, node.end - 1, node.end), "]"),
        ]
        return (*ends, *(edit for pair in pairs for edit in _bracketed(item, *pair)))
    if len(pairs) > 1:
        return ()
    return tuple(_bracketed(item, *pairs[0], opening="", closing=""))


def _bracketed(
    item: Struct, key: Scalar, value: Scalar, *, opening: str = "{", closing: str = "}"
) -> Iterator[tuple[Where, str]]:
    home = key.home
    name, held = item.keys
    yield Stretch(home, key.start, _behind_colon(key)), f"{opening}{name.name}: {_as_text(key)}, {held.name}:"
    yield Stretch(home, value.start, value.end), f"{_as_text(value)}{closing}"


def _below_a_key(item: Struct, pairs: Sequence[tuple[Scalar, Scalar]]) -> Edits:
    """Each becomes an item where its key stands; what is below that key goes with it."""
    edits: list[tuple[Where, str]] = []
    for key, value in pairs:
        home = key.home
        margin = home.text[home.start_of_line(key.start) : key.start]
        below = home.text.find("\n", key.end, value.end) + 1
        edits += _lines(item, key, value, key.start, "- ", f"{margin}  ")
        edits += deeper(home, below, value.end) if below else ()
    return tuple(edits)


def _behind_a_dash(item: Struct, pairs: Sequence[tuple[Scalar, Scalar]], margin: str) -> Edits:
    """The further ones become items of their own."""
    edits: list[tuple[Where, str]] = []
    for key, value in pairs:
        edits += _lines(item, key, value, key.home.start_of_line(key.start), margin, " " * len(margin))
    return tuple(edits)


def _lines(
    item: Struct, key: Scalar, value: Scalar, start: int, before: str, margin: str
) -> Iterator[tuple[Where, str]]:
    home = key.home
    name, held = item.keys
    written = f"{before}{name.name}: {_as_text(key)}\n{margin}{held.name}:"
    yield Stretch(home, start, _behind_colon(key)), written
    if _as_text(value) != home.text[value.start : value.end]:
        yield Stretch(home, value.start, value.end), _as_text(value)


def _of_text(item: Struct, node: Scalar, *, is_list: bool) -> Shorthand | None:
    """``PORT=8080``; of a list, perhaps several lines of that."""
    home = node.home
    written = home.text[node.start : node.end]
    found = [_split(item, line.strip()) for line in written.split("\n")]
    pairs = [pair for pair in found if pair is not None]
    if len(pairs) < len(found) or (len(pairs) > 1 and not is_list):
        return None
    name, value = (key.name for key in item.keys)
    braces = [f"{{{name}: {one}, {value}: {other}}}" for one, other in pairs]
    line = home.start_of_line(node.start)
    margin = home.text[line : node.start]
    is_block = MARGIN.fullmatch(margin) is not None and bool(margin.strip()) is not is_list
    if is_block:
        blank = " " * len(margin)
        dash, step = ("- ", "  ") if is_list else ("", "")
        each = (f"{dash}{name}: {one}\n{blank}{step}{value}: {other}" for one, other in pairs)
        text = f"\n{blank}".join(each)
    else:
        text = f"[{', '.join(braces)}]" if is_list else braces[0]
    return _shorthand(item, braces[0], len(pairs), ((Stretch(home, node.start, node.end), text),), is_list=is_list)


def _split(item: Struct, written: str) -> tuple[str, str] | None:
    """Name and value, as they are to be written."""
    name = item.keys[0]
    quote = written[:1] if written[:1] in ("'", '"') else ""
    found = _TEXT.fullmatch(written.removeprefix(quote).removesuffix(quote))
    pattern = name.shape.pattern if isinstance(name.shape, Text) else None
    if found is None or (pattern is not None and pattern.fullmatch(found[1]) is None):
        return None
    if closest(found[1], item.by_name, likeness=_NEAR) is not None:
        return None
    return _written(found[1]), f"{quote}{found[2]}{quote}" if quote else _written(found[2])


def _written(value: str) -> str:
    """In quotes where it would not be the same text without."""
    if _SAFE.fullmatch(value):
        return as_text(value)
    return "'" + value.replace("'", "''") + "'" if value else '""'


def _as_text(node: Scalar) -> str:
    """As it stands, in quotes where it is no text."""
    written = node.home.text[node.start : node.end]
    is_text = not node.plain or node.templated or plain_kind(written) is Kind.NOTHING
    return written if is_text else as_text(written)


def _said(node: Scalar) -> str:
    if node.templated:
        return node.home.text[node.start : node.end]
    value = " ".join(node.value.split())
    return _written(f"{value[:_LONGEST]}…" if len(value) > _LONGEST else value)


def _is_plain(key: Scalar, value: Scalar) -> bool:
    """An alias stands elsewhere, and behind a question mark is no colon."""
    home = key.home
    is_first = MARGIN.fullmatch(home.text, home.start_of_line(key.start), key.start) is not None
    is_bracketed = home.text[: key.start].rstrip()[-1:] in ("{", "[", ",")
    has_colon = _COLON.match(home.text, key.end) is not None
    return (is_first or is_bracketed) and has_colon and value.home is home and value.start >= key.end


def _behind_colon(key: Scalar) -> int:
    colon = _COLON.match(key.home.text, key.end)
    assert colon is not None
    return colon.end()


def _ends_in_its_line(key: Scalar, value: Scalar) -> bool:
    return value.start < value.end and "\n" not in key.home.text[key.start : value.end]
