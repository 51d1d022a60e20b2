"""What of the caller's environment travels to the daemon, which runs in another folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from telelens_daemons.cli.callers_environment import callers_environment
from telelens_daemons.cli.options import GlobalOptions, KubectlFlags


def test_kubeconfigs_are_meant_as_seen_from_the_callers_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ada")
    found = callers_environment({"KUBECONFIG": "kube.yaml::~/other.yaml:/etc/third.yaml", "A": "kube.yaml"})
    assert found == {"KUBECONFIG": f"{tmp_path}/kube.yaml:/home/ada/other.yaml:/etc/third.yaml", "A": "kube.yaml"}
    assert callers_environment({"KUBECONFIG": ""}) == {"KUBECONFIG": ""}
    request = GlobalOptions(kubectl=KubectlFlags(kubeconfig="~/mine.yaml", client_key="key.pem")).connect_request()
    assert (request.kubeconfig, request.flags.client_key) == ("/home/ada/mine.yaml", f"{tmp_path}/key.pem")


def test_what_is_no_text_stays_behind() -> None:
    latin = "caf\udce9"
    assert callers_environment({"A": latin, latin: "b", "C": "café"}) == {"C": "café"}
