"""Flags that say which cluster, at commands that use the connection there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telelens_daemons.cli.options import GlobalOptions, KubectlFlags

if TYPE_CHECKING:
    from telelens_daemons.cli.daemon_client import DaemonClient


def check_same_connection(client: DaemonClient, options: GlobalOptions) -> None:
    """Raises UserError where they name another cluster than that of the connection: it would be done there."""
    if options.kubectl == KubectlFlags():
        return
    from telelens_schemas.wire.daemon_pb2 import StatusRequest

    from telelens_daemons.connection.access import access_of, connected_differently, unequal

    there = client.stub.Status(StatusRequest()).connection
    if not there.session_uid:
        return  # the command says so itself
    wanted = access_of(options.connect)
    pairs = [("context", there.context, wanted.context), ("server", there.server, wanted.server)]
    if found := unequal(pairs):
        raise connected_differently(found)
