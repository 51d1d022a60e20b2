"""Filters that say nothing, and those that contradict ``global``."""

from __future__ import annotations

from telelens_schemas.specification.checks.twice import check_headers
from telelens_schemas.specification.checks.where import trail_of
from telelens_schemas.specification.edits import removal_of
from telelens_schemas.specification.language.intercept import FILTER_KEYS
from telelens_schemas.specification.models import Intercept
from telelens_schemas.specification.nodes import is_empty
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.reader import Reader
from telelens_schemas.specification.source import Place


def check_filters(intercept: Intercept, reader: Reader) -> None:
    """Of one intercept, also of one that is switched off."""
    _check_global(intercept, reader)
    if not FILTER_KEYS.isdisjoint(intercept.source.places):
        # Imported where there are filters: an editor waits for its server to start, and most files have none.
        from telelens_schemas.specification.filters import check_patterns

        check_patterns(intercept, reader)
        check_headers(intercept, reader)


def _check_global(intercept: Intercept, reader: Reader) -> None:
    places = intercept.source.places
    filters = [name for name in places if name in FILTER_KEYS]
    if not intercept.is_global:
        for name in filters:
            if is_empty(places[name].value_node):
                _add_empty(intercept, name, reader)
    everything = places.get("global")
    if everything is None:
        return
    if intercept.is_global:
        for name in filters:
            _add_contradiction(intercept, name, everything, reader)
    elif intercept.is_global is False and not filters:
        reader.add(
            Code.MISSING_KEY,
            "global: false needs headers or a path: without them an intercept takes everything",
            everything.key,
            trail_of(intercept.source).to(".global"),
            choices=removal_of(everything),
        )


def _add_empty(intercept: Intercept, name: str, reader: Reader) -> None:
    place = intercept.source.places[name]
    reader.add(
        Code.BAD_VALUE,
        f"{name} is empty, which filters nothing: say which requests, or leave the key out",
        place.key,
        trail_of(intercept.source).to(f".{name}"),
        choices=removal_of(place),
    )


def _add_contradiction(intercept: Intercept, name: str, everything: Place, reader: Reader) -> None:
    place = intercept.source.places[name]
    reader.add(
        Code.GLOBAL_WITH_FILTERS,
        f'"{name}" (line {place.key.line}) and "global" (line {everything.key.line}) exclude each other:'
        " a global intercept takes everything",
        place.key,
        trail_of(intercept.source).to(f".{name}"),
        related=((everything.key, '"global"'),),
        choices=(*removal_of(everything), *removal_of(place)),
    )
