"""``make bench-lsp``: prints tables, then everything as JSON on the last line."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
from pathlib import Path

from tests.bench.lsp import measuring, report, servers


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


async def _run(driven: list[servers.Server], sizes: list[int], *, with_start: bool) -> None:
    found: list[measuring.Start] = []
    if with_start:
        _say(f"start, {measuring.STARTS} times each")
        found = await measuring.starts(driven)
    rows: list[measuring.Row] = []
    for lines in sizes:
        _say(f"{lines:,} lines, everything {measuring.repetitions(lines)} times")
        rows += await measuring.rows(driven, lines)
    own = servers.ours().name
    print(report.render(found, rows, own))
    print(json.dumps(report.as_json(found, rows)))


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="*", default=list(measuring.SIZES), help="lengths of the documents")
    parser.add_argument("--schema", type=Path, default=servers.SCHEMA, help="the JSON schema that the peer is given")
    parser.add_argument("--alone", action="store_true", help="without the peer")
    parser.add_argument("--no-start", action="store_true", help="without the starts")
    chosen = parser.parse_args()
    driven = [servers.ours(), *([] if chosen.alone else [servers.peer(chosen.schema)])]
    # The client's own pauses are not the servers'.
    gc.disable()
    asyncio.run(_run(driven, chosen.lines, with_start=not chosen.no_start))


if __name__ == "__main__":
    main()
