"""``--request-timeout``, spelled as kubectl has it."""

from __future__ import annotations

import re

from telelens_daemons.errors import UserError

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)")


def request_seconds(text: str, *, default: float) -> float | None:
    """Seconds that one request may take: whole ones, or Go's ``1m30s``; 0 is for ever. Raises UserError."""
    if not text:
        return default
    if text.isascii() and text.isdecimal():
        return float(text) or None
    if _PART.sub("", text):
        raise UserError(f'--request-timeout "{text}" is not a time', hint="like 5s, 2m or 0", code="usage")
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text)) or None
