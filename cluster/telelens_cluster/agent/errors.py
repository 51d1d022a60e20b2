"""The errors of the agent."""

from __future__ import annotations


class AgentError(Exception):
    """The agent cannot work as it was started; the supervisor prints the text and tries again."""


class InjectionError(AgentError):
    """The injection document is missing or not what the injector writes."""


class CertificateError(AgentError):
    """The agent's own certificate could not be made."""


class EnvironmentDenied(AgentError):
    """The environment cannot be handed over; the text says why and goes to the workstation."""
