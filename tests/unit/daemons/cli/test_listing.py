"""`list`, as people read it."""

from __future__ import annotations

import pytest
from telelens_daemons.cli.listing import NOTHING, show
from telelens_daemons.cli.options import GlobalOptions
from telelens_daemons.cli.output import Output
from telelens_schemas.wire.daemon_pb2 import ListReply


def test_an_empty_list_says_what_there_is_none_of(capsys: pytest.CaptureFixture[str]) -> None:
    for nothing in NOTHING.values():
        show(Output(GlobalOptions()), ListReply(namespace="shop"), [], nothing=nothing)
    assert capsys.readouterr().out.splitlines() == [
        "No workloads in namespace shop",
        "No intercepts in namespace shop",
        "No workloads with an agent in namespace shop",
        "No workloads that can be intercepted in namespace shop",
    ]
