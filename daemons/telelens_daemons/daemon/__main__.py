"""The user daemon's program: ``python -m telelens_daemons.daemon [--ready-fd N] [--lifeline-fd N]``.

Started by the command line when it is needed. On the one pipe "ready" is written once calls are answered; the end of
the other one, where it is given, ends the daemon.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys

from telelens_daemons.daemon.lock import LockedError, locked
from telelens_daemons.places import Places

OLD_DAEMON_SECONDS = 15
"""A daemon that is just stopping still holds the lock for a moment."""


def main() -> None:
    """Run the daemon."""
    parser = argparse.ArgumentParser(prog="telelens-daemon")
    parser.add_argument("--ready-fd", type=int, default=-1)
    parser.add_argument("--lifeline-fd", type=int)
    arguments = parser.parse_args()
    os.umask(0o077)
    places = Places.of(os.environ)
    places.make()
    try:
        with locked(places.daemon_lock, seconds=OLD_DAEMON_SECONDS):
            run(places, arguments.ready_fd, arguments.lifeline_fd)
    except LockedError:
        sys.exit(os.EX_TEMPFAIL)


def run(places: Places, ready_fd: int, lifeline_fd: int | None) -> None:
    """Serve, with the lock held."""
    # gRPC would complain in the log about every process that the daemon starts; none of them uses gRPC after fork.
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
    import uvloop
    from telelens_schemas.scheduling import in_batches

    from telelens_daemons.daemon.log import log_to
    from telelens_daemons.daemon.origin import Origin
    from telelens_daemons.daemon.server import BindError, serve

    log_to(places.log)
    in_batches()
    Origin.own().write(places)

    def ready() -> None:
        if ready_fd >= 0:
            os.write(ready_fd, b"ready\n")
            os.close(ready_fd)

    try:
        uvloop.run(serve(places, ready=ready, lifeline=lifeline_fd))
    except BindError:
        logging.getLogger(__name__).exception("no socket can be made at %s", places.socket)
        sys.exit(os.EX_CANTCREAT)
    except Exception:
        logging.getLogger(__name__).exception("the daemon failed")
        raise


if __name__ == "__main__":
    main()
