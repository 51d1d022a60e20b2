"""Makes this Python process debuggable, as the environment variable TELELENS_DEBUGPY asks.

Runs in the handler's Python: nothing of Telelens can be imported here, and the syntax is that of Python 3.6.

The first process of a handler listens on the port that was agreed on, by a debug adapter of its own. debugpy itself
brings that process's children along. A process that comes some other way while the first one lives (started by a shell
in between, or beside it) joins that adapter as a child of it; one that comes when the first and its adapter are gone
listens anew, so ``python a.py && python b.py`` can both be debugged.
"""

import fcntl
import importlib
import importlib.util
import json
import os
import socket
import sys
import time
from typing import Any, Dict, Optional, Tuple  # noqa: UP035 (for old Pythons)

VARIABLE = "TELELENS_DEBUGPY"
PORT_SECONDS = 30.0
"""How long to wait for the port: an ended process's adapter holds it as long as a client is attached, and a client
that comes while it ends may keep it for 15 s more."""


def start() -> None:
    if is_debugger():
        return
    settings = json.loads(os.environ[VARIABLE])
    # Otherwise debugpy warns about it on standard error, in every process.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    with open(os.path.join(settings["state"], "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        first = running_first(settings)
        if first is None:
            listen(settings)
    if first is not None and settings["subProcess"]:
        join(first, settings)
    elif first is None and settings["waitForClient"]:
        load_debugpy(settings["debugpy"]).wait_for_client()


def is_debugger() -> bool:
    """Is this a process that has a debugger already: a child that debugpy brings along, or one of the user's own?"""
    arguments = getattr(sys, "orig_argv", None)
    if arguments is None:
        with open("/proc/self/cmdline", "rb") as file:
            arguments = file.read().decode(errors="replace").split("\0")
    if any(argument.endswith("pydevd.py") or "import pydevd;" in argument for argument in arguments[1:]):
        return True
    return ("-m", "debugpy") in zip(arguments, arguments[1:])  # noqa: B905, RUF007 (for old Pythons)


def running_first(settings: Dict[str, Any]) -> Optional[Dict[str, Any]]:  # noqa: UP006, UP045
    """Return {pid, token, server} of the handler's first process if its adapter is there and takes connections."""
    try:
        with open(os.path.join(settings["state"], "first.json")) as file:
            first = json.load(file)
        with open(os.path.join(settings["state"], "endpoints.json")) as file:
            server = json.load(file)["server"]
        address = server["host"], server["port"]
        os.kill(first["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return dict(first, server=address)


def listen(settings: Dict[str, Any]) -> None:  # noqa: UP006
    address = settings["host"], settings["port"]
    wait_until_free(address)
    debugpy = load_debugpy(settings["debugpy"])
    debugpy.configure(subProcess=settings["subProcess"])
    # The adapter is no process of the handler's; it removes the file of its endpoints when it ends.
    asked = os.environ.pop(VARIABLE)
    os.environ["DEBUGPY_ADAPTER_ENDPOINTS"] = os.path.join(settings["state"], "endpoints.json")
    try:
        debugpy.listen(address)
    finally:
        del os.environ["DEBUGPY_ADAPTER_ENDPOINTS"]
        os.environ[VARIABLE] = asked
    with open(os.path.join(settings["state"], "first.json"), "w") as file:
        json.dump({"pid": os.getpid(), "token": sys.modules["pydevd"].SetupHolder.setup["access-token"]}, file)


def wait_until_free(address: Tuple[str, int]) -> None:  # noqa: UP006
    deadline = time.monotonic() + PORT_SECONDS
    while True:
        with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
                return
            except OSError as error:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"port {address[1]} of the debugger is taken: {error}") from error
        time.sleep(0.05)


def join(first: Dict[str, Any], settings: Dict[str, Any]) -> None:  # noqa: UP006
    """Become a child of the first process in the eyes of its adapter.

    Not by ``debugpy.connect``: that cannot be given the token by which an adapter of ``listen`` proves itself.
    """
    load_debugpy(settings["debugpy"])
    importlib.import_module("debugpy.server.api")
    pydevd = sys.modules["pydevd"]  # debugpy's own copy
    host, port = first["server"]
    pydevd.settrace(
        host=host,
        port=port,
        suspend=False,
        patch_multiprocessing=True,
        access_token=first["token"],
        notify_stdin=False,
        ppid=first["pid"],
    )


def load_debugpy(folder: str) -> Any:
    """Import the debugpy of this Python, else ours, without opening our other packages to the program."""
    if "debugpy" not in sys.modules and importlib.util.find_spec("debugpy") is None:
        spec = importlib.util.spec_from_file_location("debugpy", os.path.join(folder, "debugpy", "__init__.py"))
        if spec is None or spec.loader is None:
            raise ImportError(f"no debugpy in {folder}")
        sys.modules["debugpy"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    import debugpy

    return debugpy
