"""Makes a method of a feature the answer to a method of the protocol."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pygls.lsp.server import LanguageServer


def answer(server: LanguageServer, method: str, handler: Callable[..., Any], options: Any = None) -> None:
    """pygls writes a mark on what it registers, which a bound method does not take but a partial does."""
    server.feature(method, options)(partial(handler))
