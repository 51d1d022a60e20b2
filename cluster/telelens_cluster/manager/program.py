"""How a program of the far side runs: its settings read, its log begun, until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final, Protocol, TypeVar

import uvloop

from telelens_cluster.manager.errors import ConfigurationError

_log = logging.getLogger(__name__)
_PARTING_SECONDS: Final = 5.0
"""Until every node has heard that a pod ends: of that, nodes hear later than the pod itself."""


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


@contextlib.asynccontextmanager
async def answering_to_the_last() -> AsyncIterator[None]:
    """When the block is told to end, whatever is around it goes on for a while: callers are still led here. A program
    that is told so twice ends at once."""
    try:
        yield
    except asyncio.CancelledError:
        _log.info("ending: callers that come still are answered for %g s", _PARTING_SECONDS)
        await asyncio.sleep(_PARTING_SECONDS)
        raise


async def _until_told(serving: Coroutine[Any, Any, None], name: str) -> None:
    loop = asyncio.get_running_loop()
    service = asyncio.create_task(serving, name=name)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await service
    _log.info("stopped")
