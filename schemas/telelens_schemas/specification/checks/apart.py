"""How two intercepts are kept from taking the same traffic: the later one rests, or each takes its own requests."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from telelens_schemas.names import PERSONAL_HEADER
from telelens_schemas.specification.entries import entry_edits, entry_fix
from telelens_schemas.specification.filters import AUTO, in_the_way
from telelens_schemas.specification.models import Intercept
from telelens_schemas.specification.parts import NamedFix

_MOST_TOGETHER = 4
"""Nobody means to have more of them."""
_OF_LISTS = f"[{{name: {PERSONAL_HEADER}, value: {AUTO}}}]"
_OF_MAPPINGS = f"{{{PERSONAL_HEADER}: {AUTO}}}"


def ways_apart(later: Intercept, every: Sequence[Intercept], *, has_lists: bool) -> tuple[NamedFix, ...]:
    """Of one that takes what another one of ``every`` at its port takes. Older versions have mappings for lists."""
    others = [one for one in every if one is not later]
    if any(one.source.node is later.source.node for one in others):
        return ()  # what is written once cannot become two things
    disabled = entry_fix("Disable this intercept", later.source.node, "enabled", "false")
    together = [later, *islice(in_the_way(later, others), _MOST_TOGETHER)]
    return (*disabled, *_personal(together, _OF_LISTS if has_lists else _OF_MAPPINGS))


def _personal(intercepts: Sequence[Intercept], headers: str) -> tuple[NamedFix, ...]:
    if len(intercepts) > _MOST_TOGETHER or not all(_may_be_personal(one) for one in intercepts):
        return ()
    every = [entry_edits(one.source.node, "headers", headers) for one in intercepts]
    if not all(every):
        return ()
    who = {1: "it", 2: "both"}.get(len(every), f"all {len(every)}")
    return ((f"Make {who} personal (headers: {AUTO})", tuple(edit for edits in every for edit in edits)),)


def _may_be_personal(intercept: Intercept) -> bool:
    return "headers" not in intercept.source.places and not intercept.is_global
