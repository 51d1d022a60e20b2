"""Credential plugins: run once, cached until they expire, never interactive, and quoted when they fail."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from telelens_daemons.kube.errors import CredentialsError
from telelens_daemons.kube.exec_plugin import ExecPlugin

PROGRAM = """
import json, os, sys
with open(sys.argv[1], "a") as file: file.write("run ")
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
print(json.dumps({"status": {"token": os.environ["NAME"], "expirationTimestamp": sys.argv[2],
                             "clientCertificateData": str(info["spec"]), "clientKeyData": "k"}}))
"""
LATER = "2099-01-01T00:00:00Z"
PAST = "2020-01-01T00:00:00Z"


def plugin(*arguments: str, **entry: Any) -> ExecPlugin:
    described = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": ["-c", *arguments],
        "env": [{"name": "NAME", "value": "ada"}],
        **entry,
    }
    return ExecPlugin(described, environment={"PATH": "/usr/bin"}, cluster={"server": "https://c"})


async def test_a_fresh_credential_is_kept(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    one = plugin(PROGRAM, str(runs), LATER, provideClusterInfo=True)
    credential = await one.credential()
    assert credential.token == "ada"
    assert "'interactive': False" in credential.certificate
    assert "https://c" in credential.certificate
    await one.credential()
    assert runs.read_text() == "run "
    one.forget()
    await one.credential()
    assert runs.read_text() == "run run "


async def test_an_expired_one_is_not(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    one = plugin(PROGRAM, str(runs), PAST)
    await one.credential()
    await one.credential()
    assert runs.read_text() == "run run "


@pytest.mark.parametrize(
    ("one", "message"),
    [
        (plugin("import sys; sys.exit('token expired')"), "failed: token expired"),
        (plugin("print('hello')"), "printed no ExecCredential"),
        (plugin("print('" + json.dumps({"status": {}}) + "')"), "neither a token nor a certificate"),
        (plugin(command="/nowhere/plugin"), "cannot run the credential plugin /nowhere/plugin"),
        (plugin(apiVersion="client.authentication.k8s.io/v1alpha1"), "v1alpha1 is not supported"),
        (plugin(interactiveMode="Always"), "wants a terminal"),
    ],
)
async def test_failures_are_told_in_one_line(one: ExecPlugin, message: str) -> None:
    with pytest.raises(CredentialsError, match=message):
        await one.credential()
