"""The tables of one run, the bars that hold, and where somebody else is ahead."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from tests.bench.lsp.measuring import Row, Samples, Start

_TIMES = {
    "edit → diagnostics": "edit",
    "while typing": "typing",
    "completion": "completion",
    "completion after a key": "completion_after_key",
    "hover": "hover",
    "document symbols": "symbols",
}
# What must hold, in milliseconds (the 95th percentile of a time, the median of the start) and MB.
_BARS = {
    107: {"edit": 20.0, "completion": 10.0, "completion_after_key": 10.0, "hover": 3.0, "resident": 80.0},
    20_009: {"edit": 150.0, "completion": 30.0, "completion_after_key": 30.0, "hover": 10.0, "resident": 150.0},
}
_INITIALIZE = 350.0
_FIRST_DIAGNOSTICS = 1500.0


@dataclass(frozen=True)
class Bar:
    """One promise."""

    what: str
    limit: float
    found: float

    @property
    def holds(self) -> bool:
        """Whether it is kept."""
        return self.found <= self.limit


def median(samples: Samples) -> float:
    """Half are quicker; 0 where there are none."""
    return statistics.median(samples.milliseconds) if samples.milliseconds else 0.0


def p95(samples: Samples) -> float:
    """The smallest of which 95 in 100 are not slower; of few samples the slowest. 0 where there are none."""
    if not samples.milliseconds:
        return 0.0
    ordered = sorted(samples.milliseconds)
    return ordered[-(-len(ordered) * 95 // 100) - 1]


def bars(starts: Sequence[Start], rows: Sequence[Row], server: str) -> Iterator[Bar]:
    """Every promise that this run can judge."""
    for start in starts:
        if start.server == server:
            yield Bar("start → initialize, median", _INITIALIZE, median(start.initialize))
            yield Bar("start → first diagnostics, median", _FIRST_DIAGNOSTICS, median(start.first_diagnostics))
    names = {field: name for name, field in _TIMES.items()}
    for row in rows:
        for field, limit in _BARS.get(row.lines, {}).items() if row.server == server else ():
            if field == "resident":
                yield Bar(f"resident, {row.lines:,} lines", limit, row.resident)
            else:
                yield Bar(f"{names[field]}, p95, {row.lines:,} lines", limit, p95(getattr(row, field)))
        if row.server == server:
            yield Bar(f"unanswered, {row.lines:,} lines", 0, _unanswered(row))


def _unanswered(row: Row) -> int:
    return sum(getattr(row, field).unanswered for field in _TIMES.values())


def behind(starts: Sequence[Start], rows: Sequence[Row], server: str) -> Iterator[str]:
    """Where another server was quicker (medians) or smaller in the same run."""
    own_start = [start for start in starts if start.server == server]
    for start in starts:
        for own in own_start if start.server != server else ():
            yield from _behind("start → initialize", own.initialize, start.initialize)
            yield from _behind("start → first diagnostics", own.first_diagnostics, start.first_diagnostics)
    for row in rows:
        for mine in rows if row.server != server else ():
            if mine.server != server or mine.lines != row.lines:
                continue
            for name, field in _TIMES.items():
                yield from _behind(f"{name}, {row.lines:,} lines", getattr(mine, field), getattr(row, field))
            if mine.resident > row.resident:
                yield f"resident, {row.lines:,} lines: {mine.resident:.0f} MB, {row.server} {row.resident:.0f} MB"


def _behind(name: str, mine: Samples, theirs: Samples) -> Iterator[str]:
    if theirs.milliseconds and not mine.milliseconds:
        yield f"{name}: ours does not answer it"
    elif theirs.milliseconds and median(mine) > median(theirs):
        yield f"{name}: {median(mine):.1f} ms against {median(theirs):.1f} ms"


def render(starts: Sequence[Start], rows: Sequence[Row], server: str) -> str:
    """Everything as Markdown."""
    lines = ["Milliseconds, median / 95th percentile; processor time per edit in milliseconds.", ""]
    if starts:
        lines += ["| from the start | initialize answered | processor | first diagnostics | processor |"]
        lines += ["|---|---:|---:|---:|---:|"]
        lines += [
            f"| {one.server} | {_times(one.initialize)} | {_processor(one.initialize)} "
            f"| {_times(one.first_diagnostics)} | {_processor(one.first_diagnostics)} |"
            for one in starts
        ]
        lines.append("")
    if rows:
        counts = "symbols | processor per edit | resident MB | keys lost | unanswered"
        lines += [f"| lines | | {' | '.join(_TIMES)} | {counts} |"]
        lines += ["|---:|---|" + "---:|" * (len(_TIMES) + 5)]
    for row in rows:
        cells = [_times(getattr(row, field)) for field in _TIMES.values()]
        cells += [
            str(row.symbol_count),
            _processor(row.edit),
            f"{row.resident:.0f}",
            str(row.lost_keys),
            str(_unanswered(row)),
        ]
        lines.append(f"| {row.lines:,} | {row.server} | {' | '.join(cells)} |")
    lines += ["", "| bar | at most | found | |", "|---|---:|---:|---|"]
    for bar in bars(starts, rows, server):
        lines.append(f"| {bar.what} | {bar.limit:.0f} | {bar.found:.1f} | {'met' if bar.holds else '**missed**'} |")
    late = list(behind(starts, rows, server))
    return "\n".join([*lines, "", f"behind the peer: {'; '.join(late) if late else 'nowhere'}"])


def as_json(starts: Sequence[Start], rows: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """The same for programs; of samples their number, median, 95th percentile and processor time, in milliseconds."""
    return {"starts": [_plain(one) for one in starts], "rows": [_plain(one) for one in rows]}


def _plain(one: Start | Row) -> dict[str, Any]:
    values = {each.name: getattr(one, each.name) for each in fields(one)}
    return {name: _summary(value) if isinstance(value, Samples) else value for name, value in values.items()}


def _summary(samples: Samples) -> dict[str, float]:
    return {
        "samples": len(samples.milliseconds),
        "unanswered": samples.unanswered,
        "median": round(median(samples), 2),
        "p95": round(p95(samples), 2),
        "processor": round(samples.processor * 1000),
    }


def _times(samples: Samples) -> str:
    return f"{median(samples):.1f} / {p95(samples):.1f}" if samples.milliseconds else "–"


def _processor(samples: Samples) -> str:
    return f"{samples.processor * 1000 / len(samples.milliseconds):.0f}" if samples.milliseconds else "–"
