"""What can go wrong in the traffic manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ManagerError(Exception):
    """Root of the room's errors."""


class ConfigurationError(ManagerError):
    """The process was started with settings that make no sense; the text names the variable."""


class ApiError(ManagerError):
    """The API server answered, but not with what was asked for.

    ``status`` is the HTTP status, ``reason`` the machine-readable word of the Status object (``Conflict``), the
    error's text the server's message.
    """

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message

    @classmethod
    def from_status(cls, http_status: int, status: Mapping[str, Any]) -> ApiError:
        """Read a Status object, as errors and ERROR events of a watch carry it."""
        return cls(
            int(status.get("code") or http_status),
            str(status.get("reason") or ""),
            str(status.get("message") or f"HTTP status {http_status}"),
        )


class ApiUnreachable(ManagerError):
    """The API server did not answer at all."""


class NotAName(ManagerError):
    """What was to become part of a path is no name that a Kubernetes object can have."""


class CertificateUnfit(ManagerError):
    """A session's certificate cannot be used; the text says why."""


class AgentRefused(ManagerError):
    """What connected as an agent could not prove to be one."""
