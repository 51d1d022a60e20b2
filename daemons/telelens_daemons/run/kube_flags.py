"""kubectl's connection flags as a specification gives them (``kubeFlags``), in the daemon's words."""

from __future__ import annotations

from collections.abc import Mapping

from telelens_schemas.suggestions import did_you_mean
from telelens_schemas.wire.daemon_pb2 import KubeFlags

from telelens_daemons.errors import UserError

FIELDS = {
    "server": "server",
    "cluster": "cluster",
    "user": "user",
    "token": "token",
    "certificate-authority": "certificate_authority",
    "client-certificate": "client_certificate",
    "client-key": "client_key",
    "tls-server-name": "tls_server_name",
    "as": "as_user",
    "request-timeout": "request_timeout",
}
INSECURE = "insecure-skip-tls-verify"
GROUPS = "as-group"


def add_kube_flags(flags: KubeFlags, given: Mapping[str, str]) -> None:
    """Set what is given. Raises UserError for a flag that kubectl does not have."""
    for name, value in given.items():
        if name in FIELDS:
            setattr(flags, FIELDS[name], value)
        elif name == INSECURE:
            flags.insecure_skip_tls_verify = value.lower() != "false"
        elif name == GROUPS:
            flags.as_groups.extend(value.split(","))
        else:
            raise UserError(
                f'connection.kubeFlags: unknown flag "{name}"',
                hint=did_you_mean(name, [*FIELDS, INSECURE, GROUPS]),
                code="unknown-kube-flag",
            )
