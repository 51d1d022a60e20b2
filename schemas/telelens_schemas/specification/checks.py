"""What one key alone does not show: names that clash or lead nowhere, traffic that two would take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from telelens_schemas.specification.language import FILTER_KEYS
from telelens_schemas.specification.models import Handler, Intercept, Specification, Workload
from telelens_schemas.specification.nodes import Items, Kind, Scalar
from telelens_schemas.specification.parts import Trail
from telelens_schemas.specification.problems import Code, Severity
from telelens_schemas.specification.reader import Reader
from telelens_schemas.specification.source import Placed, Range, Source
from telelens_schemas.suggestions import closest, did_you_mean

_MOST_CANDIDATES = 300
"""Among more names the search for a similar one would take longer than an edit may."""


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    source: Source
    key: str = "name"

    @property
    def range(self) -> Range:
        return self.source.value_range(self.key)

    @property
    def trail(self) -> Trail:
        return trail_of(self.source).to(f".{self.key}")


_Enabled = Sequence[tuple[Workload, Intercept]]


def check(specification: Specification, reader: Reader, *, is_whole: bool) -> None:
    """Adds the problems of a specification that has been read. Where it is not ``is_whole``, a part of it is broken
    YAML, and what is missing may be there."""
    enabled = list(_enabled(specification))
    _check_names(specification, enabled, reader)
    _check_handlers(specification, reader, is_whole=is_whole)
    has_connections = "connections" in specification.source.places
    for workload in specification.workloads:
        if not has_connections:
            _check_prefix(workload, reader)
        for intercept in workload.intercepts:
            _check_filters(intercept, reader)
            if not FILTER_KEYS.isdisjoint(intercept.source.places):
                _check_patterns(intercept, reader)
    _check_traffic(specification, enabled, reader)
    _check_local_ports(specification, enabled, reader)
    if is_whole and not enabled:
        reader.add(
            Code.NOTHING_TO_INTERCEPT,
            "nothing is intercepted: no workload has an intercept that is enabled",
            _head(specification),
            trail_of(specification.source),
            severity=Severity.WARNING,
        )


def _enabled(specification: Specification) -> Iterator[tuple[Workload, Intercept]]:
    for workload in specification.workloads:
        for intercept in workload.intercepts:
            if intercept.enabled:
                yield workload, intercept


def _check_names(specification: Specification, enabled: _Enabled, reader: Reader) -> None:
    _distinct("handler", [_Named(one.name, one.source) for one in specification.handlers], reader)
    for handler in specification.handlers:
        _distinct("environment variable", [_Named(one.name, one.source) for one in handler.environment], reader)
    intercepts = [
        _Named(workload.name if "name" not in intercept.source.places else intercept.name, intercept.source)
        for workload, intercept in enabled
    ]
    _distinct("intercept", intercepts, reader)


def _distinct(what: str, named: Iterable[_Named], reader: Reader) -> None:
    first: dict[str, _Named] = {}
    hint = ': give it a "name"' if what == "intercept" else ""
    for one in named:
        before = first.setdefault(one.name, one)
        if one.name and before is not one:
            reader.add(
                Code.DUPLICATE_NAME,
                f'there is another {what} "{one.name}" in line {before.range.line}{hint}',
                _first_line(one.range),
                one.trail,
                related=((before.range, "the other one"),),
            )


def _check_handlers(specification: Specification, reader: Reader, *, is_whole: bool) -> None:
    names = [handler.name for handler in specification.handlers if handler.name]
    known = frozenset(names)
    candidates = names if len(names) <= _MOST_CANDIDATES else []
    used = set()
    for workload in specification.workloads:
        for intercept in workload.intercepts:
            used.add(intercept.handler)
            if is_whole and intercept.handler is not None and intercept.handler not in known:
                hint = did_you_mean(intercept.handler, candidates) or (
                    f"there are {len(names)} others" if names else "there are no handlers"
                )
                where = _Named(intercept.handler, intercept.source, "handler")
                reader.add(
                    Code.UNDEFINED_HANDLER,
                    f'there is no handler "{intercept.handler}": {hint}',
                    where.range,
                    where.trail,
                    replacement=closest(intercept.handler, candidates),
                )
    for handler in specification.handlers:
        _check_debug(handler, reader)
        if (
            is_whole
            and handler.name
            and handler.name not in used
            and "prerequisites" not in specification.source.places
        ):
            named = _Named(handler.name, handler.source)
            reader.add(
                Code.UNUSED_HANDLER,
                f'no intercept uses the handler "{handler.name}"',
                named.range,
                named.trail,
                severity=Severity.HINT,
            )


def _check_debug(handler: Handler, reader: Reader) -> None:
    others = {"script", "docker", "external"} & handler.source.places.keys()
    if "debug" in handler.source.places and not others:
        reader.add(
            Code.DEBUG_WITHOUT_SCRIPT,
            f'the handler "{handler.name}" has nothing to debug: it has no "script"',
            handler.source.places["debug"].key,
            trail_of(handler.source).to(".debug"),
        )


def _check_prefix(workload: Workload, reader: Reader) -> None:
    prefix, slash, name = workload.name.rpartition("/")
    if slash:
        named = _Named(workload.name, workload.source)
        reader.add(
            Code.SUPERFLUOUS_PREFIX,
            f'"{prefix}/" names a connection, which needs "connections": write "{name}"',
            named.range,
            named.trail,
            replacement=name,
        )


def _check_filters(intercept: Intercept, reader: Reader) -> None:
    places = intercept.source.places
    for name in [] if intercept.is_global else FILTER_KEYS.intersection(places):
        if _is_empty(places[name].value_node):
            reader.add(
                Code.BAD_VALUE,
                f"{name} is empty, which filters nothing: say which requests, or leave the key out",
                places[name].key,
                trail_of(intercept.source).to(f".{name}"),
            )
    everything = places.get("global")
    if everything is None:
        return
    filters = [name for name in places if name in FILTER_KEYS]
    if intercept.is_global:
        for name in filters:
            reader.add(
                Code.GLOBAL_WITH_FILTERS,
                f'"{name}" (line {places[name].key.line}) and "global" (line {everything.key.line}) exclude each other:'
                " a global intercept takes everything",
                places[name].key,
                trail_of(intercept.source).to(f".{name}"),
                related=((everything.key, '"global"'),),
            )
    elif intercept.is_global is False and not filters:
        reader.add(
            Code.MISSING_KEY,
            "global: false needs headers or a path: without them an intercept takes everything",
            everything.key,
            trail_of(intercept.source).to(".global"),
        )


def _is_empty(node: Placed) -> bool:
    if isinstance(node, Items):
        return not node.items and node.is_whole
    return isinstance(node, Scalar) and node.kind is Kind.NOTHING and not node.templated


def _check_patterns(intercept: Intercept, reader: Reader) -> None:
    # Imported where there are filters: an editor waits for its server to start, and most files have none.
    from telelens_schemas.specification.filters import check_patterns

    check_patterns(intercept, reader)


def _check_traffic(specification: Specification, enabled: _Enabled, reader: Reader) -> None:
    default = specification.connection.namespace if specification.connection is not None else None
    together: dict[tuple[str | None, ...], list[Intercept]] = {}
    for workload, intercept in enabled:
        if workload.name and not _is_not_judged(intercept):
            key = (workload.namespace or default, workload.name, intercept.service, intercept.port)
            together.setdefault(key, []).append(intercept)
    for (_, name, _, port), intercepts in together.items():
        if len(intercepts) > 1:
            from telelens_schemas.specification.filters import takes_same

            where = f'port "{port}"' if port is not None else "the only port"
            for first, later in takes_same(intercepts):
                _add_same_traffic(first, later, f'{where} of "{name}"', reader)


def _add_same_traffic(first: Intercept, later: Intercept, port: str, reader: Reader) -> None:
    from telelens_schemas.specification.filters import takes_everything

    other = _head_of(first)
    what = port if takes_everything(first) else f"these requests to {port}"
    reader.add(
        Code.SAME_TRAFFIC,
        f"the intercept in line {other.line} takes {what} already",
        _first_line(later.source.value_range("port" if later.port is not None else "name")),
        trail_of(later.source),
        related=((other, "the other one"),),
    )


def _is_not_judged(intercept: Intercept) -> bool:
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


def _check_local_ports(specification: Specification, enabled: _Enabled, reader: Reader) -> None:
    default = specification.connection.namespace if specification.connection is not None else None
    taken: dict[int, tuple[Workload, Intercept]] = {}
    for workload, intercept in enabled:
        owner, first = taken.setdefault(intercept.local_port, (workload, intercept))
        same = (owner.name, owner.namespace or default) == (workload.name, workload.namespace or default)
        if same and first.handler == intercept.handler and first.is_filtered and intercept.is_filtered:
            continue
        if first is not intercept and not _is_not_judged(intercept):
            key = next((one for one in ("localPort", "handler") if one in intercept.source.places), "name")
            where = _Named("", intercept.source, key)
            other_key = next((one for one in ("localPort", "handler") if one in first.source.places), "")
            other = first.source.value_range(other_key) if other_key else _head_of(first)
            by_handler = first.handler is not None and first.handler != intercept.handler
            who = f'the handler "{first.handler}" listens' if by_handler else "another intercept arrives"
            reader.add(
                Code.SAME_LOCAL_PORT,
                f"{who} on local port {intercept.local_port} already (line {other.line}): give this one another"
                ' "localPort"',
                # A key that was merged in stands where the other one's does.
                _first_line(where.range if where.range != other else intercept.source.range),
                where.trail,
                related=((other, f'of "{first.handler}"' if first.handler else "the other one"),),
            )


def trail_of(source: Source) -> Trail:
    """The path of something that was read."""
    assert isinstance(source.trail, Trail)
    return source.trail


def _head(specification: Specification) -> Range:
    place = specification.source.places.get("workloads") or next(iter(specification.source.places.values()), None)
    return place.key if place is not None else _first_line(specification.source.range)


def _head_of(intercept: Intercept) -> Range:
    return _first_line(intercept.source.range)


def _first_line(where: Range) -> Range:
    """A problem of a whole part is shown at its beginning, not over all its lines."""
    if where.line == where.end_line:
        return where
    return Range(where.line, where.column, where.line, where.column + 1)
