"""Has ``import grpc`` leave out its asyncio half, a sixth of the time of a short command, until somebody uses it."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.util import LazyLoader, find_spec, module_from_spec

NAME = "grpc.aio"


def defer_grpc_aio() -> None:
    """To be called before the first ``import grpc``, which imports ``grpc.aio``, and with it asyncio and ssl."""
    if NAME in sys.modules:
        return
    package = find_spec("grpc")
    spec = PathFinder.find_spec(NAME, package.submodule_search_locations) if package else None
    if spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
