"""Makes every Python process of a handler debuggable, by environment variables alone."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from telelens_daemons.errors import UserError

INJECTED = Path(__file__).parent / "injected"
VARIABLE = "TELELENS_DEBUGPY"
LOCALHOST = "127.0.0.1"


class DebugPortTaken(UserError):
    """Another program has the port that the specification gives to the debugger."""

    code = "debug-port-taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugSettings:
    """The specification's ``debug`` of a handler. ``port`` 0: a free one is chosen."""

    port: int = 0
    wait_for_client: bool = False
    just_my_code: bool = True
    """For the client that attaches; the handler's processes do not need it."""
    sub_process: bool = True


@dataclass(frozen=True, slots=True)
class DebugEndpoint:
    """Where a debug client can attach while a process of the handler runs."""

    host: str
    port: int
    variables: Mapping[str, str]
    """To be set for the handler; PYTHONPATH among them."""


@contextmanager
def debugpy_environment(settings: DebugSettings, environment: Mapping[str, str]) -> Iterator[DebugEndpoint]:
    """Prepare what a handler with ``environment`` needs for debugging; it lasts as long as the handler may start
    processes. Raises DebugPortTaken."""
    state = tempfile.mkdtemp(prefix="telelens-debug-")
    try:
        port = _free_port(settings.port)
        asked = {
            "host": LOCALHOST,
            "port": port,
            "waitForClient": settings.wait_for_client,
            "subProcess": settings.sub_process,
            "debugpy": _folder_of_debugpy(),
            "state": state,
        }
        python_path = os.pathsep.join(filter(None, (str(INJECTED), environment.get("PYTHONPATH"))))
        yield DebugEndpoint(LOCALHOST, port, {VARIABLE: json.dumps(asked), "PYTHONPATH": python_path})
    finally:
        shutil.rmtree(state, ignore_errors=True)


def _folder_of_debugpy() -> str:
    """Find ours without importing it: it would cost the daemon memory."""
    spec = find_spec("debugpy")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent.parent)


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, wanted))
        except PermissionError as error:
            raise DebugPortTaken(
                f"port {wanted} for the debugger needs a right that you do not have",
                hint="leave debug.port out to have a free one chosen, or take one above 1023",
            ) from error
        except OSError as error:
            raise DebugPortTaken(
                f"port {wanted} for the debugger is taken by another program",
                hint="leave debug.port out to have a free one chosen, or end that program",
            ) from error
        port: int = probe.getsockname()[1]
        return port
