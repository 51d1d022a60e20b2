"""``Session``: one workstation, as the cluster knows it. Lives in the manager's namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from telelens_schemas.names import GROUP_VERSION, SESSION_KIND
from telelens_schemas.resources import codec
from telelens_schemas.resources.fields import CERTIFICATE_LENGTH, NAME_LENGTH, About
from telelens_schemas.resources.metadata import Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSpec:
    """Who works where, and the certificate that proves it. Immutable."""

    owner: Annotated[str, About("User name as the API server sees it.", min_length=1, max_length=NAME_LENGTH * 4)]
    host: Annotated[str, About("Name of the workstation, for people.", max_length=NAME_LENGTH)]
    certificate: Annotated[
        str,
        About(
            "Self-signed certificate (PEM, P-256, CA:FALSE) that the session shows in every tunnel.",
            min_length=1,
            max_length=CERTIFICATE_LENGTH,
        ),
    ]
    version: Annotated[str, About("Version of the client.", max_length=64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStatus:
    """The heartbeat is the client's; the rest is written once by the manager when it first sees the session."""

    heartbeat: Annotated[
        str | None, About("When the workstation was last alive, by its own clock.", format="date-time")
    ] = None
    manager_version: Annotated[str | None, About("Version of the traffic manager.", max_length=64)] = None
    agent_image: Annotated[str | None, About("Image of the traffic agents.", max_length=1024)] = None
    accepted: Annotated[bool, About("The traffic manager has seen the session, and serves it.")] = False
    message: Annotated[str | None, About("Why the traffic manager does not serve the session.", max_length=1024)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One ``Session`` object."""

    metadata: Metadata
    spec: SessionSpec
    status: SessionStatus = field(default_factory=SessionStatus)

    @classmethod
    def from_object(cls, document: Mapping[str, Any]) -> Session:
        """Reads the API server's form; raises ``ResourceError`` naming the field."""
        return codec.read(cls, document, SESSION_KIND)

    def to_object(self) -> dict[str, Any]:
        """The API server's form."""
        return {"apiVersion": GROUP_VERSION, "kind": SESSION_KIND, **codec.write(self)}
