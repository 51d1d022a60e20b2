"""Counters and gauges in Prometheus' text form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

_PREFIX = "telelens_manager_"


class Metrics:
    """Counts what happened; asks for what is. A few lines instead of a client library's megabytes."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._gauges: dict[str, Callable[[], float]] = {}

    def count(self, name: str, **labels: str) -> None:
        """Add one to the counter ``name``."""
        inside = ",".join(f'{key}="{_escaped(value)}"' for key, value in sorted(labels.items()))
        self._counts[f"{_PREFIX}{name}_total" + (f"{{{inside}}}" if inside else "")] += 1

    def gauge(self, name: str, read: Callable[[], float]) -> None:
        """Ask ``read`` for the value of the gauge ``name`` at every scrape."""
        self._gauges[_PREFIX + name] = read

    def text(self) -> str:
        """https://prometheus.io/docs/instrumenting/exposition_formats/"""
        lines: list[str] = []
        described: set[str] = set()
        for series, value in sorted(self._counts.items()):
            if (name := series.partition("{")[0]) not in described:
                described.add(name)
                lines.append(f"# TYPE {name} counter")
            lines.append(f"{series} {value}")
        for name, read in sorted(self._gauges.items()):
            lines += [f"# TYPE {name} gauge", f"{name} {read():g}"]
        return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
