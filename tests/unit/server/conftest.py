"""What holds for every test of the server."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have a kubeconfig: what a test opens must not look at their cluster."""
    monkeypatch.setenv("KUBECONFIG", "/nowhere/config")
