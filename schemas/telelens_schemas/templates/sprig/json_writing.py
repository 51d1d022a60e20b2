"""Values as JSON, in Go's own spelling: sorted keys, ``<`` as ``\\u003c``, 1e21 but 100000000000000000000."""

from __future__ import annotations

import base64
import math
import re
from typing import Final

from telelens_schemas.templates.functions import Calling, FunctionError
from telelens_schemas.templates.sprig.equality import check_depth
from telelens_schemas.templates.sprig.semver import VersionValue
from telelens_schemas.templates.sprig.times import Time
from telelens_schemas.templates.values import GoObject, Value, byte_length, is_nil, kind_of, to_bytes, type_of

_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ALWAYS: Final = re.compile('["\\\\\x00-\x1f\u2028\u2029\ud800-\udfff]')
_FOR_HTML: Final = re.compile('["\\\\\x00-\x1f<>&\u2028\u2029\ud800-\udfff]')


def to_json(calling: Calling, value: Value, *, indent: str = "", for_html: bool = True) -> str:
    """Raises FunctionError for what JSON cannot hold: infinities, functions."""
    return _Writer(calling, indent, _FOR_HTML if for_html else _ALWAYS).write(value, 0)


class _Writer:
    def __init__(self, calling: Calling, indent: str, escaped: re.Pattern[str]) -> None:
        self._calling = calling
        self._indent = indent
        self._escaped = escaped

    def write(self, value: Value, depth: int) -> str:
        check_depth(depth)
        self._calling.budget.step()
        self._calling.budget.memory(16)
        if value is None or is_nil(value):
            return "null"
        match kind_of(value):
            case "bool":
                return "true" if value else "false"
            case "string":
                return self._string(value)
            case "float64" | "float32":
                return _float(value)
            case "slice" if isinstance(value, bytes):
                return self._string(base64.b64encode(value).decode())
            case "slice":
                return self._enclosed("[]", [self.write(item, depth + 1) for item in value], depth)
            case "map":
                return self._object({_key(key): item for key, item in value.items()}, depth, in_order=True)
            case "struct" | "ptr":
                return self._struct(value, depth)
            case "func" | "complex128":
                raise FunctionError(f"json: unsupported type: {type_of(value)}")
            case _:
                return str(int(value))

    def _struct(self, value: GoObject, depth: int) -> str:
        if isinstance(value, Time):
            return self._string(value.as_json())
        if isinstance(value, VersionValue):
            return self._string(value.text())
        return self._object(dict(value.fields()), depth, in_order=False)

    def _object(self, entries: dict[str, Value], depth: int, *, in_order: bool) -> str:
        keys = sorted(entries, key=to_bytes) if in_order else list(entries)
        colon = ": " if self._indent else ":"
        written = [f"{self._string(key)}{colon}{self.write(entries[key], depth + 1)}" for key in keys]
        return self._enclosed("{}", written, depth)

    def _enclosed(self, brackets: str, parts: list[str], depth: int) -> str:
        first, last = brackets[0], brackets[1]
        if not self._indent or not parts:
            return f"{first}{','.join(parts)}{last}"
        line = "\n" + self._indent * depth
        self._calling.budget.memory(len(parts) * (len(line) + 2))
        inner = f",{line}{self._indent}".join(parts)
        return f"{first}{line}{self._indent}{inner}{line}{last}"

    def _string(self, text: str) -> str:
        self._calling.budget.memory(byte_length(text))
        return f'"{self._escaped.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if "\ud800" <= char <= "\udfff":
        return "\\ufffd"
    return _ESCAPES.get(char) or f"\\u{ord(char):04x}"


def _key(key: Value) -> str:
    return key if isinstance(key, str) else str(int(key))


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise FunctionError(
            f"json: unsupported value: {'NaN' if math.isnan(value) else '+Inf' if value > 0 else '-Inf'}"
        )
    from telelens_schemas.templates.formatting.floats import format_float

    if value and not 1e-6 <= abs(value) < 1e21:
        return re.sub(r"e-0(\d)$", r"e-\1", format_float(value, "e", None))
    return format_float(value, "f", None)
