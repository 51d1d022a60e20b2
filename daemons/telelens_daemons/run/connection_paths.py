"""The files that a specification's connection names, as seen from a folder."""

from __future__ import annotations

from dataclasses import replace

from telelens_schemas.specification import Connection

from telelens_daemons.absolute_paths import absolute, absolute_list

FILE_FLAGS = frozenset({"certificate-authority", "client-certificate", "client-key"})
"""Flags of kubectl whose value is a file."""


def seen_from(folder: str, connection: Connection) -> Connection:
    """With absolute paths; a kubeconfig may be a list, as KUBECONFIG."""
    given = connection.kube_flags.items()
    flags = {name: absolute(value, folder) if name in FILE_FLAGS else value for name, value in given}
    return replace(connection, kubeconfig=absolute_list(connection.kubeconfig or "", folder) or None, kube_flags=flags)
