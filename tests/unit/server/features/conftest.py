"""What holds for every test of a feature."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def kubeconfig_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's loop that ends waits for threads that still expand something. Were the time to look at the kubeconfig
    again to come meanwhile, nobody would be there any more to wait for that."""
    monkeypatch.setattr("telelens_server.cluster.contexts.FOLLOW_SECONDS", 600.0)
