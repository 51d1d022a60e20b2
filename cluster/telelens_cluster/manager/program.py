"""How a program of the far side runs: its settings read, its log begun, until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

import uvloop

from telelens_cluster.manager.errors import ConfigurationError

_log = logging.getLogger(__name__)


class _Settings(Protocol):
    @property
    def log_level(self) -> str: ...


S = TypeVar("S", bound=_Settings)


def run_program(name: str, read: Callable[[], S], serve: Callable[[S], Coroutine[Any, Any, None]]) -> int:
    """Serve until SIGTERM or SIGINT; return the exit status. ``read`` raises ConfigurationError."""
    try:
        settings = read()
    except ConfigurationError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    uvloop.run(_until_told(serve(settings), name))
    return 0


async def _until_told(serving: Coroutine[Any, Any, None], name: str) -> None:
    loop = asyncio.get_running_loop()
    service = asyncio.create_task(serving, name=name)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await service
    _log.info("stopped")
