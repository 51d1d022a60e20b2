"""Calls the daemon, and starts it when it is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

import grpc
from telelens_schemas.wire.daemon_pb2 import Problem
from telelens_schemas.wire.daemon_pb2_grpc import UserDaemonStub

from telelens_daemons.cli.starting import ensure_running, has_left_session, is_running
from telelens_daemons.daemon.problems import PROBLEM_KEY, error_of
from telelens_daemons.errors import UserError
from telelens_daemons.places import Places

OPTIONS = [
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    ("grpc.max_send_message_length", 64 * 1024 * 1024),
    # The daemon is on this machine: no proxy of the environment leads there.
    ("grpc.enable_http_proxy", 0),
    # Connections of its own: else a channel to a daemon that was just started has the failed one of a channel to the
    # daemon before, and waits with it before it tries again.
    ("grpc.use_local_subchannel_pool", 1),
]


class DaemonGoneError(UserError):
    """The daemon went away in the middle of a call."""

    code = "daemon-gone"


class DaemonClient:
    """A context manager around one channel."""

    def __init__(self, places: Places) -> None:
        self._channel = grpc.insecure_channel(f"unix:{places.socket}", options=OPTIONS)
        self.stub = UserDaemonStub(self._channel)  # type: ignore[no-untyped-call]

    @classmethod
    def open(cls, *, start: bool = True) -> DaemonClient:
        """Start the daemon if need be (and wanted), and return a client of it. Raises DaemonStartError."""
        places = Places.of(os.environ)
        if start:
            ensure_running(places)
        return cls(places)

    def __enter__(self) -> DaemonClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn failures of calls within into UserErrors."""
        try:
            yield
        except grpc.RpcError as error:
            raise user_error(error) from error


def daemon_is_wanted() -> bool:
    """Whether a daemon runs, or one that was killed has left a session to come back as."""
    places = Places.of(os.environ)
    return is_running(places) or has_left_session(places)


def user_error(error: grpc.RpcError) -> UserError:
    """The Problem that the daemon sent, else what gRPC says."""
    for key, value in error.trailing_metadata() or ():
        if key == PROBLEM_KEY:
            return error_of(Problem.FromString(value))
    if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
        return DaemonGoneError("the daemon went away", hint="see: telelens status", detail=str(error.details()))
    return UserError(f"the daemon failed: {error.details()}", code="internal", detail=str(error))
