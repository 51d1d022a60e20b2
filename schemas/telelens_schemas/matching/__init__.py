"""Which HTTP requests an intercept takes: what may stand in its patterns, what they mean to the engine, and when two
intercepts are in each other's way. Pure; command line, manager, agent and editor share it."""

from __future__ import annotations

from telelens_schemas.matching.match import check_match, leaves_nothing, same_place
from telelens_schemas.matching.parser import PatternError, check_pattern, quote

__all__ = ["PatternError", "check_match", "check_pattern", "leaves_nothing", "quote", "same_place"]
