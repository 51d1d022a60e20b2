"""kubectl's connection flags. Imports nothing: every command of the command line has them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KubeFlags:
    """kubectl's connection flags; each one that is given wins over the files."""

    server: str = ""
    cluster: str = ""
    user: str = ""
    token: str = ""
    certificate_authority: str = ""
    client_certificate: str = ""
    client_key: str = ""
    tls_server_name: str = ""
    insecure_skip_tls_verify: bool = False
    as_user: str = ""
    as_groups: tuple[str, ...] = ()
    request_timeout: str = ""
