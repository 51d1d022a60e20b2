"""Intercepts that would take each other's traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from telelens_schemas.specification.checks.unread import has_unread_keys
from telelens_schemas.specification.checks.where import first_line, trail_of
from telelens_schemas.specification.models import Intercept, Specification
from telelens_schemas.specification.nodes import Items
from telelens_schemas.specification.parts import NamedFix
from telelens_schemas.specification.problems import Code, Severity
from telelens_schemas.specification.reader import Reader
from telelens_schemas.specification.source import Range

if TYPE_CHECKING:
    from telelens_schemas.specification.filters import Clash


_FILTERS = ("pathPrefix", "pathEqual", "pathRegexp", "headers")


def check_traffic(specification: Specification, reader: Reader) -> None:
    """Of one port each filter may be taken once, and none may be a part of another."""
    together: dict[tuple[str | None, str | None, str], list[Intercept]] = {}
    for workload, intercept in specification.enabled:
        if workload.name and not is_not_judged(intercept):
            namespace = specification.namespace_of(workload)
            together.setdefault((workload.connection, namespace, workload.name), []).append(intercept)
    workloads = specification.source.places.get("workloads")
    has_lists = workloads is not None and isinstance(workloads.value_node, Items)
    for (_, _, name), every in together.items():
        for port, intercepts in _at_one_port(every) if len(every) > 1 else ():
            # Imported where it is needed: an editor waits for its server to start.
            from telelens_schemas.specification.checks.apart import ways_apart
            from telelens_schemas.specification.filters import clashes

            where = f'port "{port}"' if port is not None else "the only port"
            for clash in clashes(intercepts):
                if clash.hides:
                    _add_hidden(clash, reader)
                    continue
                fixes = ways_apart(clash.later, intercepts, has_lists=has_lists)
                _add(clash, f'{where} of "{name}"', fixes, reader)


def _at_one_port(every: list[Intercept]) -> Iterator[tuple[str | None, list[Intercept]]]:
    for _, same in _by(every, lambda one: one.service):
        yield from _by(same, lambda one: one.port)


def _by(
    intercepts: list[Intercept], key: Callable[[Intercept], str | None]
) -> Iterator[tuple[str | None, list[Intercept]]]:
    """Those of each service, or port, that several take. Who names none means the only one: the one that another
    names, unless others name several."""
    named = {key(one) for one in intercepts} - {None}
    only = named.pop() if len(named) == 1 else None
    found: dict[str | None, list[Intercept]] = {}
    for one in intercepts:
        own = key(one)
        if own is not None or not has_unread_keys(one.source):
            found.setdefault(own if own is not None else only, []).append(one)
    return ((name, same) for name, same in found.items() if len(same) > 1)


def is_not_judged(intercept: Intercept) -> bool:
    """What could not be read may be anything."""
    written = intercept.source.places
    fields = {
        "port": intercept.port,
        "service": intercept.service,
        "headers": intercept.headers or None,
        "pathPrefix": intercept.path_prefix,
        "pathEqual": intercept.path_equal,
        "pathRegexp": intercept.path_regexp,
    }
    return any(key in written and value is None for key, value in fields.items())


def _add(clash: Clash, port: str, fixes: tuple[NamedFix, ...], reader: Reader) -> None:
    from telelens_schemas.specification.filters import takes_everything

    later, other = clash.later, _head_of(clash.first)
    what = port if takes_everything(clash.first) else f"these requests to {port}"
    reader.add(
        Code.SAME_TRAFFIC,
        f"the intercept in line {other.line} takes {what} already",
        first_line(later.source.value_range("port" if later.port is not None else "name")),
        trail_of(later.source),
        related=((other, "the other one"),),
        choices=fixes,
    )


def _add_hidden(clash: Clash, reader: Reader) -> None:
    later, other = clash.later, _head_of(clash.first)
    reader.add(
        Code.SAME_TRAFFIC,
        f"no request is left for this intercept: the one in line {other.line} comes first and takes them all;"
        " put this one above it",
        first_line(later.source.value_range(next(key for key in _FILTERS if key in later.source.places))),
        trail_of(later.source),
        severity=Severity.WARNING,
        related=((other, "the other one"),),
    )


def _head_of(intercept: Intercept) -> Range:
    return first_line(intercept.source.range)
