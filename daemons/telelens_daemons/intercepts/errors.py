"""Why an intercept is not made, by the phase in which it ended."""

from __future__ import annotations

import textwrap

from telelens_schemas.resources import Intercept, Phase

from telelens_daemons.errors import UserError

CODES = {
    Phase.NO_AGENT: "no-agent",
    Phase.AGENT_ERROR: "agent-error",
    Phase.CONFLICT: "conflict",
    Phase.ERROR: "intercept-error",
}


LONGEST = 300
"""Characters of the manager's message in the one line for people: admission controllers can be wordy."""


class InterceptFailedError(UserError):
    """The manager could not make the intercept active; its words are passed on."""

    def __init__(self, intercept: Intercept) -> None:
        status, workload = intercept.status, intercept.spec.workload
        super().__init__(
            f"{workload.kind} {workload.name} is not intercepted: {_short(status.message) or status.phase.value}",
            hint=status.hint,
            code=CODES.get(status.phase, "intercept-error"),
            detail=f"phase {status.phase.value}: {status.message}",
        )


def _short(message: str) -> str:
    return textwrap.shorten(message, LONGEST, placeholder=" …")
