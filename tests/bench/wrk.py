"""Runs wrk and reads what it measured."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# wrk hands its figures to a function of this name; latencies are in microseconds.
_REPORT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "p50": %f, "p99": %f, "errors": %d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One run of wrk: requests per second, latencies in milliseconds, failed requests."""

    concurrency: int
    rate: float
    p50: float
    p99: float
    errors: int


def answered_by(url: str, *, inside: Sequence[str], header: str = "") -> str:
    """Who answers a request: what its answer says of itself."""
    command = [*inside, "curl", "-sf", "--max-time", "10", "-o", "/dev/null", "-w", "%header{x-who}", url]
    command += ["-H", header] if header else []
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def measure(url: str, *, inside: Sequence[str], concurrency: int, seconds: float, header: str = "") -> Load:
    """Load ``url`` with ``concurrency`` keep-alive connections; ``inside`` enters the requester's network."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "report.lua"
        script.write_text(_REPORT)
        command = [*inside, "wrk", "-t1", f"-c{concurrency}", f"-d{seconds:.0f}s", "-s", str(script), url]
        command += ["-H", header] if header else []
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = json.loads(output.strip().splitlines()[-1])
    return Load(
        concurrency=concurrency,
        rate=figures["requests"] / (figures["microseconds"] / 1e6),
        p50=figures["p50"] / 1000,
        p99=figures["p99"] / 1000,
        errors=figures["errors"],
    )
