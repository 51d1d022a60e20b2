"""When nothing is left of a run."""

from __future__ import annotations

import os

from telelens_daemons.run.undone import is_undone, new_holder
from telelens_schemas.wire.daemon_pb2 import ConnectionInfo, InterceptInfo, StatusReply


def test_a_connection_that_another_run_uses_by_then_stays() -> None:
    mine, other = new_holder(), new_holder()
    left = StatusReply(connection=ConnectionInfo(session_uid="uid", holders=[other]))
    assert is_undone(left, intercepts=(), pids=(), holder=mine)
    assert not is_undone(left, intercepts=(), pids=(), holder=other)


def test_its_intercepts_and_handlers_are_gone() -> None:
    left = StatusReply(intercepts=[InterceptInfo(uid="one")])
    assert not is_undone(left, intercepts={"one"}, pids=(), holder="run")
    assert is_undone(left, intercepts={"two"}, pids=(), holder="run")
    assert not is_undone(left, intercepts=(), pids={os.getpid()}, holder="run")
