"""A specification as it is for whoever asks this process to run or check it: their environment, their name."""

from __future__ import annotations

import os

from telelens_schemas.specification.expanding import Expanded, read_expanded

from telelens_daemons.username import username


def read_for_caller(text: str, file: str, *, may_use_network: bool = False) -> Expanded:
    """See ``read_expanded``."""
    return read_expanded(
        text, file, environment=os.environ, username=username(os.environ), may_use_network=may_use_network
    )
