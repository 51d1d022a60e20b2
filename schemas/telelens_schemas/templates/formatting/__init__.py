"""Text of values as Go's ``fmt`` and ``strconv`` make it: default formats, ``printf`` verbs, quoting, floats."""

from __future__ import annotations

from telelens_schemas.templates.formatting.printer import sprint, sprintf, sprintln
from telelens_schemas.templates.formatting.quoting import quote, unquote

__all__ = ["quote", "sprint", "sprintf", "sprintln", "unquote"]
