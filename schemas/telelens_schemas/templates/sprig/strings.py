"""Strings: cutting, trimming, searching, joining. Go's strings are bytes, and several functions count these."""

from __future__ import annotations

from telelens_schemas.templates.formatting import quote, sprint
from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.casts import strings_of, strval
from telelens_schemas.templates.sprig.characters import SPACES, lower, runes, upper
from telelens_schemas.templates.values import Slice, Value, byte_length, from_bytes, is_nil, joined, kind_of, to_bytes

STRINGS = Family()
function = STRINGS.function


def charge_characters(calling: Calling, text: str) -> None:
    """Before each character of a text is looked at, which takes long only where it is not ASCII."""
    calling.budget.step(len(text) // (256 if text.isascii() else 8))


def padding(calling: Calling, count: int, text: str) -> str:
    """``strings.Repeat``."""
    if count < 0:
        raise FunctionError("strings: negative Repeat count")
    calling.budget.memory(count * byte_length(text))
    return joined(text * count)


@function("hello", "", "string", "Says hello: for trying whether functions are there.")
def hello(calling: Calling) -> str:
    return "Hello!"


@function("trim", "text string", "string", "The text without the white space around it.")
def trim(calling: Calling, text: str) -> str:
    return text.strip(SPACES)


@function("upper", "text string", "string", "All letters as capitals.")
def to_upper(calling: Calling, text: str) -> str:
    charge_characters(calling, text)
    return upper(text)


@function("lower", "text string", "string", "All letters as small ones.")
def to_lower(calling: Calling, text: str) -> str:
    charge_characters(calling, text)
    return lower(text)


@function("repeat", "count int, text string", "string", "The text so many times in a row.")
def repeat(calling: Calling, count: int, text: str) -> str:
    return padding(calling, count, text)


@function("trimAll", "characters string, text string", "string", "The text without any of these characters around it.")
def trim_all(calling: Calling, characters: str, text: str) -> str:
    return runes(text).strip(characters) if characters else text


STRINGS.alias("trimall", "trimAll")


@function("trimSuffix", "suffix string, text string", "string", "The text without this end, where it has it.")
def trim_suffix(calling: Calling, suffix: str, text: str) -> str:
    return text.removesuffix(suffix)


@function("trimPrefix", "prefix string, text string", "string", "The text without this beginning, where it has it.")
def trim_prefix(calling: Calling, prefix: str, text: str) -> str:
    return text.removeprefix(prefix)


@function("contains", "part string, text string", "bool", "Whether the part occurs in the text.")
def contains(calling: Calling, part: str, text: str) -> bool:
    return part in text


@function("hasPrefix", "prefix string, text string", "bool", "Whether the text begins so.")
def has_prefix(calling: Calling, prefix: str, text: str) -> bool:
    return text.startswith(prefix)


@function("hasSuffix", "suffix string, text string", "bool", "Whether the text ends so.")
def has_suffix(calling: Calling, suffix: str, text: str) -> bool:
    return text.endswith(suffix)


@function("replace", "old string, new string, text string", "string", "The text with every old part replaced.")
def replace(calling: Calling, old: str, new: str, text: str) -> str:
    calling.budget.memory(byte_length(text) + text.count(old) * byte_length(new))
    return joined(text.replace(old, new))


@function("nospace", "text string", "string", "The text without any white space; for ASCII only.")
def nospace(calling: Calling, text: str) -> str:
    # Each byte is taken for a character, as goutils does it: other letters come out garbled there, too.
    data = to_bytes(text).decode("latin-1")
    calling.budget.memory(2 * len(data))
    kept = "".join(char for char in data if char not in SPACES)
    return text if len(kept) == len(data) else kept


@function("initials", "text string", "string", "The first letter of each word; for ASCII only.")
def initials(calling: Calling, text: str) -> str:
    data = to_bytes(text).decode("latin-1")
    calling.budget.memory(2 * len(data))
    pairs = zip(" " + data, data, strict=False)
    return "".join(char for before, char in pairs if before in SPACES and char not in SPACES)


@function("trunc", "length int, text string", "string", "The first bytes of the text; with a negative length the last.")
def trunc(calling: Calling, length: int, text: str) -> str:
    data = to_bytes(text)
    if length < 0:
        return from_bytes(data[length:]) if len(data) + length > 0 else text
    return from_bytes(data[:length])


@function(
    "substr", "start int, end int, text string", "string", "The bytes from start to end; -1 leaves one of them open."
)
def substr(calling: Calling, start: int, end: int, text: str) -> str:
    data = to_bytes(text)
    if start < 0:
        return from_bytes(_until(data, end))
    if end < 0 or end > len(data):
        end = len(data)
    if start > end:
        raise FunctionError(f"runtime error: slice bounds out of range [{start}:{end}]")
    return from_bytes(data[start:end])


def _until(data: bytes, end: int) -> bytes:
    if end > len(data):
        raise FunctionError(f"runtime error: slice bounds out of range [:{end}] with length {len(data)}")
    if end < 0:
        raise FunctionError(f"runtime error: slice bounds out of range [:{end}]")
    return data[:end]


@function("indent", "spaces int, text string", "string", "Every line moved to the right.")
def indent(calling: Calling, spaces: int, text: str) -> str:
    if spaces > 0:
        calling.budget.memory(byte_length(text) + (text.count("\n") + 1) * spaces)
    pad = padding(calling, spaces, " ")
    return pad + text.replace("\n", "\n" + pad)


@function("nindent", "spaces int, text string", "string", "Every line moved to the right, after a line break.")
def nindent(calling: Calling, spaces: int, text: str) -> str:
    return "\n" + indent(calling, spaces, text)


@function("plural", "one string, many string, count int", "string", "One of two words: the first where the count is 1.")
def plural(calling: Calling, one: str, many: str, count: int) -> str:
    return one if count == 1 else many


@function("quote", "values ...any", "string", "Each value as a string in double quotes, escaped as in Go.")
def quote_all(calling: Calling, *values: Value) -> str:
    texts = [strval(calling, value) for value in values if value is not None]
    calling.budget.step(sum(map(len, texts)) // 8)
    shown = [quote(text) for text in texts]
    calling.budget.memory(sum(map(len, shown)))
    return " ".join(shown)


@function("squote", "values ...any", "string", "Each value in single quotes; nothing is escaped.")
def squote(calling: Calling, *values: Value) -> str:
    return " ".join(f"'{sprint(value, charged=calling.budget)}'" for value in values if value is not None)


@function("cat", "values ...any", "string", "The values with spaces between.")
def cat(calling: Calling, *values: Value) -> str:
    return " ".join(sprint(value, charged=calling.budget) for value in values if value is not None)


@function("toString", "value any", "string", "The value as a string.")
def to_string(calling: Calling, value: Value) -> str:
    return strval(calling, value)


@function("toStrings", "list any", "[]string", "The items as strings; what is no list becomes the only one.")
def to_strings(calling: Calling, items: Value) -> list[str]:
    return strings_of(calling, items)


@function("join", "separator string, list any", "string", "The items as one string, with the separator between.")
def join(calling: Calling, separator: str, items: Value) -> str:
    texts = strings_of(calling, items)
    calling.budget.memory(sum(map(byte_length, texts)) + len(texts) * byte_length(separator))
    return joined(separator.join(texts))


@function("sortAlpha", "list any", "[]string", "The items as strings, in the order of their bytes.")
def sort_alpha(calling: Calling, items: Value) -> Value:
    texts = strings_of(calling, items) if kind_of(items) == "slice" else [strval(calling, items)]
    texts.sort(key=to_bytes)
    if isinstance(items, Slice) and items.go_type == "[]string" and not is_nil(items):
        items[:] = texts  # sprig sorts such a list in place
        return items
    return texts


@function("splitList", "separator string, text string", "[]string", "The parts between the separators.")
def split_list(calling: Calling, separator: str, text: str) -> list[str]:
    return _parts(calling, separator, text, -1)


@function("split", "separator string, text string", "map[string]string", "The parts as a map with the keys _0, _1 …")
def split(calling: Calling, separator: str, text: str) -> dict[str, str]:
    return _numbered(_parts(calling, separator, text, -1))


@function(
    "splitn", "separator string, count int, text string", "map[string]string", "As split, into at most so many parts."
)
def splitn(calling: Calling, separator: str, count: int, text: str) -> dict[str, str]:
    return _numbered(_parts(calling, separator, text, count))


def _numbered(parts: list[str]) -> dict[str, str]:
    return {f"_{index}": part for index, part in enumerate(parts)}


def _parts(calling: Calling, separator: str, text: str, count: int) -> list[str]:
    if count == 0:
        return []
    if separator:
        calling.budget.items(text.count(separator) + 1)
        return text.split(separator, count - 1 if count > 0 else -1)
    calling.budget.items(len(text) if count < 0 else min(len(text), count))
    if count < 0 or len(text) <= count:
        return list(text)
    return [*text[: count - 1], text[count - 1 :]]
