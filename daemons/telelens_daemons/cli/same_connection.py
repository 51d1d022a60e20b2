"""Flags that say which cluster, at commands that use the connection there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telelens_daemons.cli.options import GlobalOptions, KubectlFlags
from telelens_daemons.errors import UserError

if TYPE_CHECKING:
    from telelens_daemons.cli.daemon_client import DaemonClient


def check_same_connection(client: DaemonClient, options: GlobalOptions) -> None:
    """Raises UserError where they name another cluster than that of the connection: it would be done there."""
    if options.kubectl == KubectlFlags():
        return
    from telelens_schemas.wire.daemon_pb2 import StatusRequest

    from telelens_daemons.connection.access import access_of

    there = client.stub.Status(StatusRequest()).connection
    if not there.session_uid:
        return  # the command says so itself
    wanted = access_of(options.connect)
    pairs = [("context", there.context, wanted.context), ("server", there.server, wanted.server)]
    if found := [f"{what} {old or '(none)'}, not {new or '(none)'}" for what, old, new in pairs if old != new]:
        raise UserError(
            f"already connected, but differently: {'; '.join(found)}",
            hint="run: telelens quit; then connect again",
            code="already-connected",
        )
