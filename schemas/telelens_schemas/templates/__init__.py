"""Go's ``text/template`` with the functions of sprig: reading with recovery, bounds, maps back to the source.

Knows nothing of what the templates are for. ``parse`` reads any text; ``Template.execute`` expands it for a Context and
gives an Expansion, which knows where each stretch of its text comes from. ``functions`` is what may be called, with
signatures and documentation.
"""

from __future__ import annotations

from telelens_schemas.templates.errors import (
    ExecutionError,
    LimitError,
    Problem,
    TemplateError,
    UnreadableTemplate,
)
from telelens_schemas.templates.functions import NETWORK, Function
from telelens_schemas.templates.library import functions
from telelens_schemas.templates.limits import Limits
from telelens_schemas.templates.source_map import Expansion, Segment
from telelens_schemas.templates.template import Context, Template, parse

__all__ = [
    "NETWORK",
    "Context",
    "ExecutionError",
    "Expansion",
    "Function",
    "LimitError",
    "Limits",
    "Problem",
    "Segment",
    "Template",
    "TemplateError",
    "UnreadableTemplate",
    "functions",
    "parse",
]
