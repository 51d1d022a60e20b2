"""Found by every Python that a debugged handler starts, before the `sitecustomize` that it would have found itself.

That one is run first, under its own name, as if this were not here. Whatever fails in ours is one line on standard
error: a debugger never keeps a program from running.
"""

import os
import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec


def leave_search_path(folder: str) -> None:
    """Take this folder off ``sys.path``; it stays on PYTHONPATH, for the children."""
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != folder]


def run_shadowed() -> None:
    """Run the `sitecustomize` that would have been found without us; its errors are reported by `site` as always."""
    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


def start_debugging(folder: str) -> None:
    if "TELELENS_DEBUGPY" not in os.environ:
        return
    sys.path.insert(0, folder)
    try:
        debuggee = import_module("telelens_debuggee")
    finally:
        sys.path.remove(folder)
    debuggee.start()


def main(folder: str) -> None:
    leave_search_path(folder)
    try:
        run_shadowed()
    finally:
        try:
            start_debugging(folder)
        except (Exception, SystemExit) as error:
            sys.stderr.write(f"telelens: not debuggable: {type(error).__name__}: {error}\n")


main(os.path.dirname(os.path.abspath(__file__)))
