"""What a run looks like in a terminal or a file."""

from __future__ import annotations

import os
import re

import pytest
from telelens_daemons.cli.options import GlobalOptions
from telelens_daemons.cli.output import Output
from telelens_daemons.run.command import EventPrinter
from telelens_schemas.wire.daemon_pb2 import HandlerOutput, RunEvent

Capture = pytest.CaptureFixture[str]


def shown(capsys: Capture, *pieces: tuple[str, bool, str] | str, several: bool) -> tuple[str, str]:
    """(handler, is_stderr, text) is output, a text alone is progress."""
    printer = EventPrinter(Output(GlobalOptions()), several_handlers=several)
    for piece in pieces:
        if isinstance(piece, str):
            printer.show(RunEvent(progress=piece))
        else:
            handler, is_stderr, text = piece
            output = HandlerOutput(handler=handler, is_stderr=is_stderr, data=text.encode())
            printer.show(RunEvent(handler_output=output))
    out, err = capsys.readouterr()
    return re.sub(r" +\d+\.\d\d s  ", "> ", out), err


def test_output_of_one_handler_is_as_it_is(capsys: Capture) -> None:
    out, err = shown(capsys, ("a", False, "one\ntwo\n"), ("a", True, "bad\n"), "done", several=False)
    assert (out, err) == ("one\ntwo\n> done\n", "bad\n")


def test_of_several_each_line_has_its_name(capsys: Capture) -> None:
    assert shown(capsys, ("a", False, "one\ntwo\n"), ("b", False, "three\n"), several=True)[0] == (
        "[a] one\n[a] two\n[b] three\n"
    )


def test_a_line_that_comes_in_pieces_is_one(capsys: Capture) -> None:
    pieces = (("a", False, "load"), ("a", False, "ing"), ("a", False, " done\nnext\n"))
    assert shown(capsys, *pieces, several=False)[0] == "loading done\nnext\n"
    assert shown(capsys, *pieces, several=True)[0] == "[a] loading done\n[a] next\n"


def test_nothing_is_joined_to_a_line_that_has_no_end(capsys: Capture) -> None:
    assert shown(capsys, ("a", False, "which? "), "undoing", several=False)[0] == "which? \n> undoing\n"
    assert shown(capsys, ("a", False, "which? "), ("b", False, "here\n"), ("a", False, "x\n"), several=True)[0] == (
        "[a] which? \n[b] here\n[a] x\n"
    )


def test_a_file_of_errors_has_no_line_of_ours(capsys: Capture) -> None:
    assert shown(capsys, ("a", True, "which? "), "progress", ("a", True, "x\n"), several=False) == (
        "> progress\n",
        "which? x\n",
    )


def test_streams_that_go_to_two_places_do_not_part_each_others_lines(capsys: Capture) -> None:
    pieces = (("a", False, "loading"), ("a", True, "warn\n"), ("a", False, " done\n"))
    assert shown(capsys, *pieces, several=True) == ("[a] loading done\n", "[a] warn\n")


def test_streams_of_one_place_do(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = (("a", False, "loading"), ("a", True, "warn\n"), ("a", False, " done\n"))
    with os.fdopen(os.dup(1), "w") as both, monkeypatch.context() as patched:
        patched.setattr("sys.stdout", both)
        patched.setattr("sys.stderr", both)
        assert shown(capfd, *pieces, several=False)[0] == "loading\nwarn\n done\n"
