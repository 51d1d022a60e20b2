"""Where HAProxy hands over a connection whose requests matched, and the manager's canaries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from telelens_cluster.agent.configuration import Configuration
from telelens_cluster.agent.http.proxy_header import ProxyHeader, ProxyHeaderError, parse
from telelens_cluster.agent.redirect import CanaryAnswer, Redirect, go_on
from telelens_cluster.agent.workstations import Workstations


class Desk:
    """Reads who called from the PROXY header, and joins the connection to its owner's tunnel.

    Where that has gone meanwhile, the application has it: nobody waits for a workstation.
    """

    __slots__ = ("_configuration", "_redirect", "_workstations")

    def __init__(
        self, *, configuration: Callable[[], Configuration], workstations: Workstations, redirect: Redirect
    ) -> None:
        self._configuration = configuration
        self._workstations = workstations
        self._redirect = redirect

    def protocol(self) -> Handover:
        """For ``loop.create_unix_server``."""
        return Handover(self)

    def handed_over(self, transport: asyncio.Transport, header: ProxyHeader, rest: bytes) -> None:
        """One connection; ``rest`` are the bytes that have come after the header."""
        configuration = self._configuration()
        if header.source is None or header.destination is None:
            transport.close()  # a health check
            return
        if not header.unique_id and header.source.host in configuration.canary_sources:
            go_on(transport, CanaryAnswer(configuration.canary_answer))
            return
        intercept = configuration.intercept(header.unique_id)
        port = header.destination.port
        if (
            intercept is None
            or intercept.away
            or not self._workstations.deliver(transport, intercept, port, header.source)
        ):
            self._redirect.to_application(transport, header.destination)
        if rest:
            cast(asyncio.Protocol, transport.get_protocol()).data_received(rest)


class Handover(asyncio.Protocol):
    """A connection of HAProxy's, until its header has been read."""

    __slots__ = ("_desk", "_early", "_transport")

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._early = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._early += data
        try:
            header = parse(self._early)
        except ProxyHeaderError:
            self._transport.abort()
            return
        if header is not None:
            self._desk.handed_over(self._transport, header, self._early[header.length :])
