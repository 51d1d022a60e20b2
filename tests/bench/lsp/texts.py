"""Specifications of an exact number of lines, without anything wrong in them, and the places where they are edited."""

from __future__ import annotations

from dataclasses import dataclass

_HEAD = ["name: bench", "connection:", "  namespace: shop", "handlers:"]
_MIDDLE = ["workloads:"]
_INDENT = " " * 8


def _handler(number: int) -> list[str]:
    return [
        f"  - name: handler-{number}",
        "    environment:",
        "      - name: LOG_LEVEL",
        f'        value: "level-{number}"',
        "    script:",
        "      run: |",
        f"        exec python handler.py --port {_port(number)}",
    ]


def _workload(number: int) -> list[str]:
    return [
        f"  - name: service-{number}",
        "    intercepts:",
        f"      - name: personal-{number}",
        f"        handler: handler-{number}",
        f"        service: service-{number}",
        "        port: http",
        f"        localPort: {_port(number)}",
        "        headers:",
        "          - name: x-dev",
        f"            value: developer-{number}",
    ]


def _port(number: int) -> int:
    return 2000 + number


@dataclass(frozen=True)
class Spot:
    """An intercept: the line with its ``localPort``, 0-based, and that line's length."""

    line: int
    length: int

    @property
    def indent(self) -> str:
        """What a key of the intercept stands behind."""
        return _INDENT


@dataclass(frozen=True)
class Text:
    """One specification."""

    source: str
    spots: tuple[Spot, ...]

    @property
    def lines(self) -> int:
        """How many there are, each with an end."""
        return self.source.count("\n")

    def spot(self, turn: int) -> Spot:
        """Another one each turn, all over the text."""
        # A step that shares no factor with most counts visits places far from each other.
        return self.spots[turn * 7919 % len(self.spots)]


def specification(lines: int) -> Text:
    """One of exactly so many lines, at least 22; what is left over are comments."""
    pairs, rest = divmod(lines - len(_HEAD) - len(_MIDDLE), len(_handler(0)) + len(_workload(0)))
    numbers = range(1, pairs + 1)
    content = [f"# Line {number} of what nobody reads." for number in range(1, rest + 1)] + _HEAD
    for number in numbers:
        content += _handler(number)
    content += _MIDDLE
    for number in numbers:
        content += _workload(number)
    spots = tuple(Spot(at, len(line)) for at, line in enumerate(content) if line.startswith(f"{_INDENT}localPort:"))
    return Text("".join(f"{line}\n" for line in content), spots)
