"""base64 and base32, hashes and sums of text."""

from __future__ import annotations

import base64
import re
import zlib
from typing import Final

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.values import byte_length, from_bytes, to_bytes

ENCODINGS = Family()
function = ENCODINGS.function

_BASE64: Final = re.compile(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_WHOLE_BASE32: Final = re.compile(rb"(?:[A-Z2-7]{8})*")
_BASE32_DIGITS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_LINE_BREAKS: Final = b"\r\n"


@function("b64enc", "text string", "string", "The text in base64.")
def b64enc(calling: Calling, text: str) -> str:
    calling.budget.memory(2 * byte_length(text))
    return base64.b64encode(to_bytes(text)).decode()


@function("b64dec", "text string", "string", "What the base64 says; where it is wrong, why.")
def b64dec(calling: Calling, text: str) -> str:
    calling.budget.memory(byte_length(text))
    try:
        return from_bytes(decode_base64(text))
    except FunctionError as error:
        return str(error)


@function("b32enc", "text string", "string", "The text in base32.")
def b32enc(calling: Calling, text: str) -> str:
    calling.budget.memory(2 * byte_length(text))
    return base64.b32encode(to_bytes(text)).decode()


@function("b32dec", "text string", "string", "What the base32 says; where it is wrong, why.")
def b32dec(calling: Calling, text: str) -> str:
    calling.budget.memory(byte_length(text))
    data = to_bytes(text).translate(None, _LINE_BREAKS)
    whole = _WHOLE_BASE32.match(data)
    assert whole is not None
    try:
        count = _digits_of_last_group(data, whole.end()) if whole.end() < len(data) else 0
    except _WrongByte as wrong:
        return f"illegal base32 data at input byte {wrong}"
    last = data[whole.end() : whole.end() + count]
    return from_bytes(base64.b32decode(whole[0] + (last.ljust(8, b"=") if last else b"")))


class _WrongByte(Exception):
    """Where a text cannot be read on."""


def decode_base64(text: str) -> bytes:
    """Raises FunctionError with Go's words."""
    data = to_bytes(text)
    bare = data.translate(None, _LINE_BREAKS)
    if _BASE64.fullmatch(bare):
        return base64.b64decode(bare)
    raise FunctionError(f"illegal base64 data at input byte {_wrong_base64(data)}")


def _wrong_base64(data: bytes) -> int:
    """Where Go's decoder stops. Bytes are counted with line breaks, groups of four without."""
    bare = data.translate(None, _LINE_BREAKS)
    whole = len(bare) == len(data)
    places = range(len(data)) if whole else [index for index, byte in enumerate(data) if byte not in _LINE_BREAKS]
    valid = _BASE64.match(bare)
    assert valid is not None
    padded = valid[0].endswith(b"=")
    at = valid.end()
    if padded:
        return places[at]
    group = places[at : at + 4]
    for nth, index in enumerate(group):
        if re.match(rb"[A-Za-z0-9+/]", data[index : index + 1]):
            continue
        if data[index : index + 1] != b"=" or nth < 2:
            return index
        following = places[at + nth + 1 : at + nth + 2]
        return len(data) if not following else following[0] - 1
    return len(data) - len(group)


def _digits_of_last_group(data: bytes, start: int) -> int:
    """How many of the up to eight characters from there are no padding; what follows a padded group is not looked at.
    Raises _WrongByte."""
    for nth, byte in enumerate(data[start : start + 8]):
        at = start + nth
        rest = len(data) - at - 1
        if byte == ord("=") and nth >= 2 and rest < 8:
            return _checked_padding(data, at, nth, rest)
        if byte not in _BASE32_DIGITS:
            raise _WrongByte(at)
    raise _WrongByte(start)


def _checked_padding(data: bytes, at: int, nth: int, rest: int) -> int:
    if rest + nth < 7:
        raise _WrongByte(len(data))
    for index in range(7 - nth):
        if index < rest and data[at + 1 + index] != ord("="):
            raise _WrongByte(at + index)
    if nth in (3, 6):
        raise _WrongByte(at)
    return nth


@function("sha1sum", "text string", "string", "The SHA-1 of the text, in hexadecimal digits.")
def sha1sum(calling: Calling, text: str) -> str:
    import hashlib

    return hashlib.sha1(to_bytes(text), usedforsecurity=False).hexdigest()


@function("sha256sum", "text string", "string", "The SHA-256 of the text, in hexadecimal digits.")
def sha256sum(calling: Calling, text: str) -> str:
    import hashlib

    return hashlib.sha256(to_bytes(text)).hexdigest()


@function("sha512sum", "text string", "string", "The SHA-512 of the text, in hexadecimal digits.")
def sha512sum(calling: Calling, text: str) -> str:
    import hashlib

    return hashlib.sha512(to_bytes(text)).hexdigest()


@function("adler32sum", "text string", "string", "The Adler-32 of the text, in decimal digits.")
def adler32sum(calling: Calling, text: str) -> str:
    return str(zlib.adler32(to_bytes(text)))
