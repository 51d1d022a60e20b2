"""Keeps protobuf's pure-Python implementation out of a process in which the C one does the work.

google.protobuf imports it in any case: 1.1 MB in each pod for code that is never called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Final

import google.protobuf.internal
from google.protobuf.internal import api_implementation

_UNUSED: Final = "google.protobuf.internal.python_message"


def leave_out_pure_python() -> None:
    """Put an empty module in its place; call before anything imports a message."""
    if api_implementation.Type() == "upb" and _UNUSED not in sys.modules:
        empty = ModuleType(_UNUSED)
        sys.modules[_UNUSED] = empty
        google.protobuf.internal.python_message = empty  # type: ignore[attr-defined]
