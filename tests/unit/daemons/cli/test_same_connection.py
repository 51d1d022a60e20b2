"""Flags that say which cluster, at commands that use the connection there is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from telelens_daemons.cli.daemon_client import DaemonClient
from telelens_daemons.cli.options import GlobalOptions, KubectlFlags
from telelens_daemons.cli.same_connection import check_same_connection
from telelens_daemons.errors import UserError
from telelens_schemas.wire.daemon_pb2 import ConnectionInfo, StatusReply

PROD = ConnectionInfo(session_uid="uid", context="prod", server="https://prod:6443")


@pytest.fixture
def kubeconfig(tmp_path: Path) -> str:
    names = ("prod", "staging")
    document = {
        "current-context": "staging",
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}:6443"}} for name in names],
        "users": [{"name": "ada", "user": {"token": "secret"}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "ada"}} for name in names],
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(document))
    return str(tmp_path / "kubeconfig")


def check(connection: ConnectionInfo | None, **flags: Any) -> None:
    reply = StatusReply(connection=connection)
    client = cast(DaemonClient, SimpleNamespace(stub=SimpleNamespace(Status=lambda _: reply)))
    check_same_connection(client, GlobalOptions(kubectl=KubectlFlags(**flags)))


def test_another_cluster_is_refused(kubeconfig: str) -> None:
    with pytest.raises(UserError, match=r"context prod, not staging; server https://prod:6443, not https://staging"):
        check(PROD, kubeconfig=kubeconfig, context="staging")


def test_the_same_one_no_flag_and_no_connection_are_not(kubeconfig: str) -> None:
    check(PROD, kubeconfig=kubeconfig, context="prod")
    check(PROD)
    check(None, kubeconfig=kubeconfig, context="staging")
