"""What is asked, what is answered, and the error in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol as TypingProtocol

from telelens_schemas.errors import SchemasError
from telelens_schemas.resources.intercept import Protocol, ResolvedPort

CONTAINER_PORT = "container:"
"""Before a container port's name or number: the service's port that leads there is meant, whatever it is called.

No port's name has a colon."""


class TargetError(SchemasError):
    """What was asked for is not in the cluster, or is not clear; the hint says what is there."""


class NoSuchPort(TargetError):
    """A service lacks the port; of several services another may have it."""


class PortWanted(TypingProtocol):
    """One port as the user names it: ``InterceptPort`` is one."""

    @property
    def service_port(self) -> str | None:
        """Name or number of the service's port, or of a container port after ``container:``; ``None``: the only one."""

    @property
    def protocol(self) -> Protocol:
        """Transport protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an intercept takes. ``service`` is ``None`` where the container's own ports are taken."""

    service: str | None
    container: str
    ports: tuple[ResolvedPort, ...]
    headless: bool = False
