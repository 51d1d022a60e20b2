"""Functions on regular expressions. Those with ``must`` return an error where the others panic, or find nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.patterns import Match, Pattern, expanded
from telelens_schemas.templates.values import Slice, Value, byte_length

REGEX = Family()
function = REGEX.function

_SPECIAL: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")


@function("mustRegexMatch", "pattern string, text string", "bool", "Whether the pattern matches somewhere in the text.")
def must_match(calling: Calling, pattern: str, text: str) -> bool:
    return Pattern(calling, pattern, text).first() is not None


@function("regexMatch", "pattern string, text string", "bool", "Whether the pattern matches; a wrong one does not.")
def match(calling: Calling, pattern: str, text: str) -> bool:
    try:
        return must_match(calling, pattern, text)
    except FunctionError:
        return False


@function("mustRegexFind", "pattern string, text string", "string", "The first match.")
def must_find(calling: Calling, pattern: str, text: str) -> str:
    return Pattern(calling, pattern, text).first() or ""


@function("mustRegexFindAll", "pattern string, text string, count int", "[]string", "So many matches; -1 for all.")
def must_find_all(calling: Calling, pattern: str, text: str, count: int) -> Value:
    found: list[str] = []
    for each in Pattern(calling, pattern, text).matches(count):
        calling.budget.memory(64 + each.end - each.start)
        found.append(each.groups[0] or "")
    return found or Slice("[]string", is_nil=True)


@function(
    "mustRegexReplaceAll",
    "pattern string, text string, replacement string",
    "string",
    "The text with every match replaced; $1 and ${name} stand for groups.",
)
def must_replace_all(calling: Calling, pattern: str, text: str, replacement: str) -> str:
    compiled = Pattern(calling, pattern, text, with_groups="$" in replacement)
    names = compiled.names
    return _replaced(calling, compiled, lambda found: expanded(replacement, found, names))


@function(
    "mustRegexReplaceAllLiteral",
    "pattern string, text string, replacement string",
    "string",
    "The text with every match replaced by exactly this.",
)
def must_replace_all_literal(calling: Calling, pattern: str, text: str, replacement: str) -> str:
    return _replaced(calling, Pattern(calling, pattern, text), lambda _: replacement)


def _replaced(calling: Calling, pattern: Pattern, replacement: Callable[[Match], str]) -> str:
    pieces: list[str] = []
    end = 0
    for found in pattern.matches():
        new = replacement(found)
        calling.budget.memory(byte_length(new) + found.start - end)
        pieces += (pattern.text[end : found.start], new)
        end = found.end
    return "".join([*pieces, pattern.text[end:]])


@function(
    "mustRegexSplit", "pattern string, text string, count int", "[]string", "The parts between matches; -1 for all."
)
def must_split(calling: Calling, pattern: str, text: str, count: int) -> Value:
    compiled = Pattern(calling, pattern, text)
    if count == 0:
        return Slice("[]string", is_nil=True)
    if pattern and not text:
        return [""]
    parts: list[str] = []
    begin = end = 0
    for found in compiled.matches(count):
        if 0 < count == len(parts) + 1:
            break
        calling.budget.items(1)
        end = found.start
        if found.end:
            parts.append(compiled.text[begin:end])
        begin = found.end
    if end != len(compiled.text):
        parts.append(compiled.text[begin:])
    return parts


@function("regexQuoteMeta", "text string", "string", "The text as a pattern that matches it and nothing else.")
def quote_meta(calling: Calling, text: str) -> str:
    calling.budget.memory(2 * byte_length(text))
    return _SPECIAL.sub(r"\\\g<0>", text)


def _declare_panicking() -> None:
    """The forms without ``must``, which put the pattern before the error."""

    def panicking(must: Callable[..., Value]) -> Callable[..., Value]:
        def call(calling: Calling, pattern: str, *arguments: Value) -> Value:
            try:
                return must(calling, pattern, *arguments)
            except FunctionError as error:
                raise FunctionError(f"regexp: Compile({_quoted(pattern)}): {error}") from error

        return call

    for declared in [each for each in REGEX if each.name.startswith("must") and each.name != "mustRegexMatch"]:
        parameters = ", ".join(declared.labels)
        name = "r" + declared.name.removeprefix("mustR")
        function(name, parameters, declared.result, declared.documentation)(panicking(declared.call))


def _quoted(pattern: str) -> str:
    from telelens_schemas.templates.formatting import quote
    from telelens_schemas.templates.formatting.quoting import can_backquote

    return f"`{pattern}`" if can_backquote(pattern) else quote(pattern)


_declare_panicking()
