"""What holds for every unit test."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def own_memory() -> Iterator[None]:
    """For tests that bound processor time: what thousands of tests before them left is not looked through meanwhile,
    which takes a second or two whenever the collector comes to it."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
