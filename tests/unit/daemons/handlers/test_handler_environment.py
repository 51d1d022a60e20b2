"""Whose variable wins in a handler."""

from __future__ import annotations

from telelens_daemons.handlers.environment import handler_environment


def test_handlers_own_over_containers_over_callers() -> None:
    environment = handler_environment(
        {"A": "caller", "B": "caller", "C": "caller", "PATH": "/usr/bin", "PYTHONPATH": "src"},
        {"B": "container", "C": "container", "PATH": "/app/bin", "PYTHONPATH": "/app"},
        {"C": "own"},
        container_name="app",
        intercept_id="uid:echo",
    )
    assert environment == {
        "A": "caller",
        "B": "container",
        "C": "own",
        "PATH": "/usr/bin",
        "PYTHONPATH": "src:/app",
        "PYTHONUNBUFFERED": "1",
        "TELEPRESENCE_CONTAINER": "app",
        "TELEPRESENCE_INTERCEPT_ID": "uid:echo",
    }


def test_volumes_are_named_when_there_are_some() -> None:
    environment = handler_environment({}, {}, {}, root="/tmp/telfs", mounts="/data:/secrets")
    assert environment["TELEPRESENCE_ROOT"] == "/tmp/telfs"
    assert environment["TELEPRESENCE_MOUNTS"] == "/data:/secrets"
