"""Local ports of handlers: free before they start, listened on after."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import suppress

import psutil

from telelens_daemons.run.errors import LocalPortTakenError

ATTEMPT_PAUSE = 0.02
"""Seconds between attempts to connect: nothing tells when a stranger begins to listen."""


def check_free(host: str, port: int, handler: str) -> None:
    """Raises LocalPortTakenError, naming who has it where that can be seen."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EACCES and probe.connect_ex((host, port)) != 0:
                return  # nobody is there, and the handler may be allowed what the daemon is not
            raise LocalPortTakenError(
                f'port {port} of handler "{handler}" is taken by {_listener(port)}',
                hint="end that program, or give the intercept another localPort",
            ) from error


async def listens(host: str, port: int) -> None:
    """Return once somebody listens there."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(ATTEMPT_PAUSE)
        else:
            writer.close()
            await writer.wait_closed()
            return


def _listener(port: int) -> str:
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            address = tuple(connection.laddr)
            if connection.status == psutil.CONN_LISTEN and address[1:2] == (port,) and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return "another program"
