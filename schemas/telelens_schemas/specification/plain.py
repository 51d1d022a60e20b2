"""A stretch of YAML as plain data: for what is handed on and not looked into."""

from __future__ import annotations

from typing import Any

import yaml

from telelens_schemas.specification.nodes import TRUE_WORDS, Entries, Items, Kind, Scalar

_MOST_NODES = 100_000
"""Aliases of aliases can make a small text endless."""


def plain(node: object) -> Any:
    """JSON-compatible; what is too much is ``None``."""
    return _Plain().of(node)


class _Plain:
    def __init__(self) -> None:
        self._left = _MOST_NODES

    def of(self, node: object) -> Any:
        """The value of a node; merge keys are followed, a mapping's own keys count."""
        self._left -= 1
        if self._left < 0:
            return None
        match node:
            case Scalar():
                return _scalar(node)
            case Items():
                return [self.of(item) for item in node.items]
            case Entries():
                return self._entries(node)
        return None

    def _entries(self, node: Entries) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.pairs:
            if not isinstance(key, Scalar):
                continue
            if key.plain and key.value == "<<":
                for source in value.items if isinstance(value, Items) else (value,):
                    if isinstance(source, Entries):
                        merged = {**self.of(source), **merged} if self._left > 0 else merged
            else:
                own.setdefault(key.value, self.of(value))
        return {**merged, **own}


def _scalar(node: Scalar) -> Any:
    match node.kind:
        case Kind.NOTHING if not node.templated:
            return None
        case Kind.FLAG:
            return node.value in TRUE_WORDS
        case Kind.NUMBER:
            return _number(node.value)
    return node.value


def _number(text: str) -> Any:
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return text
    is_json = isinstance(value, int) or (isinstance(value, float) and value == value and abs(value) != float("inf"))
    return value if is_json and not isinstance(value, bool) else text
