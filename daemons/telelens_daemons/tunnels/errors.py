"""What may go wrong with a tunnel after its carrier was there."""

from __future__ import annotations

from telelens_daemons.errors import UserError


class TunnelError(UserError):
    """The agent could not be spoken to. The keeper of the tunnel tries again; others only ever see its text."""

    code = "tunnel"


class StrangerError(TunnelError):
    """Who answered is not the agent that was meant, or no agent."""
