"""The user daemon, called with grpc.aio, which is only imported when somebody calls."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from telelens_daemons.errors import UserError
from telelens_daemons.places import Places
from telelens_schemas.wire.daemon_pb2 import ConnectRequest, StatusReply, StatusRequest

from telelens_server.requests import ConnectionWanted


class DaemonFailed(UserError):
    """The call failed without a Problem: the daemon has a bug."""

    code = "daemon-gone"


class DaemonEnded(UserError):
    """The call broke off because the daemon did."""

    code = "daemon-gone"


class Daemon:
    """Opens a channel per piece of work: a daemon may come and go between two of them."""

    def __init__(self, places: Callable[[], Places] = lambda: Places.of(os.environ)) -> None:
        self._places = places

    async def runs(self) -> bool:
        """Whether there is one; asking does not start it."""
        from telelens_daemons.cli.starting import is_running

        return await asyncio.to_thread(is_running, self._places())

    @asynccontextmanager
    async def stub(self) -> AsyncIterator[Any]:
        """A client of the daemon, which is started when needed. Failed calls within are raised as UserErrors; where
        they failed because the daemon was killed, another has been started by then and undoes what that one held."""
        import grpc.aio
        from telelens_daemons.cli.daemon_client import OPTIONS
        from telelens_daemons.cli.starting import ensure_running
        from telelens_schemas.wire.daemon_pb2_grpc import UserDaemonStub

        places = self._places()
        await asyncio.to_thread(ensure_running, places)
        async with grpc.aio.insecure_channel(f"unix:{places.socket}", options=OPTIONS) as channel:
            try:
                yield UserDaemonStub(channel)  # type: ignore[no-untyped-call]
            except grpc.aio.AioRpcError as error:
                problem = user_error(error)
                broken_off = error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
                if isinstance(problem, DaemonFailed) and broken_off:
                    problem = await asyncio.to_thread(_ended, places)
                raise problem from error

    async def status(self) -> StatusReply | None:
        """None where no daemon runs. Raises UserError."""
        if not await self.runs():
            return None
        async with self.stub() as stub:
            reply: StatusReply = await stub.Status(StatusRequest())
            return reply


def connect_request(wanted: ConnectionWanted) -> ConnectRequest:
    """What the daemon needs to connect as this editor. Raises UserError."""
    from telelens_daemons.cli.callers_environment import callers_environment
    from telelens_daemons.run.kube_flags import add_kube_flags

    request = ConnectRequest(
        kubeconfig=wanted.kubeconfig,
        context=wanted.context,
        namespace=wanted.namespace,
        manager_namespace=wanted.manager_namespace,
        environment=callers_environment(os.environ),
    )
    if wanted.kube_flags:
        add_kube_flags(request.flags, {flag.name: flag.value for flag in wanted.kube_flags})
    return request


def _ended(places: Places) -> DaemonEnded:
    from telelens_daemons.cli.starting import DaemonStartError, replace_killed

    try:
        was_killed = replace_killed(places)
    except DaemonStartError as error:
        return DaemonEnded(
            f"the user daemon ended, and another cannot be had: {error.message}", hint=error.hint, detail=error.detail
        )
    if was_killed:
        return DaemonEnded(
            "the user daemon died",
            hint="another daemon was started and undoes what this one left in the cluster: try again; why it died may"
            f" stand in {places.log}",
        )
    return DaemonEnded("the user daemon was stopped", hint="try again: it is started anew")


def user_error(error: Any) -> UserError:
    """The Problem that the daemon sent with a failed call, else what gRPC says of it."""
    from telelens_daemons.daemon.problems import PROBLEM_KEY, error_of
    from telelens_schemas.wire.daemon_pb2 import Problem

    for key, value in error.trailing_metadata() or ():
        if key == PROBLEM_KEY:
            return error_of(Problem.FromString(value))
    return DaemonFailed(
        f"the user daemon failed ({error.details() or error.code().name})",
        hint="try again; its log says why (telelens status says where that is)",
    )
