"""One HAProxy process: started only with a configuration that it accepts, ended without hurting what it serves."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from telelens_schemas.scheduling import as_usual

from telelens_cluster.agent.http.former import PROGRAM, remember, stop_former
from telelens_cluster.agent.http.haproxy_config import Files, render
from telelens_cluster.agent.http.header_names import case_table
from telelens_cluster.agent.http.runtime import Runtime, RuntimeSocketError
from telelens_cluster.agent.http.tls.lines import sockets
from telelens_cluster.agent.http.tls.material import Material

START_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.01
_POOLS: Final = "-dMglobal,no-tag"
"""Memory of requests that are over is kept for the next ones. Debian's build gives all beyond 512 KiB back to malloc at
once, which with buffers for 64 KiB of headers is nearly every request's: an eighth of its processor time. The marks
are for finding faults of its own."""
_ENVIRONMENT: Final = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
"""Not the agent's own: that carries the application's secrets."""


class HaproxyError(Exception):
    """HAProxy does not start; the text says why."""


class RefusedError(HaproxyError):
    """It does not take its configuration, or what that names."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a process knows from its first connection on: what its predecessor had been told."""

    patterns: Sequence[tuple[str, str]] = ()
    """(UID of an intercept, pattern of its requests), none that was refused."""
    headers: Collection[str] = ()
    canaries: Collection[str] = ()
    routes: Mapping[int, str] = field(default_factory=dict)


class Haproxy:
    """A process and where its files are."""

    def __init__(self, files: Files, process: asyncio.subprocess.Process, material: Material | None) -> None:
        self.files = files
        self.runtime = Runtime(files)
        self._process = process
        self._shape = material.shape if material else None
        self._material = material
        """None, too, when it has some of another."""

    @classmethod
    async def start(
        cls, files: Files, known: Known, material: Material | None = None, *, former: Haproxy | None = None
    ) -> Haproxy:
        """Return when it takes connections, those, too, that wait at a ``former`` one's sockets: nobody notices then
        that the former one stops. Raises RefusedError, HaproxyError (also where the former one hangs), OSError."""
        secret = _write(files, material) if material else []
        try:
            return await cls._start(files, known, material, former)
        finally:
            for file in secret:
                file.unlink()

    @classmethod
    async def _start(cls, files: Files, known: Known, material: Material | None, former: Haproxy | None) -> Haproxy:
        files.configuration.write_text(render(files, material.shape if material else None))
        files.cases.write_text(case_table())
        files.filters.write_text("".join(f"{pattern} {uid}\n" for uid, pattern in known.patterns))
        files.headers.write_text("".join(f"{name}\n" for name in known.headers))
        files.canaries.write_text("".join(f"{address}\n" for address in known.canaries))
        files.tls.routes.write_text("".join(f"{port} {name}\n" for port, name in known.routes.items()))
        await _check(files)
        inherits = ["-x", str(former.files.control)] if former is not None and former.is_there else []
        process = await asyncio.create_subprocess_exec(
            *(PROGRAM, "-q", "-db", _POOLS, "-f", str(files.configuration), *inherits),
            stdin=asyncio.subprocess.DEVNULL,
            env=_ENVIRONMENT,
        )
        # Everybody's requests pass it, not only those that are intercepted.
        as_usual(process.pid)
        started = cls(files, process, material)
        try:
            await started._answers()
        except BaseException:
            started.kill()
            raise
        return started

    @property
    def endings(self) -> frozenset[str]:
        """Names of the routes that it has, for TLS."""
        return sockets(self._shape) if self._shape else frozenset()

    @property
    def is_there(self) -> bool:
        """Whether it runs."""
        return self._process.returncode is None

    async def takes(self, material: Material | None) -> bool:
        """Have it go on with ``material``; False where it takes another process. Raises OSError, TimeoutError."""
        if material is None or material == self._material:
            return True  # that no TLS is to be ended is a matter of routes
        if material.shape != self._shape:
            return False
        self._material = None
        try:
            await self.runtime.replace_material(material)
        except RuntimeSocketError:
            return False
        self._material = material
        return True

    async def ended(self) -> str:
        """How it ended, when it has."""
        return _end(await self._process.wait())

    def stop(self) -> None:
        """Take no more connections, close idle ones, serve what has begun; whoever is silent yet is served, too."""
        self._signal(signal.SIGUSR1)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def take_over(self, run_directory: Path, former: Haproxy | None) -> None:
        """Have the process of an agent that died stop as by ``stop``, and be known to the agent after this one.
        ``former`` is this agent's own."""
        stop_former(run_directory, ours={one._process.pid for one in (self, former) if one is not None})
        remember(run_directory, self._process.pid)

    async def _answers(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                while True:
                    if self._process.returncode is not None:
                        raise HaproxyError(await self.ended())
                    with contextlib.suppress(OSError, RuntimeSocketError):
                        return await self.runtime.alive()
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError as error:
            raise HaproxyError(f"HAProxy does not answer within {START_SECONDS:g} s") from error

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)


def _write(files: Files, material: Material) -> list[Path]:
    """For HAProxy to read while it starts."""
    written = []
    for file, pem in files.tls.contents(material).items():
        file.touch(mode=0o600)
        file.write_bytes(pem)
        written.append(file)
    return written


def new_files(run_directory: Path, number: int) -> Files:
    """A folder of this process' own, and one for all of this agent; those of former agents go."""
    ours = f"http-{os.getpid()}-"
    for old in run_directory.glob("http-*"):
        # In a container that was started again the agent has the number that the former one had.
        if number == 1 or not old.name.startswith(ours):
            shutil.rmtree(old, ignore_errors=True)
    files = Files(folder=run_directory / f"{ours}{number}", sockets=run_directory / f"{ours}sockets")
    files.folder.mkdir(mode=0o700)
    files.sockets.mkdir(mode=0o700, exist_ok=True)
    return files


async def _check(files: Files) -> None:
    try:
        checking = await asyncio.create_subprocess_exec(
            *(PROGRAM, "-c", "-f", str(files.configuration)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=_ENVIRONMENT,
        )
    except FileNotFoundError as error:
        raise HaproxyError("the image has no haproxy program") from error
    _, said = await checking.communicate()
    status = await checking.wait()
    if status < 0:
        raise HaproxyError(f"{_end(status)} while it read its configuration")
    if status:
        lines = said.decode("utf-8", "replace").splitlines()
        alert = next((line for line in lines if "ALERT" in line), "no reason given")
        raise RefusedError(f"HAProxy refuses its configuration: {alert}")


def _end(status: int) -> str:
    return f"HAProxy was ended by signal {-status}" if status < 0 else f"HAProxy ended with status {status}"
