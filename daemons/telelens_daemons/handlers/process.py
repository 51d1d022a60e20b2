"""A program under the supervisor, as the daemon sees it: output, end, stop."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from telelens_daemons.handlers import supervisor

Output = Callable[[bool, bytes], Awaitable[None]]
"""Called with (is_stderr, whole lines, or a piece of one)."""

GRACE_SECONDS = 5.0
LONGEST_LINE = 64 * 1024
"""Bytes after which an unfinished line is passed on."""
QUIET_SECONDS = 0.2
"""How long an unfinished line is waited for: it may be a question, or dots of progress."""


class SupervisedProcess:
    """Runs from ``__aenter__`` to ``__aexit__`` at most; no process of it survives that, or the daemon's own death."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        working_directory: Path,
        output: Output,
        grace: float = GRACE_SECONDS,
        umask: int | None = None,
    ) -> None:
        self._command = command
        self._environment = environment
        self._working_directory = working_directory
        self._output = output
        self._grace = grace
        self._umask = umask

    @property
    def pid(self) -> int:
        """Of the supervisor, whose descendants the program's processes are."""
        return self._process.pid

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            supervisor.__file__,
            str(self._grace),
            supervisor.AS_IT_IS if self._umask is None else f"{self._umask:o}",
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
            cwd=self._working_directory,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._readers = [
            asyncio.create_task(self._read(stream, is_stderr), name=f"output of {self.pid}")
            for stream, is_stderr in ((self._process.stdout, False), (self._process.stderr, True))
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def ended(self) -> int:
        """Wait for the end, all output delivered; the exit status is that of the first process."""
        await asyncio.gather(*(asyncio.shield(reader) for reader in self._readers))
        return await self._process.wait()

    async def stop(self) -> int:
        """End it, gently first; returns after at most the grace period and a moment. Twice is once.

        Cancellation does not shorten this: what the supervisor has begun it finishes. What it cannot end, as it has
        become another user's, may hold the output open: that is not waited for.
        """
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            status = await self._process.wait()
            await asyncio.wait(self._readers, timeout=self._grace)
            return status
        finally:
            for reader in self._readers:
                reader.cancel()
            await asyncio.gather(*self._readers, return_exceptions=True)

    async def _read(self, stream: asyncio.StreamReader, is_stderr: bool) -> None:
        pending = b""
        due: float | None = None
        now = asyncio.get_running_loop().time
        while True:
            try:
                async with asyncio.timeout_at(due):
                    chunk = await stream.read(LONGEST_LINE)
            except TimeoutError:
                whole = len(pending) - _cut_off(pending)
                if whole:
                    await self._output(is_stderr, pending[:whole])
                pending, due = pending[whole:], None
                continue
            if not chunk:
                break
            lines, newline, rest = (pending + chunk).rpartition(b"\n")
            pending = rest
            if due is None or newline:
                due = now() + QUIET_SECONDS if pending else None
            if newline:
                await self._output(is_stderr, lines + newline)
            if len(pending) >= LONGEST_LINE:
                whole = len(pending) - _cut_off(pending)
                await self._output(is_stderr, pending[:whole])
                pending, due = pending[whole:], None
        if pending:
            await self._output(is_stderr, pending)


def _cut_off(data: bytes) -> int:
    """How many bytes at the end begin a character of UTF-8 whose rest has not come."""
    for back, byte in enumerate(reversed(data[-3:]), 1):
        if byte & 0xC0 == 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if length > back else 0
        if byte < 0x80:
            break
    return 0
