"""What the demo proves: who answers before, during and after an intercept, with its header and without, and that a
breakpoint holds a request."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from telelens_schemas.wire.daemon_pb2 import RunRequest

from telelens_daemons.demo.application import Application
from telelens_daemons.demo.cluster import DemoCluster
from telelens_daemons.demo.dap import DebugClient
from telelens_daemons.demo.errors import DemoError
from telelens_daemons.demo.samples import PROGRAM, SPECIFICATION, breakpoint_line
from telelens_daemons.demo.specification_run import SpecificationRun
from telelens_daemons.demo.steps import Steps
from telelens_daemons.places import Places

CUSTOMER = "Ada"
GREETING = "Hello from the cluster"
"""Stands in the ConfigMap of echo: only who has the pod's environment knows it."""
BREAKPOINT_SECONDS = 30.0


async def show(application: Application, places: Places, cluster: DemoCluster, steps: Steps, folder: Path) -> None:
    """Raises UserError as soon as something is not as it must be."""
    with steps.step("before") as step:
        step.shows = _answered_by_pod(await application.ask_shop(CUSTOMER))
    async with _specification(places, cluster, steps, folder) as run:
        with steps.step("a request without the header") as step:
            step.shows = _answered_by_pod(await application.ask_shop(CUSTOMER, patience=5))
        with steps.step("a request with the header") as step:
            step.shows = _answered_by_us(await application.ask_shop(CUSTOMER, headers=run.headers, patience=5))
        with steps.step("with a breakpoint") as step:
            step.shows = await _at_breakpoint(application, run, folder)
        run.check()
    with steps.step("after") as step:
        step.shows = _answered_by_pod(await application.ask_shop(CUSTOMER))


@asynccontextmanager
async def _specification(
    places: Places, cluster: DemoCluster, steps: Steps, folder: Path
) -> AsyncIterator[SpecificationRun]:
    request = RunRequest(
        file=SPECIFICATION,
        text=(folder / SPECIFICATION).read_text(),
        environment=dict(os.environ),
        working_directory=str(folder),
        connect=cluster.options.connect,
    )
    run = SpecificationRun(places, request)
    with steps.step(f"telelens intercept run {SPECIFICATION}") as step:
        await run.__aenter__()
        info, handler = run.intercepts[0], run.handlers[0]
        step.shows = (
            f"{info.workload_kind} {info.workload}: {info.intercepting} go to "
            f"{info.ports[0].local_host}:{info.ports[0].local_port}, "
            f"debugpy listens on {handler.debug_port}"
        )
    try:
        yield run
    finally:
        with steps.step("intercept left, handler ended, disconnected"):
            await run.__aexit__()


async def _at_breakpoint(application: Application, run: SpecificationRun, folder: Path) -> str:
    program, line = folder / PROGRAM, breakpoint_line(folder)
    handler = run.handlers[0]
    async with await DebugClient.attached(handler.debug_host, handler.debug_port) as client:
        await client.set_breakpoints(program, [line])
        await client.configuration_done()
        asking = asyncio.create_task(
            application.ask_shop(CUSTOMER, headers=run.headers, patience=BREAKPOINT_SECONDS), name="asking the shop"
        )
        try:
            stopped = await asyncio.wait_for(client.stopped(), BREAKPOINT_SECONDS)
            frame = (await client.stack(stopped.thread))[0]
            variables = await client.local_variables(frame)
            if asking.done():
                raise DemoError("the breakpoint did not hold the request")
            _answered_by_pod(await application.ask_shop(CUSTOMER, patience=5))  # nobody else is held
            if (Path(frame.path).name, frame.line) != (PROGRAM, line):
                raise DemoError(f"stopped at {frame.path}:{frame.line}, not at {PROGRAM}:{line}")
            await client.set_breakpoints(program, [])
            await client.go_on(stopped.thread)
            _answered_by_us(await asking)
        except TimeoutError as error:
            raise DemoError(f"nothing stopped at {PROGRAM}:{line}") from error
        finally:
            asking.cancel()
    return (
        f"stopped at {PROGRAM}:{line}, greeting = {variables['greeting']}, answer = {variables['answer']}; "
        "meanwhile the pod answered everybody else; continued, and the shop had its answer"
    )


def _answered_by_pod(answer: dict[str, Any]) -> str:
    who = str(answer.get("answered_by"))
    if not who.startswith("pod echo-"):
        raise DemoError(f"the pod should have answered; it was {who}")
    return f"{who} answered"


def _answered_by_us(answer: dict[str, Any]) -> str:
    who = str(answer.get("answered_by"))
    if not who.startswith("your program"):
        raise DemoError(f"your program should have answered; it was {who}")
    if answer.get("answer") != f"{GREETING}, {CUSTOMER}":
        raise DemoError(f"your program does not have the pod's environment: it said {answer.get('answer')!r}")
    return f'{who} answered "{answer["answer"]}", with the pod\'s environment'
