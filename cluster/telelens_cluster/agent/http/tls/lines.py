"""What HAProxy's configuration has more where TLS is ended. Pure.

A connection of TLS goes once around: the frontend gives it to itself through a unix socket that ends the TLS, and what
comes out of there is read as every other. One socket for each thing that may be promised to the caller: HTTP/2 or not,
and whether a certificate of his own is asked for, as the application would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

from telelens_cluster.agent.http.tls.material import Material, Shape

_PROTOCOLS: Final = {"h2": "h2,http/1.1", "h1": "http/1.1"}
_TLS: Final = "_tls"
_MUTUAL: Final = "_mutual"
_LOWER: Final = "_lower"
_EITHER: Final = (True, False)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where all of it stands. What holds a key is there only while HAProxy starts."""

    folder: Path
    sockets: Path

    @property
    def routes(self) -> Path:
        """A map: port → name of the socket that ends its TLS."""
        return self.folder / "tls.map"

    @property
    def certificate(self) -> Path:
        """Key and chain that callers meet."""
        return self.folder / "certificate.pem"

    @property
    def callers(self) -> Path:
        """Authorities of callers' certificates."""
        return self.folder / "callers.pem"

    @property
    def client(self) -> Path:
        """Key and chain that the application meets."""
        return self.folder / "client.pem"

    @property
    def trust(self) -> Path:
        """Authorities of the application's certificate."""
        return self.folder / "trust.pem"

    def ending(self, name: str) -> Path:
        """The socket that ends TLS as ``name``, a route, says."""
        return self.sockets / name

    def contents(self, material: Material) -> dict[Path, bytes]:
        """What each holds; those alone that the configuration speaks of."""
        held = {self.certificate: material.certificate}
        if material.shape.mutual:
            held |= {self.callers: material.callers, self.client: material.client}
        if material.shape.trusts:
            held[self.trust] = material.trust
        return held


def route(*, http2: bool, mutual: bool, lower: bool = False) -> str:
    """The name of a socket; what comes out of a ``lower`` one's has answers without capitals."""
    return f"{'h2' if http2 else 'h1'}{_LOWER if lower else ''}{_MUTUAL if mutual else ''}"


def sockets(shape: Shape) -> frozenset[str]:
    """The names of all that there are."""
    return frozenset(
        route(http2=http2, mutual=kind == _MUTUAL, lower=lower)
        for kind, http2, lower in product(kinds(shape), _EITHER, _EITHER)
    )


def kinds(shape: Shape) -> tuple[str, ...]:
    """How the application is reached within TLS, as backends' names tell it."""
    return (_MUTUAL, _TLS) if shape.mutual else (_TLS,)


def server(kind: str, files: TlsFiles, shape: Shape, protocol: str = "") -> str:
    """Parameters of a server that is reached within TLS, as the caller said whom he wants.

    Without an authority the application's certificate is not verified: the connection goes to the pod's own address
    and never leaves the pod, where nobody else can stand. No session is taken up again: one server stands for
    all ports.
    """
    verify = f"verify required ca-file {files.trust}" if shape.trusts else "verify none"
    presents = f" crt {files.client}" if kind == _MUTUAL else ""
    promised = f" alpn {protocol}" if protocol else ""
    return f" ssl sni ssl_fc_sni no-ssl-reuse {verify}{presents}{promised}"


def binds(files: TlsFiles, shape: Shape, *, lower: bool) -> str:
    """The sockets of one of the two frontends."""
    lines = []
    for kind in kinds(shape):
        asks = f" ca-file {files.callers} verify required" if kind == _MUTUAL else ""
        for short, protocols in _PROTOCOLS.items():
            name = route(http2=short == "h2", mutual=kind == _MUTUAL, lower=lower)
            secure = f"ssl crt {files.certificate} alpn {protocols}{asks}"
            lines.append(f"  bind unix@{files.ending(name)} mode 600 name {name} accept-proxy {secure}\n")
    return "".join(lines)


def conditions(shape: Shape) -> str:
    """What the rules below speak of."""
    mutual = f"  acl is{_MUTUAL} so_name -m end {_MUTUAL}\n" if shape.mutual else ""
    return f"  acl is{_TLS} ssl_fc\n{mutual}  acl routed var(sess.route) -m found\n"


def arrival(files: TlsFiles) -> str:
    """A ClientHello, on a port whose TLS is to be ended."""
    return f"""\
  tcp-request content set-var(sess.route) dst_port,map_str({files.routes}) \
if !is{_TLS} {{ var(txn.begun) -m reg '^\\x16' }}
  tcp-request content unset-var(txn.begun) if routed
  tcp-request content accept if routed
"""


def choices(shape: Shape, dialects: Mapping[str, str]) -> str:
    """Which backend; ``dialects`` are the endings of backends' names and their conditions."""
    lines = ["  use_backend ended_%[var(sess.route)] if routed\n"]
    for kind in kinds(shape):
        lines.append(f"  use_backend foreign{kind} if foreign is{kind}\n")
        for target, condition in (("desk", "matched "), ("application", "")):
            lines += [
                f"  use_backend {target}{kind}{ending} if {condition}{dialect}{' ' if dialect else ''}is{kind}\n"
                for ending, dialect in dialects.items()
            ]
    return "".join(lines)


def ended(files: TlsFiles, shape: Shape) -> Iterator[str]:
    """The way around."""
    for name in sorted(sockets(shape)):
        yield f"backend ended_{name}\n  mode tcp\n  server around unix@{files.ending(name)} send-proxy-v2\n"
