"""gRPC's asyncio half is loaded by whoever uses it, and by nobody else."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """\
import sys
from telelens_daemons.cli.lazy_grpc import defer_grpc_aio
defer_grpc_aio()
import grpc
assert "grpc.aio._channel" not in sys.modules
assert grpc.aio.insecure_channel
assert "grpc.aio._channel" in sys.modules
"""


def test_it_is_loaded_when_it_is_used() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
