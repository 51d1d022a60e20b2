"""`--request-timeout`, as kubectl reads it."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from telelens_daemons.errors import UserError
from telelens_daemons.kube.client import KubeClient
from telelens_daemons.kube.errors import UnreachableError
from telelens_daemons.kube.flags import KubeFlags
from telelens_daemons.kube.kubeconfig import Kubeconfig
from telelens_daemons.kube.resources import PODS
from telelens_daemons.kube.timeouts import request_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 15.0),
        ("0", None),
        ("0s", None),
        ("7", 7.0),
        ("5s", 5.0),
        ("1m30s", 90.0),
        ("1.5h", 5400.0),
        ("250ms", 0.25),
    ],
)
def test_times(text: str, seconds: float | None) -> None:
    assert request_seconds(text, default=15.0) == seconds


@pytest.mark.parametrize("text", ["5x", "s", "-1s", "5 s", "1m30"])
def test_what_is_no_time_is_a_usage_error(text: str) -> None:
    with pytest.raises(UserError, match="--request-timeout") as caught:
        request_seconds(text, default=15.0)
    assert caught.value.code == "usage"


async def test_a_server_that_takes_longer_is_given_up(kubeconfig: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = f"http://127.0.0.1:{silent.getsockname()[1]}"
        access = Kubeconfig.load([kubeconfig]).access(flags=KubeFlags(server=server, request_timeout="200ms"))
        began = time.monotonic()
        async with KubeClient(access, environment={}, user_agent="test") as client:
            with pytest.raises(UnreachableError, match="no answer in time"):
                await client.get(PODS, "echo", namespace="shop")
        assert time.monotonic() - began < 5
