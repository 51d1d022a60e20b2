"""The last configuration, kept in the pod's memory: an agent that was restarted goes on though the manager is away."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from google.protobuf.message import DecodeError
from telelens_schemas.wire.tunnel_pb2 import AgentConfiguration

_FILE: Final = "configuration.pb"


def remember(directory: Path, message: AgentConfiguration) -> None:
    """Keep ``message``. Raises OSError."""
    new = directory / f"{_FILE}.new"
    new.write_bytes(message.SerializeToString())
    new.chmod(0o600)
    os.replace(new, directory / _FILE)


def recall(directory: Path) -> AgentConfiguration | None:
    """What was kept; None when nothing, or nothing readable, was."""
    try:
        return AgentConfiguration.FromString((directory / _FILE).read_bytes())
    except (OSError, DecodeError):
        return None
