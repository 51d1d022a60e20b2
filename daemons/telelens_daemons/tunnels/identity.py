"""Who this workstation is in a tunnel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from telelens_schemas.wire.hello import make_hello
from telelens_schemas.wire.tls import TlsChannel, pinned_context
from telelens_schemas.wire.tunnel_pb2 import Hello


@dataclass(frozen=True, slots=True)
class TunnelIdentity:
    """The session, its certificate and its key."""

    session_uid: str
    certificate: Path
    key: Path
    version: str

    def hello(self, lane: int) -> Hello:
        """What is said first on a lane."""
        hello = make_hello(self.version)
        hello.workstation.session_uid = self.session_uid
        hello.workstation.lane = lane
        return hello

    def tls(self, pin: bytes) -> TlsChannel:
        """A TLS connection to whoever shows the pinned certificate (DER); the agent learns by SNI who comes."""
        context = pinned_context(server_side=False, certificate=self.certificate, key=self.key, pins=[pin])
        return TlsChannel(context, server_side=False, server_hostname=self.session_uid)
