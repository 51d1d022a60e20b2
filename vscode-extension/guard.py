"""`python guard.py FOLDER PROGRAM ARGUMENT…`: runs the program for as long as who asked for it is there.

Standard input ends with the asker, however that ends. Then the program is ended, and FOLDER goes, which it was filling.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence


def main(folder: str, command: Sequence[str]) -> int:
    """The program's exit status; 1 when a signal ended it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    asker_is_gone = threading.Event()

    def wait_for_end_of_asker() -> None:
        while os.read(0, 1024):
            pass
        asker_is_gone.set()
        process.kill()

    try:
        threading.Thread(target=wait_for_end_of_asker, daemon=True).start()
        status = process.wait()
    finally:
        process.kill()
        process.wait()
    if asker_is_gone.is_set():
        shutil.rmtree(folder, ignore_errors=True)
    return max(status, 0) or int(status < 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
