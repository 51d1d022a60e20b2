"""The demo judges itself: whatever answers otherwise than it should ends it, at that step."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from telelens_daemons.cli.options import GlobalOptions
from telelens_daemons.cli.output import Output
from telelens_daemons.demo import proof
from telelens_daemons.demo.cluster import DemoCluster
from telelens_daemons.demo.dap import Frame, Stopped
from telelens_daemons.demo.errors import DemoError
from telelens_daemons.demo.proof import CUSTOMER, GREETING
from telelens_daemons.demo.samples import PROGRAM, breakpoint_line, samples
from telelens_daemons.demo.steps import Steps
from telelens_daemons.places import Places
from telelens_schemas.wire.daemon_pb2 import HandlerStarted, HeaderMatch, InterceptedPort, InterceptInfo

Answer = dict[str, str]
POD = {"answered_by": "pod echo-1", "answer": f"{GREETING}, {CUSTOMER}"}
OURS = {"answered_by": "your program on desk", "answer": f"{GREETING}, {CUSTOMER}"}
HELD = 4
"""Which request a breakpoint holds."""


class Shop:
    """Every request is answered as it should be, but for one."""

    def __init__(self, nth: int = 0, wrong: Answer | None = None) -> None:
        self._nth = nth
        self._wrong = wrong
        self._asked = 0
        self.held = asyncio.Event()
        self.released = asyncio.Event()
        self.stops_at = breakpoint_line(samples())

    async def ask_shop(self, customer: str, *, headers: Mapping[str, str] | None = None, patience: float = 0) -> Answer:
        self._asked += 1
        number = self._asked
        if number == HELD:
            self.held.set()
            await self.released.wait()
        if number == self._nth and self._wrong is not None:
            return self._wrong
        return OURS if headers else POD


class Debugger:
    """Holds the request."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def attached(self, host: str, port: int) -> Debugger:
        return self

    async def __aenter__(self) -> Debugger:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def set_breakpoints(self, path: Path, lines: list[int]) -> None: ...

    async def configuration_done(self) -> None: ...

    async def stopped(self) -> Stopped:
        await self._shop.held.wait()
        await asyncio.sleep(0)
        return Stopped(1, "breakpoint")

    async def stack(self, thread: int) -> list[Frame]:
        return [Frame(1, "answer", f"/somewhere/{PROGRAM}", self._shop.stops_at)]

    async def local_variables(self, frame: Frame) -> dict[str, str]:
        return {"greeting": "'Hello'", "answer": "42"}

    async def go_on(self, thread: int) -> None:
        self._shop.released.set()


class Run:
    """The specification's."""

    headers = {"x-dev": "demo"}  # noqa: RUF012
    intercepts = (InterceptInfo(headers=[HeaderMatch(name="x-dev", value="demo")], ports=[InterceptedPort()]),)
    handlers = (HandlerStarted(),)

    def __init__(self, *_: object) -> None: ...

    async def __aenter__(self) -> Run:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    def check(self) -> None: ...


async def shown(monkeypatch: pytest.MonkeyPatch, shop: Any) -> list[tuple[str, bool, str]]:
    """(step, whether it succeeded, what it shows) of each."""
    monkeypatch.setattr(proof, "SpecificationRun", Run)
    monkeypatch.setattr(proof, "DebugClient", Debugger(shop))
    steps = Steps(Output(GlobalOptions()))
    try:
        async with asyncio.timeout(10):
            await proof.show(shop, Places.of({}), DemoCluster(GlobalOptions(), helm=None), steps, samples())
    except DemoError as error:
        assert [one.shows for one in steps.done if not one.succeeded] == [f"failed: {error.message}"]
    return [(one.name, one.succeeded, one.shows) for one in steps.done]


async def test_who_answers_as_it_should_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = await shown(monkeypatch, Shop())
    assert all(succeeded for _, succeeded, _ in steps)
    said = {step: shows for step, _, shows in steps}
    assert said["before"] == said["a request without the header"] == said["after"] == "pod echo-1 answered"
    assert said["a request with the header"].startswith(f'your program on desk answered "{GREETING}, {CUSTOMER}"')
    assert said["with a breakpoint"].startswith(f"stopped at {PROGRAM}:")


@pytest.mark.parametrize(
    ("nth", "wrong", "step", "said"),
    [
        (1, OURS, "before", "the pod should have answered; it was your program on desk"),
        (2, OURS, "a request without the header", "the pod should have answered; it was your program on desk"),
        (3, POD, "a request with the header", "your program should have answered; it was pod echo-1"),
        (
            3,
            {**OURS, "answer": "Hi, Ada"},
            "a request with the header",
            "your program does not have the pod's environment: it said 'Hi, Ada'",
        ),
        (HELD, POD, "with a breakpoint", "your program should have answered; it was pod echo-1"),
        (5, OURS, "with a breakpoint", "the pod should have answered; it was your program on desk"),
        (6, OURS, "after", "the pod should have answered; it was your program on desk"),
        (6, {}, "after", "the pod should have answered; it was None"),
    ],
)
async def test_whoever_else_answers_ends_the_demo(
    monkeypatch: pytest.MonkeyPatch, nth: int, wrong: Answer, step: str, said: str
) -> None:
    steps = await shown(monkeypatch, Shop(nth, wrong))
    assert (step, False, f"failed: {said}") in steps


async def test_a_breakpoint_that_holds_nobody_ends_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop()
    shop.released.set()
    steps = await shown(monkeypatch, shop)
    assert ("with a breakpoint", False, "failed: the breakpoint did not hold the request") in steps


async def test_a_stop_elsewhere_ends_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop()
    shop.stops_at += 1
    (stopped,) = (one for one in await shown(monkeypatch, shop) if one[0] == "with a breakpoint")
    assert stopped[1:] == (
        False,
        f"failed: stopped at /somewhere/{PROGRAM}:{shop.stops_at}, not at {PROGRAM}:{shop.stops_at - 1}",
    )
