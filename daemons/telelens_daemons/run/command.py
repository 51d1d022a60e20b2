"""``telelens intercept run``."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from telelens_schemas.matching.curl import INSIDE
from telelens_schemas.specification import Reading, to_file_form
from telelens_schemas.wire.daemon_pb2 import RunEvent, RunRequest, StatusRequest

from telelens_daemons.cli.callers_environment import callers_environment
from telelens_daemons.cli.callers_umask import callers_umask
from telelens_daemons.cli.options import GlobalOptions
from telelens_daemons.cli.output import Output, plain
from telelens_daemons.errors import UserError
from telelens_daemons.intercepts.preview import preview_line
from telelens_daemons.run.errors import SpecificationRefusedError
from telelens_daemons.run.for_caller import read_for_caller
from telelens_daemons.run.specification_file import STANDARD_INPUT, STANDARD_INPUT_NAME, read_text
from telelens_daemons.run.terminal import problem_lines, source_lines
from telelens_daemons.run.undone import UNDONE_PAUSE, UNDONE_SECONDS, is_undone, new_holder
from telelens_daemons.run.validate_command import validate_specifications

__all__ = ["run_specification", "validate_specifications"]


def run_specification(
    *, file: str, debug_handler: str | None, dry_run: bool, options: GlobalOptions, namespace: str = ""
) -> int:
    """Run until Ctrl-C, SIGTERM, or the end of the connection; returns when everything is undone.

    ``file`` may be the name of a specification that is stored in ``namespace``, by default the context's.
    """
    output = Output(options)
    text = _read(file, namespace, options, output)
    name = STANDARD_INPUT_NAME if file == STANDARD_INPUT else file
    expanded = read_for_caller(text, name, may_use_network=True)
    if expanded.errors:
        lines = source_lines(text)
        for problem in expanded.errors:
            for line in problem_lines(problem, lines):
                print(line, file=sys.stderr)
        count = f"{len(expanded.errors)} errors" if len(expanded.errors) > 1 else "an error"
        raise UserError(f"{file} has {count} and is not run", code=SpecificationRefusedError.code)
    reading = expanded.reading
    if dry_run:
        _print_normalised(reading, output)
        return 0
    request = RunRequest(
        file=name,
        text=expanded.text,
        environment=callers_environment(os.environ),
        umask=callers_umask(),
        working_directory=str(Path.cwd()),
        debug_handler=debug_handler or "",
        connect=options.connect,
    )
    request.connect.holder = new_holder()
    return _run(request, output, several=sum(len(one.handlers) for one in reading.specifications) > 1)


def _read(file: str, namespace: str, options: GlobalOptions, output: Output) -> str:
    from telelens_daemons.run.stored import is_stored_name, read_stored

    if not is_stored_name(file):
        if namespace:
            raise UserError(
                f"--namespace says where a specification is stored, and {file} is a file",
                hint="leave it out; where to intercept stands in the file: connection.namespace",
                code="usage",
            )
        return read_text(file)
    # Its scripts run here: who meant a file should see that it is another's.
    place = f" in namespace {namespace}" if namespace else ""
    output.progress(f"reading the specification {file} that the cluster stores{place}")
    return read_stored(file, options.connect_request(namespace=namespace))


def _run(request: RunRequest, output: Output, *, several: bool) -> int:
    from telelens_daemons.cli.daemon_client import DaemonClient

    printer = EventPrinter(output, several_handlers=several)
    with DaemonClient.open() as client, client.errors():
        events = client.stub.Run(request)
        try:
            with _terminated_is_interrupted():
                for event in events:
                    printer.show(event)
        except KeyboardInterrupt:
            printer.step("undoing")
            events.cancel()
            _wait_until_undone(client.stub, printer, request.connect.holder)
            printer.step("undone")
        finally:
            for is_stderr in (False, True):
                printer.finish(is_stderr)
    return 0


def _print_normalised(reading: Reading, output: Output) -> None:
    forms = [to_file_form(one) for one in reading.specifications]
    if output.for_people:
        import yaml

        print(yaml.safe_dump_all(forms, sort_keys=False, allow_unicode=True), end="")
    else:
        output.data(forms[0] if len(forms) == 1 else forms)


class EventPrinter:
    """Writes each event as a line with the seconds since the start; handlers' output as it is."""

    def __init__(self, output: Output, *, several_handlers: bool) -> None:
        self._output = output
        self._several = several_handlers
        self._began = time.monotonic()
        self.intercepts: set[str] = set()
        """UIDs of those that became active."""
        self.pids: set[int] = set()
        """Of the handlers' supervisors."""
        self._unfinished: dict[bool, str] = {}
        """Whose line has no end yet, on stderr (True) and on stdout."""
        self._in_one_place = _is_same_file(sys.stdout, sys.stderr)

    def step(self, text: str) -> None:
        """A line for people."""
        self.finish(False)
        self._output.line(f"{time.monotonic() - self._began:7.2f} s  {text}")

    def show(self, event: RunEvent) -> None:
        """Write the event."""
        match event.WhichOneof("event"):
            case "active":
                self.intercepts.add(event.active.uid)
            case "handler_started":
                self.pids.add(event.handler_started.pid)
        if not self._output.for_people:
            self._output.data(plain(event))
        elif event.HasField("handler_output"):
            self._show_output(event)
        else:
            for line in _lines(event):
                self.step(line)

    def _show_output(self, event: RunEvent) -> None:
        output = event.handler_output
        stream: Any = sys.stderr if output.is_stderr else sys.stdout
        data = output.data
        goes_on = self._unfinished.get(output.is_stderr) == output.handler
        self.finish(output.is_stderr, but=output.handler)
        if self._several:
            prefix = f"[{output.handler}] ".encode()
            data = b"".join(prefix + line for line in data.splitlines(keepends=True))
            if goes_on:
                data = data.removeprefix(prefix)
        stream.flush()
        stream.buffer.write(data)
        stream.flush()
        if data.endswith(b"\n"):
            self._unfinished.pop(output.is_stderr, None)
        else:
            self._unfinished[output.is_stderr] = output.handler

    def finish(self, to_stderr: bool, *, but: str = "") -> None:
        """End what stands unfinished where something else is about to be written, but not what it goes on with."""
        for is_stderr, handler in list(self._unfinished.items()):
            same_line = is_stderr == to_stderr and handler == but
            if not same_line and (is_stderr == to_stderr or self._in_one_place):
                print(file=sys.stderr if is_stderr else sys.stdout, flush=True)
                del self._unfinished[is_stderr]


def _is_same_file(one: Any, other: Any) -> bool:
    """Whether two streams are one terminal, pipe or file."""
    try:
        return os.path.sameopenfile(one.fileno(), other.fileno())
    except (OSError, ValueError):
        return False


def _lines(event: RunEvent) -> Iterator[str]:
    match event.WhichOneof("event"):
        case "progress":
            yield event.progress
        case "active":
            info = event.active
            for port in info.ports:
                what = f"{info.intercepting or 'connections'} of port {port.service_port_identifier}"
                yield f"{info.workload_kind} {info.workload}: {what} go to {port.local_host}:{port.local_port}"
            if info.curl:
                yield f"{INSIDE} {info.curl}"
            if line := preview_line(info):
                yield line
        case "handler_started":
            started = event.handler_started
            yield f"handler {started.handler} started (pid {started.pid})"
            if started.debug_port:
                yield f"handler {started.handler}: debugpy, attach to {started.debug_host}:{started.debug_port}"
        case "handler_ended":
            yield f"handler {event.handler_ended.handler} {event.handler_ended.reason}"
        case "ready":
            yield "ready; Ctrl-C undoes it"


@contextmanager
def _terminated_is_interrupted() -> Iterator[None]:
    """SIGTERM and a closed terminal undo as Ctrl-C does."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until_undone(stub: Any, printer: EventPrinter, holder: str) -> None:
    deadline = time.monotonic() + UNDONE_SECONDS
    while time.monotonic() < deadline:
        status = stub.Status(StatusRequest())
        if is_undone(status, intercepts=printer.intercepts, pids=printer.pids, holder=holder):
            return
        time.sleep(UNDONE_PAUSE)
    raise UserError(f"not everything is undone after {UNDONE_SECONDS:g} s", hint="see what is left: telelens status")
