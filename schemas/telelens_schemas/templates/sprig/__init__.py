"""The functions of sprig v3, a module for each family.

What is heavy (RE2, cryptography, bcrypt, time zones) is imported by the functions that need it, so that reading a
template costs nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from telelens_schemas.templates.functions import Family
from telelens_schemas.templates.sprig.certificates import CERTIFICATES
from telelens_schemas.templates.sprig.chance import CHANCE
from telelens_schemas.templates.sprig.choices import CHOICES
from telelens_schemas.templates.sprig.dates import DATES
from telelens_schemas.templates.sprig.dicts import DICTS
from telelens_schemas.templates.sprig.encodings import ENCODINGS
from telelens_schemas.templates.sprig.json import JSON
from telelens_schemas.templates.sprig.lists import LISTS
from telelens_schemas.templates.sprig.numbers import NUMBERS
from telelens_schemas.templates.sprig.paths import PATHS
from telelens_schemas.templates.sprig.reflection import REFLECTION
from telelens_schemas.templates.sprig.regex import REGEX
from telelens_schemas.templates.sprig.secrecy import SECRECY
from telelens_schemas.templates.sprig.semver import SEMVER
from telelens_schemas.templates.sprig.strings import STRINGS
from telelens_schemas.templates.sprig.surroundings import SURROUNDINGS
from telelens_schemas.templates.sprig.urls import URLS
from telelens_schemas.templates.sprig.words import WORDS

FAMILIES: Final[Sequence[Family]] = (
    STRINGS,
    WORDS,
    LISTS,
    DICTS,
    NUMBERS,
    CHOICES,
    CHANCE,
    DATES,
    ENCODINGS,
    SECRECY,
    CERTIFICATES,
    JSON,
    REGEX,
    SEMVER,
    REFLECTION,
    PATHS,
    URLS,
    SURROUNDINGS,
)
"""All of them; no name occurs twice."""
