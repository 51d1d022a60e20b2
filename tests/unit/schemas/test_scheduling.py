"""Who hands bytes on waits for its turn, and nobody else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the policy")

PROGRAM = """\
import os
from telelens_schemas.scheduling import as_usual, in_batches

in_batches()
print(os.sched_getscheduler(0))
child = os.fork()
if not child:
    os.read(int(os.environ["HELD"]), 1)
    os._exit(0)
print(os.sched_getscheduler(child))
as_usual(child)
print(os.sched_getscheduler(child), os.sched_getscheduler(0), flush=True)
as_usual(2**22 + 1)
"""


def test_a_process_waits_for_its_turn_and_what_it_starts_can_be_had_out_of_it() -> None:
    held, end = os.pipe()
    environment = {**os.environ, "HELD": str(held)}
    command = [sys.executable, "-c", PROGRAM]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, pass_fds=[held], env=environment)
    try:
        said = b"".join(program.stdout.readline() for _ in range(3)) if program.stdout else b""
        assert [int(word) for word in said.split()] == [os.SCHED_BATCH, os.SCHED_BATCH, os.SCHED_OTHER, os.SCHED_BATCH]
    finally:
        os.close(end)
        os.close(held)
        program.communicate(timeout=10)
    assert program.returncode == 0, "nobody is there: nothing happens"
