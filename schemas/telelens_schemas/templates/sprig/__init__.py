"""The functions of sprig, a module for each family. ``FAMILIES`` is what templates may call."""

from __future__ import annotations

from typing import Final

from telelens_schemas.templates.functions import Family

FAMILIES: Final[tuple[Family, ...]] = ()
