"""Shell completion of names: contexts from the kubeconfig, the rest from a daemon that runs anyway."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telelens_daemons.cli.daemon_client import DaemonClient


def complete_context(incomplete: str) -> list[str]:
    """Contexts of the kubeconfig."""
    from telelens_daemons.errors import UserError
    from telelens_daemons.kube.kubeconfig import Kubeconfig, config_paths

    try:
        return _beginning(Kubeconfig.load(config_paths("", os.environ)).contexts, incomplete)
    except UserError:
        return []


def complete_namespace(incomplete: str) -> list[str]:
    """Namespaces that the kubeconfig's contexts name; the cluster is not asked."""
    from telelens_daemons.errors import UserError
    from telelens_daemons.kube.kubeconfig import Kubeconfig, config_paths

    try:
        contexts = Kubeconfig.load(config_paths("", os.environ)).contexts.values()
    except UserError:
        return []
    return _beginning({str(context.get("namespace") or "default") for context in contexts}, incomplete)


def complete_workload(incomplete: str) -> list[str]:
    """Workloads of the connection's namespace."""
    from telelens_schemas.wire.daemon_pb2 import ListRequest

    try:
        client = _running()
        if client is None:
            return []
        with client, client.errors():
            workloads = client.stub.List(ListRequest(), timeout=2).workloads
    except Exception:
        return []  # A completion has nobody to tell.
    return _beginning((workload.name for workload in workloads), incomplete)


def complete_intercept(incomplete: str) -> list[str]:
    """This workstation's intercepts."""
    from telelens_schemas.wire.daemon_pb2 import StatusRequest

    try:
        client = _running()
        if client is None:
            return []
        with client, client.errors():
            intercepts = client.stub.Status(StatusRequest(), timeout=2).intercepts
    except Exception:
        return []  # As above.
    return _beginning((intercept.name for intercept in intercepts), incomplete)


def _running() -> DaemonClient | None:
    from telelens_daemons.cli.starting import is_running
    from telelens_daemons.places import Places

    if not is_running(Places.of(os.environ)):
        return None
    from telelens_daemons.cli.daemon_client import DaemonClient

    return DaemonClient.open(start=False)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))
