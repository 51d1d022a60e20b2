"""What functions are called elsewhere, where the spelling does not tell which one is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FOREIGN: Final[Mapping[str, str]] = {
    "base64": "b64enc",
    "capitalize": "title",
    "downcase": "lower",
    "endswith": "hasSuffix",
    "environ": "env",
    "getenv": "env",
    "length": "len",
    "lowercase": "lower",
    "startswith": "hasPrefix",
    "strip": "trim",
    "titlecase": "title",
    "tolower": "lower",
    "toupper": "upper",
    "trimspace": "trim",
    "upcase": "upper",
    "uppercase": "upper",
}
"""By the name in lower case."""
