"""``env_file`` of a compose file, as compose-go's ``dotenv`` package reads it.

Values are written in double quotes, where backslash, quote, dollar, ``\\n`` and ``\\r`` can be escaped; single
quotes would not do, since a backslash before the closing quote cannot be written there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from telelens_schemas.environment.errors import EnvironmentFileError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_ASSIGNMENT = re.compile(rf"(?:export[ \t]+)?({_NAME.pattern})[ \t]*=[ \t]*")
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r"}
_UNESCAPES = {
    "$$": "$",  # compose's own way to write a dollar
    **{f"\\{letter}": letter for letter in '\\"$'},
    **{f"\\{letter}": meant for letter, meant in zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True)},
}
_ESCAPE = re.compile(r"\$\$|\\.", re.DOTALL)


def can_hold(name: str, value: str) -> bool:
    """Whether the variable survives."""
    return _NAME.fullmatch(name) is not None and "\0" not in value


def write(environment: Mapping[str, str]) -> str:
    """The file's text."""
    return "".join(f"{name}={_quote(value)}\n" for name, value in environment.items())


def read(text: str) -> dict[str, str]:
    """The file's variables. ``${NAME}`` in a value is not expanded but kept as it stands."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    environment: dict[str, str] = {}
    position = 0
    while True:
        position = _skip_blank(text, position)
        if position == len(text):
            return environment
        found = _ASSIGNMENT.match(text, position)
        if found is None:
            raise EnvironmentFileError(f"{_line(text, position)}: not an assignment", "expected NAME=VALUE")
        environment[found[1]], position = _value(text, found.end())


def _quote(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return '"' + "".join(_ESCAPES.get(character, character) for character in value) + '"'


def _skip_blank(text: str, position: int) -> int:
    while position < len(text):
        if text[position] == "#":
            position = _end_of_line(text, position)
        elif text[position] not in " \t\n":
            break
        else:
            position += 1
    return position


def _value(text: str, start: int) -> tuple[str, int]:
    quote = text[start : start + 1]
    if quote not in ('"', "'"):
        end = _end_of_line(text, start)
        return text[start:end].split(" #", 1)[0].rstrip().replace("$$", "$"), end
    end = start + 1
    while end < len(text) and text[end] != quote:
        end += 2 if text[end] == "\\" else 1
    if end >= len(text):
        raise EnvironmentFileError(f"{_line(text, start)}: the quote is not closed")
    raw = text[start + 1 : end]
    return _unescape(raw) if quote == '"' else raw.replace("\\'", "'"), end + 1


def _unescape(raw: str) -> str:
    return _ESCAPE.sub(lambda found: _UNESCAPES.get(found[0], found[0]), raw)


def _end_of_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _line(text: str, position: int) -> str:
    return f"line {text.count(chr(10), 0, position) + 1}"
