"""What a benchmark says of its promises: a bar that is missed is called so, and a peer that is ahead is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench import bars as intercept
from tests.bench.lsp import report
from tests.bench.lsp.measuring import Row, Samples, Start

ROWS = {name: intercept.Measured((1.0, 1.0, 1.0), 1.0, {"down": 200.0, "up": 200.0}) for name in intercept.RATES}
SECONDS = dict.fromkeys(intercept.SECONDS, 0.1)
RESIDENT = dict.fromkeys(intercept.RESIDENT, 20.0)
MATCHED = "HTTP intercept, matched"


def missed(**other: dict[str, intercept.Measured]) -> list[str]:
    rows = ROWS | other.get("rows", {})
    return [bar.what for bar in intercept.bars(rows, (1, 32, 128), SECONDS, RESIDENT) if not bar.holds]


def test_everything_held() -> None:
    assert missed() == []


@pytest.mark.parametrize(
    ("rates", "named"),
    [
        ((0.0, 0.2, 0.3), []),  # of a lone request nothing is promised here
        ((1.0, 0.199, 0.3), ["at 32"]),
        ((1.0, 0.2, 0.299), ["at 128"]),
    ],
)
def test_a_rate_is_held_against_the_bar_of_its_connections(rates: tuple[float, ...], named: list[str]) -> None:
    found = missed(rows={MATCHED: replace(ROWS[MATCHED], rates=rates)})
    assert found == [f"{MATCHED} : direct, {one}" for one in named]


def test_time_and_memory_may_be_less_and_bytes_more() -> None:
    tcp = {"TCP intercept": intercept.Measured((1.0, 1.0, 1.0), 5.1, {"down": 114.0, "up": 180.0})}
    slow = dict.fromkeys(SECONDS, 1.1)
    large = dict.fromkeys(RESIDENT, 91.0)
    bars = list(intercept.bars(ROWS | tcp, (1, 32, 128), slow, large))
    assert [bar.what for bar in bars if not bar.holds] == [
        "TCP intercept, a lone request : direct",
        "TCP intercept, MB/s down",
        *(f"{name}, seconds" for name in SECONDS),
        *(f"{name}, MiB" for name in RESIDENT),
    ]


def samples(*milliseconds: float) -> Samples:
    return Samples(list(milliseconds))


def test_of_twenty_times_one_may_be_slower_than_the_bar() -> None:
    held, broken = (Row("ours", 107, hover=samples(*[1.0] * quick, *[9.0] * (20 - quick))) for quick in (19, 18))
    assert [bar.what for bar in report.bars([], [held], "ours") if not bar.holds] == []
    assert [bar.what for bar in report.bars([], [broken], "ours") if not bar.holds] == ["hover, p95, 107 lines"]


def test_what_is_not_answered_keeps_no_promise() -> None:
    rows = [Row(name, 50_001, completion=Samples(unanswered=1)) for name in ("ours", "peer")]
    assert [bar.what for bar in report.bars([], rows, "ours") if not bar.holds] == ["unanswered, 50,001 lines"]


def test_a_peer_that_is_quicker_smaller_or_alone_in_answering_is_named() -> None:
    starts = [Start(name, samples(quick), samples(slow)) for name, quick, slow in (("ours", 2, 5), ("peer", 1, 6))]
    rows = [
        Row("ours", 107, edit=samples(1), hover=samples(3), resident=60.0),
        Row("peer", 107, edit=samples(2), hover=samples(2), symbols=samples(1), resident=50.0),
        Row("peer", 1_002, edit=samples(0)),
    ]
    assert list(report.behind(starts, rows, "ours")) == [
        "start → initialize: 2.0 ms against 1.0 ms",
        "hover, 107 lines: 3.0 ms against 2.0 ms",
        "document symbols, 107 lines: ours does not answer it",
        "resident, 107 lines: 60 MB, peer 50 MB",
    ]
