"""Why the demo cannot show what it should."""

from __future__ import annotations

from telelens_daemons.errors import UserError


class DemoError(UserError):
    """A step did not show what it must, or could not be made."""

    code = "demo"
