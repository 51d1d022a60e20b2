"""The published schema refuses what the reader refuses, and takes what it takes: of every place of the whole language,
with every kind of value there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft202012Validator
from telelens_schemas.specification import Code, read_specification
from telelens_schemas.specification.published import json_schema

from tests.unit.schemas.specification.whole import OLDEST, WHOLE, as_crd

Path = tuple[str | int, ...]

ABSENT: Final = object()
TEMPLATE: Final = "{{ .x }}"
SCALARS: Final = (1, 0, 70000, -1, 1.5, True, None, "", " ", "0", "70000", "a", "x y", "/", "Ä", TEMPLATE)
VALUES: Final = (*SCALARS, [], {}, ["a"], {"a": "b"}, ABSENT)
OF_ONE_PLACE: Final = frozenset(
    {
        Code.NO_SPECIFICATION,
        Code.UNKNOWN_VERSION,
        Code.UNKNOWN_KEY,
        Code.MISSING_KEY,
        Code.WRONG_TYPE,
        Code.BAD_VALUE,
        Code.EXCLUSIVE_KEYS,
        Code.TEMPLATED_REFERENCE,
        Code.GLOBAL_WITH_FILTERS,
        Code.DEBUG_WITHOUT_SCRIPT,
    }
)
"""The others tell of names that belong together."""
OF_A_FILE: Final = {("workloads.intercepts.pathRegexp", value) for value in ("0", "70000", "a", "x y")}
"""Whether a pattern can match what begins with a slash, no pattern says: refused by the reader alone."""
OF_AN_OBJECT: Final = {("spec", TEMPLATE)}
"""That there is no specification yet, only the reader says: a template may write one."""
METADATA: Final = "{name: a, namespace: b, labels: {c: d}, annotations: {e: f}, uid: g}"


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def named(path: Path) -> str:
    """Of all items of a list alike."""
    return ".".join(step for step in path if isinstance(step, str))


def each_once(whole: Any) -> list[Path]:
    """Of what all items of a list have, the first."""
    found: dict[tuple[str, bool], Path] = {}
    for path in places(whole):
        found.setdefault((named(path), isinstance(path[-1], int)), path)
    return list(found.values())


def changed(whole: Any, path: Path, value: object) -> Any:
    """Of lists on the way only the one item: little is read fast."""
    step, rest = path[0], path[1:]
    below = changed(whole[step], rest, value) if rest else value
    if isinstance(whole, list):
        return [below] if below is not ABSENT else []
    others = {key: inner for key, inner in whole.items() if key != step}
    return {**others, step: below} if below is not ABSENT else others


def disagreements(changes: Iterator[tuple[Path, object, Any]]) -> set[tuple[str, object]]:
    validator = Draft202012Validator(json_schema())
    found = set()
    for path, value, whole in changes:
        problems = read_specification(json.dumps(whole, ensure_ascii=False), "f").errors
        is_refused = any(one.code in OF_ONE_PLACE for one in problems)
        if is_refused == validator.is_valid(whole):
            found.add((named(path), value if value is None or isinstance(value, str | float) else repr(value)))
    return found


def test_in_a_file() -> None:
    whole = yaml.safe_load(WHOLE)
    changes = (
        (path, value, changed({path[0]: whole[path[0]]}, path, value)) for path in each_once(whole) for value in VALUES
    )
    assert disagreements(changes) == OF_A_FILE


@pytest.mark.parametrize("text", [OLDEST, as_crd("workloads: []\n", metadata=METADATA)], ids=["v1alpha1", "v1alpha4"])
def test_in_an_object(text: str) -> None:
    whole = yaml.safe_load(text)
    changes = ((path, value, changed(whole, path, value)) for path in each_once(whole) for value in VALUES)
    assert disagreements(changes) == OF_AN_OBJECT
