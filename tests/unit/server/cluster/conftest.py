"""A cluster for every test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from unit.daemons.fake_api import FakeApi
from unit.server.cluster import scene


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    async with FakeApi().running() as running:
        yield running


@pytest.fixture
def kubeconfig(api: FakeApi, tmp_path: Path) -> Path:
    scene.fill(api)
    return scene.write(tmp_path / "kubeconfig", scene.kubeconfig_document(api.url))
