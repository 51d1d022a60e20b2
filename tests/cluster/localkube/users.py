"""Kubeconfigs: the administrator's, the components' own, and those of ordinary users."""

import base64
from collections.abc import Sequence
from pathlib import Path

from localkube.certificates import Authority, KeyPair, write_key
from localkube.cluster import Cluster
from localkube.templating import fill


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def write_kubeconfig(
    file: Path,
    *,
    cluster: str,
    server: str,
    user: str,
    authority: Authority,
    pair: KeyPair,
    tls_server_name: str | None = None,
) -> None:
    """Write a kubeconfig with everything inside, readable by its owner only."""
    text = fill(
        "kubeconfig.yaml",
        {
            "name": cluster,
            "context": cluster,
            "server": server,
            "user": user,
            "tls_server_name": f"\n    tls-server-name: {tls_server_name}" if tls_server_name else "",
            "authority": _text(authority.pair.certificate),
            "certificate": _text(pair.certificate),
            "key": _text(pair.key),
        },
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    write_key(file, text.encode())


def user(
    cluster: Cluster,
    name: str,
    *,
    out: Path,
    groups: Sequence[str] = (),
    server: str | None = None,
    tls_server_name: str | None = None,
) -> Path:
    """Write a kubeconfig for an ordinary user, known by a certificate of the cluster's authority.

    The user has no right but what a (Cluster)RoleBinding for `name` or one of `groups` gives.
    `server` puts another address in, such as a relay's, for which `tls_server_name` is then needed.
    """
    authority = Authority.read(cluster.state_folder / "certificates")
    write_kubeconfig(
        out,
        cluster=cluster.name,
        server=server or cluster.api_url,
        user=name,
        authority=authority,
        pair=authority.client(name, groups),
        tls_server_name=tls_server_name,
    )
    return out
