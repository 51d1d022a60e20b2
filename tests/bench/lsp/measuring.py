"""What is measured: each server does each thing in turn, so that a busy moment of the machine meets both."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from tests.bench.lsp.editor import Answer, Editor, Refused, editor
from tests.bench.lsp.servers import Server
from tests.bench.lsp.texts import Spot, Text, specification

SIZES = (107, 1_002, 5_003, 20_009, 50_001)
STARTS = 7
KEYS = 40
KEYS_PER_SECOND = 20
_TYPED = re.compile(r"probe(y*)")
_KEYS_OF_AN_INTERCEPT = ("localPort", "service", "handler")


@dataclass
class Samples:
    """Milliseconds, and what the server's processor did meanwhile."""

    milliseconds: list[float] = field(default_factory=list)
    processor: float = 0.0
    unanswered: int = 0
    """Requests that were refused, or answered without what there is: how quick that was says nothing."""


@dataclass
class Row:
    """One server with a document of one length."""

    server: str
    lines: int
    edit: Samples = field(default_factory=Samples)
    typing: Samples = field(default_factory=Samples)
    completion: Samples = field(default_factory=Samples)
    completion_after_key: Samples = field(default_factory=Samples)
    hover: Samples = field(default_factory=Samples)
    symbols: Samples = field(default_factory=Samples)
    symbol_count: int = 0
    lost_keys: int = 0
    resident: float = 0.0


@dataclass
class Start:
    """One server from its start on."""

    server: str
    initialize: Samples = field(default_factory=Samples)
    first_diagnostics: Samples = field(default_factory=Samples)


def repetitions(lines: int) -> int:
    """How often each thing is done: fewer where each takes long."""
    return {107: 30, 1_002: 30, 5_003: 20, 20_009: 12, 50_001: 5}.get(lines, 20)


async def starts(servers: Sequence[Server]) -> list[Start]:
    """From nothing to the handshake, and to the first finding in a small document."""
    found = [Start(server.name) for server in servers]
    wrong = specification(SIZES[0]).source.replace("namespace: shop", "namespace: shop\n  probe: 1", 1)
    # The first round warms the disk.
    for turn in range(STARTS + 1):
        for server, start in zip(servers, found, strict=True):
            async with editor(server.command, server.settings) as (one, began):
                answer = await one.initialize()
                answered = one.processor_seconds
                one.open(wrong)
                shown = await one.until(lambda messages: "probe" in messages)
                if turn:
                    start.initialize.milliseconds.append((answer.at - began) * 1000)
                    start.initialize.processor += answered
                    start.first_diagnostics.milliseconds.append((shown - began) * 1000)
                    start.first_diagnostics.processor += one.processor_seconds
    return found


async def rows(servers: Sequence[Server], lines: int) -> list[Row]:
    """Everything about documents of one length."""
    text = specification(lines)
    assert text.lines == lines
    found = [Row(server.name, lines) for server in servers]
    async with AsyncExitStack() as stack:
        pairs: list[tuple[Editor, Row]] = []
        for server, row in zip(servers, found, strict=True):
            one, _ = await stack.enter_async_context(editor(server.command, server.settings))
            await one.initialize()
            one.open(text.source)
            await one.until(lambda messages: not messages)
            pairs.append((one, row))
        for turn in range(repetitions(lines) + 1):
            for one, row in pairs:
                # The first turn warms caches and compilers.
                await _turn(one, row if turn else Row(server=row.server, lines=lines), text, turn)
        for one, row in pairs:
            await _type(one, row, text.spot(1))
            row.resident = one.resident
    return found


async def _turn(one: Editor, row: Row, text: Text, turn: int) -> None:
    spot = text.spot(turn)
    await _edit(one, row.edit, spot, turn)
    await _complete(one, row, spot)
    await _hover(one, row.hover, text.spot(turn + 1), turn)
    if "documentSymbolProvider" in one.capabilities:
        symbols = await _asked(one, row.symbols, one.about("textDocument/documentSymbol"), lambda _: True)
        row.symbol_count = _count(symbols)


async def _edit(one: Editor, samples: Samples, spot: Spot, turn: int) -> None:
    """A line that is wrong comes, changes and goes."""
    before = one.processor_seconds
    key = f"probe{turn}"
    sent = one.edit(spot.line, spot.length, (spot.line, spot.length), f"\n{spot.indent}{key}: 1")
    samples.milliseconds.append((await one.until(lambda messages: key in messages) - sent) * 1000)
    place = len(spot.indent + key)
    sent = one.edit(spot.line + 1, place, (spot.line + 1, place), "x")
    samples.milliseconds.append((await one.until(lambda messages: f"{key}x" in messages) - sent) * 1000)
    sent = one.edit(spot.line, spot.length, (spot.line + 1, place + len("x: 1")), "")
    samples.milliseconds.append((await one.until(lambda messages: not messages) - sent) * 1000)
    samples.processor += one.processor_seconds - before


async def _complete(one: Editor, row: Row, spot: Spot) -> None:
    """Keys on a new line: in the same breath as the key that opened it, and again when all is quiet."""
    one.forget()
    one.edit(spot.line, spot.length, (spot.line, spot.length), f"\n{spot.indent}")
    asked = one.at("textDocument/completion", spot.line + 1, len(spot.indent))
    await _asked(one, row.completion_after_key, asked, _offers_keys)
    await one.until(lambda messages: True)
    asked = one.at("textDocument/completion", spot.line + 1, len(spot.indent))
    await _asked(one, row.completion, asked, _offers_keys)
    one.edit(spot.line, spot.length, (spot.line + 1, len(spot.indent)), "")
    await one.until(lambda messages: not messages)


def _offers_keys(completion: Any) -> bool:
    items = completion["items"] if isinstance(completion, dict) else completion or ()
    return any(item["label"] == "pathPrefix" for item in items)


async def _hover(one: Editor, samples: Samples, spot: Spot, turn: int) -> None:
    # The three keys stand above each other: localPort, two lines up service, three lines up handler.
    line = spot.line - (0, 2, 3)[turn % 3]
    await _asked(one, samples, one.at("textDocument/hover", line, len(spot.indent) + 2), bool)


async def _type(one: Editor, row: Row, spot: Spot) -> None:
    """A key that does not exist, letter by letter; each letter waits for the first diagnostics that know of it."""
    before = one.processor_seconds
    one.edit(spot.line, spot.length, (spot.line, spot.length), f"\n{spot.indent}probe: 1")
    await one.until(lambda messages: "probe" in messages)
    place = len(spot.indent + "probe")
    sent: list[float] = []
    for number in range(KEYS):
        sent.append(one.edit(spot.line + 1, place + number, (spot.line + 1, place + number), "y"))
        await asyncio.sleep(max(0.0, sent[0] + (number + 1) / KEYS_PER_SECOND - time.perf_counter()))
    shown = await one.shown_until(lambda messages: _typed(messages) == KEYS)
    for number, moment in enumerate(sent, 1):
        arrived = next((each.at for each in shown if _typed(each.messages) >= number), None)
        if arrived is None:
            row.lost_keys += 1
        else:
            row.typing.milliseconds.append((arrived - moment) * 1000)
    one.edit(spot.line, spot.length, (spot.line + 1, place + KEYS + len(": 1")), "")
    await one.until(lambda messages: not messages)
    row.typing.processor = one.processor_seconds - before


def _typed(messages: str) -> int:
    found = _TYPED.search(messages)
    return len(found[1]) if found else -1


async def _asked(
    one: Editor, samples: Samples, asking: Coroutine[Any, Any, Answer], is_answered: Callable[[Any], bool]
) -> Any:
    """What was answered; ``None`` where it was refused."""
    before = one.processor_seconds
    try:
        answer = await asking
    except Refused:
        samples.unanswered += 1
        return None
    samples.processor += one.processor_seconds - before
    if is_answered(answer.result):
        samples.milliseconds.append(answer.milliseconds)
    else:
        samples.unanswered += 1
    return answer.result


def _count(symbols: Sequence[Mapping[str, Any]] | None) -> int:
    return sum(1 + _count(one.get("children")) for one in symbols or ())
