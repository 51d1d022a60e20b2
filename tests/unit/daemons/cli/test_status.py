"""What ``status`` says of an intercept."""

from __future__ import annotations

import pytest
from telelens_daemons.cli.status import intercept_lines
from telelens_schemas.wire.daemon_pb2 import InterceptedPod, InterceptInfo


@pytest.mark.parametrize(
    ("pod", "said"),
    [
        (InterceptedPod(connected=True, transport="direct"), "connected directly"),
        (InterceptedPod(connected=True, transport="port-forward"), "connected by port-forward"),
        (InterceptedPod(transport="direct"), "no tunnel"),
        (
            InterceptedPod(connected=True, transport="direct", old_connections=2),
            "connected directly, 2 old connections still go to the application",
        ),
    ],
)
def test_how_a_pod_is_reached(pod: InterceptedPod, said: str) -> None:
    pod.name = "echo-1"
    info = InterceptInfo(name="echo", phase="ACTIVE", pods=[pod])
    assert intercept_lines(info)[-1] == f"        pod echo-1: {said}"
