"""The kinds of text that several parts of the language have."""

from __future__ import annotations

import re

from telelens_schemas.specification.shapes import Text

_UP_TO_FOUR_DIGITS = "0{0,4}[1-9]|0{0,3}[1-9][0-9]|0{0,2}[1-9][0-9]{2}|0?[1-9][0-9]{3}"
_FIVE_DIGITS = "[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
PORT_NUMBER = f"({_UP_TO_FOUR_DIGITS}|{_FIVE_DIGITS})"
"""1–65535 as text, in five digits at most, for schemas: every engine takes it that reads one."""
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DNS_LABEL = Text("a DNS label", re.compile(_LABEL), is_name=True)
OBJECT_NAME = Text("a name in Kubernetes (RFC 1123)", re.compile(rf"{_LABEL}(\.{_LABEL})*"), is_name=True)
HANDLER_NAME = Text("a handler's name", re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*"), is_name=True)
CONNECTION_NAME = Text("a connection's name", re.compile(r"[a-z0-9][a-z0-9-]{0,62}"), is_name=True)
SOME_TEXT = Text("text that is not empty", may_be_blank=False)
ARGUMENT = Text("an argument", may_be_number=True)
