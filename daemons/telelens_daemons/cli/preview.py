"""The options of ``intercept`` for a URL that others may open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telelens_daemons.cli.filters import not_empty
from telelens_daemons.errors import UserError

if TYPE_CHECKING:
    from telelens_schemas.wire.daemon_pb2 import InterceptRequest

_WORDS = {"true": True, "false": False}


def add_preview(
    request: InterceptRequest,
    wanted: str,
    *,
    host: str | None,
    port: int | None,
    tls: bool,
    l5host: str | None,
) -> None:
    """Write it into ``request``. Options of an ingress ask for a URL, too. Raises UserError (usage)."""
    from telelens_schemas.wire.daemon_pb2 import Preview, PreviewIngress

    not_empty("--ingress-host", host)
    not_empty("--ingress-l5", l5host)
    given = [
        flag
        for flag, value in (
            ("--ingress-host", host),
            ("--ingress-port", port),
            ("--ingress-tls", tls),
            ("--ingress-l5", l5host),
        )
        if value
    ]
    if wanted and wanted not in _WORDS:
        raise UserError(f"--preview-url={wanted} is neither true nor false", code="usage")
    if not _WORDS.get(wanted, bool(given)):
        if given:
            raise UserError(
                f"{given[0]} is for a preview URL, and --preview-url=false wants none",
                hint="leave one of them out",
                code="usage",
            )
        return
    if given and not (host and port):
        absent = "--ingress-port" if host else "--ingress-host"
        raise UserError(f"{absent} is missing: {given[0]} is given", hint="say where requests enter", code="usage")
    ingress = PreviewIngress(host=host, port=port, tls=tls, l5host=l5host or "") if given else None
    request.preview.CopyFrom(Preview(ingress=ingress))
