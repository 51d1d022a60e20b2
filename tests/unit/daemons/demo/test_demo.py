"""Those parts of the demo that need no cluster; the whole of it is shown on one, in tests/cluster."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from telelens_daemons.cli.options import Format, GlobalOptions, KubectlFlags
from telelens_daemons.cli.output import Output
from telelens_daemons.cli.starting import is_running
from telelens_daemons.demo import cluster, daemon
from telelens_daemons.demo.availability import check_images, is_available
from telelens_daemons.demo.errors import DemoError
from telelens_daemons.demo.samples import PROGRAM, breakpoint_line, namespace_of, samples
from telelens_daemons.demo.steps import Steps
from telelens_daemons.places import Places


def test_the_samples_fit_the_demo() -> None:
    folder = samples()
    assert namespace_of(folder) == "telelens-demo"
    line = (folder / PROGRAM).read_text().splitlines()[breakpoint_line(folder) - 1]
    assert line == "    return {"


def test_the_cluster_that_is_named_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    options = GlobalOptions(kubectl=KubectlFlags(context="mine"))
    assert cluster.find_cluster(options) == cluster.DemoCluster(options, helm=None)


def test_a_recorded_cluster_brings_its_helm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cluster.json").write_text(json.dumps({"helm": "/somewhere/helm"}))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    assert cluster.find_cluster(GlobalOptions()).helm == Path("/somewhere/helm")


def test_the_checkouts_own_cluster_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    (tmp_path / "Makefile").write_text("cluster:\n\t@echo starting\n\t@echo KUBECONFIG=/made/kubeconfig\n")
    monkeypatch.setattr(cluster, "CHECKOUT", tmp_path)
    assert cluster.find_cluster(GlobalOptions()).options.kubectl.kubeconfig == "/made/kubeconfig"


def test_a_cluster_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    (tmp_path / "Makefile").write_text("cluster:\n\t@exit 1\n")
    monkeypatch.setattr(cluster, "CHECKOUT", tmp_path)
    with pytest.raises(DemoError, match="did not start"):
        cluster.find_cluster(GlobalOptions())


def test_without_a_checkout_a_cluster_must_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setattr(cluster, "CHECKOUT", tmp_path)
    with pytest.raises(DemoError) as failure:
        cluster.find_cluster(GlobalOptions())
    assert "--context" in failure.value.hint


def test_a_missing_image_is_said_at_once() -> None:
    waiting = {"waiting": {"reason": "ImagePullBackOff"}}
    pod = {"status": {"containerStatuses": [{"image": "localhost/x:1", "state": waiting}]}}
    with pytest.raises(DemoError, match="no image localhost/x:1") as failure:
        check_images([pod])
    assert "make images" in failure.value.hint


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({}, False),
        ({"observedGeneration": 2, "availableReplicas": 1, "updatedReplicas": 1, "replicas": 1}, True),
        ({"observedGeneration": 1, "availableReplicas": 1, "updatedReplicas": 1, "replicas": 1}, False),
        ({"observedGeneration": 2, "availableReplicas": 1, "updatedReplicas": 1, "replicas": 2}, False),
    ],
)
def test_a_deployment_is_available_when_its_newest_pods_are(status: dict[str, int], expected: bool) -> None:
    deployment = {"metadata": {"generation": 2}, "spec": {"replicas": 1}, "status": status}
    assert is_available(deployment) is expected


def test_each_step_is_a_line_and_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(Output(GlobalOptions()))
    with steps.step("one") as step:
        step.shows = "it works"
    with pytest.raises(DemoError), steps.step("two"):
        raise DemoError("it does not")
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("s  ")[2] for line in lines] == ["one: it works", "two: failed: it does not"]
    assert [(step["step"], step["succeeded"]) for step in steps.to_object()] == [("one", True), ("two", False)]


def test_json_has_no_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Steps(Output(GlobalOptions(format=Format.JSON))).step("one"):
        pass
    assert capsys.readouterr().out == ""


async def test_its_daemon_is_private_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    users = {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "XDG_STATE_HOME": str(tmp_path / "state")}
    for name, value in users.items():
        monkeypatch.setenv(name, value)
    async with daemon.daemon() as places:
        assert is_running(places)
        assert not is_running(Places.of(users))
        folder = places.state.parent
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()
    assert not (tmp_path / "state").exists()


def test_its_daemon_ends_when_the_demo_is_killed(tmp_path: Path) -> None:
    program = (
        "import asyncio\n"
        "from telelens_daemons.demo.daemon import daemon\n"
        "async def main():\n"
        "    async with daemon() as places:\n"
        "        print(places.socket, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}  # too long a path for a socket
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment) as demo:
        assert demo.stdout is not None
        socket = Path(demo.stdout.readline().strip())
        demo.kill()
    try:
        assert socket.name == "daemon.sock"
        deadline = time.monotonic() + 10
        while socket.exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        shutil.rmtree(socket.parents[2], ignore_errors=True)
