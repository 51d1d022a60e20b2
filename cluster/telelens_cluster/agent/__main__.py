"""``python3 -m telelens_cluster.agent``: one agent, until SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import resource
import signal
import sys
from typing import Any

import uvloop

from telelens_cluster.agent.lean_protobuf import leave_out_pure_python

leave_out_pure_python()

from telelens_schemas.scheduling import in_batches  # noqa: E402

from telelens_cluster.agent.agent import Agent  # noqa: E402
from telelens_cluster.agent.environment import of_the_container  # noqa: E402
from telelens_cluster.agent.errors import AgentError  # noqa: E402
from telelens_cluster.agent.settings import Settings, read_settings  # noqa: E402


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; a second one does not wait for callers."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task
    ended = asyncio.Event()

    def end() -> None:
        if ended.is_set():
            task.cancel()
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    async with Agent(settings, environment=of_the_container(os.environ)) as agent:
        # What was imported stays: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        waits = [loop.create_task(ended.wait(), name="end"), loop.create_task(agent.failed(), name="failure")]
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            for one in waits:
                one.cancel()


def _unraisable(unraisable: Any) -> None:
    """A server name that is no text is refused by Python, loudly: nobody shall fill the log with such names."""
    if unraisable.exc_type is not UnicodeDecodeError:
        sys.__unraisablehook__(unraisable)


def main() -> int:
    """The exit status."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    sys.unraisablehook = _unraisable
    try:
        settings = read_settings(os.environ)
        in_batches()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, contextlib.suppress(asyncio.CancelledError):
            runner.run(run(settings))
    except (AgentError, OSError) as error:
        print(f"telelens-agent: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
