"""What comes by chance: strings, orders, identifiers. All of it is good enough for passwords."""

from __future__ import annotations

import base64
import string
from typing import Final

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.characters import runes

CHANCE = Family()
function = CHANCE.function

_ASCII: Final = "".join(map(chr, range(32, 127)))


@function("randAlphaNum", "count int", "string", "So many letters and digits by chance.")
def rand_alpha_num(calling: Calling, count: int) -> str:
    return _chosen(calling, string.ascii_letters + string.digits, count)


@function("randAlpha", "count int", "string", "So many letters by chance.")
def rand_alpha(calling: Calling, count: int) -> str:
    return _chosen(calling, string.ascii_letters, count)


@function("randNumeric", "count int", "string", "So many digits by chance.")
def rand_numeric(calling: Calling, count: int) -> str:
    return _chosen(calling, string.digits, count)


@function("randAscii", "count int", "string", "So many printable ASCII characters by chance.")
def rand_ascii(calling: Calling, count: int) -> str:
    return _chosen(calling, _ASCII, count)


def _chosen(calling: Calling, characters: str, count: int) -> str:
    from secrets import choice

    if count <= 0:
        return ""
    calling.budget.memory(count)
    calling.budget.step(count)
    return "".join([choice(characters) for _ in range(count)])


@function("randBytes", "count int", "string", "So many bytes by chance, in base64.")
def rand_bytes(calling: Calling, count: int) -> str:
    from secrets import token_bytes

    if count < 0:
        raise FunctionError("runtime error: makeslice: len out of range")
    calling.budget.memory(3 * count)
    return base64.b64encode(token_bytes(count)).decode()


@function("shuffle", "text string", "string", "The characters in another order.")
def shuffle(calling: Calling, text: str) -> str:
    from secrets import SystemRandom

    calling.budget.step(len(text))
    characters = list(runes(text))
    SystemRandom().shuffle(characters)
    return "".join(characters)


@function("uuidv4", "", "string", "A universal unique identifier by chance.")
def uuidv4(calling: Calling) -> str:
    from uuid import uuid4

    return str(uuid4())
