"""How one map goes into another, with the rules of Go's mergo.

What is empty (0, "", false, nil, an empty list or map) counts as missing in the target. With ``overwrite`` the
source's entries come first, whatever they are; maps are merged in depth either way.
"""

from __future__ import annotations

from telelens_schemas.templates.functions import Calling, FunctionError
from telelens_schemas.templates.sprig.casts import is_empty
from telelens_schemas.templates.sprig.equality import check_depth
from telelens_schemas.templates.values import ANY, Value, element_type, kind_of, type_of


def merge_into(
    calling: Calling, target: dict[str, Value], source: dict[str, Value], *, overwrite: bool, depth: int = 0
) -> None:
    """Changes the target. Maps of the source that the target lacks are shared afterwards, not copied."""
    check_depth(depth)
    if target is source:
        return
    calling.budget.items(len(source))
    calling.budget.step()
    for key, value in list(source.items()):
        if value is None:
            if overwrite:
                target[key] = value
            continue
        old = target.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            merge_into(calling, old, value, overwrite=overwrite, depth=depth + 1)
            if not is_empty(old):
                continue
        if kind_of(value) == "slice" and not is_empty(old) and not overwrite:
            continue
        if overwrite or key not in target or is_empty(old):
            _check_assignable(element_type(type_of(source)), element_type(type_of(target)))
            target[key] = value


def _check_assignable(given: str, wanted: str) -> None:
    if wanted not in (given, ANY):
        raise FunctionError(f"reflect.Value.SetMapIndex: value of type {given} is not assignable to type {wanted}")
