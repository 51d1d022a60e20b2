"""Every function that a template may call: those of Go and those of sprig."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from telelens_schemas.templates.builtins import BUILTINS
from telelens_schemas.templates.comparison import COMPARISON
from telelens_schemas.templates.functions import Function, table


@cache
def functions() -> Mapping[str, Function]:
    """By name. sprig is imported with the first template that is read, not with the program."""
    from telelens_schemas.templates.sprig import FAMILIES

    return table(BUILTINS, COMPARISON, *FAMILIES)
