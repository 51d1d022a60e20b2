"""The distribution's version, for messages to people."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

_NAME = "telelens-"
_SUFFIX = ".dist-info"


def installed_version(path: Iterable[str] = sys.path) -> str:
    """Read off a folder's name: importlib.metadata would bring in the email package, which each pod would pay for."""
    for folder in path:
        try:
            entries = os.listdir(folder or ".")
        except OSError:
            continue
        for entry in entries:
            if entry.startswith(_NAME) and entry.endswith(_SUFFIX):
                return entry[len(_NAME) : -len(_SUFFIX)]
    return ""
