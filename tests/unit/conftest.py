"""What holds for every unit test."""

from __future__ import annotations

import gc

import pytest


@pytest.fixture(scope="module", autouse=True)
def own_memory() -> None:
    """What thousands of tests before left is not looked through any more, which takes a second or two whenever the
    collector comes to it: in the middle of a test that has to do with time."""
    gc.collect()
    gc.freeze()
