"""Has ``import grpc`` leave out its asyncio half, a tenth of the time of a short command, until somebody uses it."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

NAME = "grpc.aio"


class DeferredModule(ModuleType):
    """Stands for the module until its first attribute is asked for.

    Not importlib's LazyLoader: the import statement itself asks a module for its ``__spec__``, which loads that one.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def defer_grpc_aio() -> None:
    """To be called before the first ``import grpc``, which imports ``grpc.aio``."""
    sys.modules.setdefault(NAME, DeferredModule(NAME))
