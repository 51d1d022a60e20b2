"""What the server can do for a client, without the server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

WRITTEN = Path(__file__).with_name("capabilities.json")
_POSITION_ENCODINGS = frozenset({"utf-8", "utf-16", "utf-32"})
_DEFAULT_POSITION_ENCODING = "utf-16"
_SAVING = ("willSave", "willSaveWaitUntil")


class Unexpected(Exception):
    """A request that is not what the protocol says; how it is answered is for the server proper to say."""


def initialize_result(params: Any) -> dict[str, Any]:
    """The result of ``initialize``; raises Unexpected.

    What is written down is the answer to a client that can nothing. Three things depend on what it can.
    """
    client = _mapping(_mapping(params).get("capabilities"))
    text = _part(client, "textDocument")
    result: dict[str, Any] = json.loads(WRITTEN.read_bytes())
    capabilities = result["capabilities"]
    capabilities["positionEncoding"] = _position_encoding(_part(client, "general"))
    saving = _part(text, "synchronization")
    capabilities["textDocumentSync"] |= {name: False for name in _SAVING if _flag(saving, name) is not None}
    if _flag(_part(text, "rename"), "prepareSupport") and capabilities.get("renameProvider"):
        capabilities["renameProvider"] = {"prepareProvider": True}
    return result


def _position_encoding(general: Mapping[str, Any]) -> str:
    offered = general.get("positionEncodings")
    if offered is None:
        return _DEFAULT_POSITION_ENCODING
    if not isinstance(offered, list) or not all(isinstance(one, str) for one in offered):
        raise Unexpected("positionEncodings")
    return next((one for one in offered if one in _POSITION_ENCODINGS), _DEFAULT_POSITION_ENCODING)


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return {} if part is None else _mapping(part)


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Unexpected(f"{value!r} instead of an object")
    return value


def _flag(whole: Mapping[str, Any], name: str) -> bool | None:
    flag = whole.get(name)
    if flag is not None and not isinstance(flag, bool):
        raise Unexpected(name)
    return flag
