"""Kubeconfig files are read as kubectl reads them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml
from telelens_daemons.kube.credentials import Credentials
from telelens_daemons.kube.errors import KubeconfigError
from telelens_daemons.kube.flags import KubeFlags
from telelens_daemons.kube.kubeconfig import Kubeconfig, config_paths


def write(path: Path, **parts: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(parts))
    return path


def context(name: str, cluster: str, user: str = "", namespace: str = "") -> dict[str, Any]:
    inner = {"cluster": cluster, "user": user, "namespace": namespace}
    return {"name": name, "context": {key: value for key, value in inner.items() if value}}


def cluster(name: str, server: str) -> dict[str, Any]:
    return {"name": name, "cluster": {"server": server}}


def test_the_first_file_that_names_a_thing_wins(tmp_path: Path) -> None:
    one = write(tmp_path / "1", clusters=[cluster("a", "https://one")], contexts=[context("x", "a")])
    two = write(
        tmp_path / "2",
        **{"current-context": "y"},
        clusters=[cluster("a", "https://two"), cluster("b", "https://b")],
        contexts=[context("x", "b"), context("y", "b", namespace="shop")],
    )
    config = Kubeconfig.load([one, tmp_path / "missing", two])
    assert config.access().server == "https://b"
    assert config.access().namespace == "shop"
    assert config.access(context="x").server == "https://one"


def test_paths_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    user = {"name": "u", "user": {"tokenFile": "secrets/token"}}
    path = write(
        tmp_path / "sub" / "config",
        **{"current-context": "x"},
        clusters=[cluster("c", "https://c")],
        users=[user],
        contexts=[context("x", "c", "u")],
    )
    access = Kubeconfig.load([path]).access()
    assert access.user_entry["tokenFile"] == str(tmp_path / "sub" / "secrets" / "token")


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path / "config",
        **{"current-context": "x"},
        clusters=[cluster("c", "https://c"), cluster("d", "https://d")],
        contexts=[context("x", "c", namespace="a")],
    )
    access = Kubeconfig.load([path]).access(flags=KubeFlags(cluster="d"), namespace="b")
    assert (access.server, access.namespace) == ("https://d", "b")
    assert Kubeconfig.load([path]).access(flags=KubeFlags(server="host:6443")).server == "https://host:6443"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: [", "is not valid YAML"),
        ("[]", "expected a mapping"),
        ("clusters: [{cluster: {}}]", "has no name"),
        ("contexts: []", "no current context"),
        ("current-context: z", "no context named 'z'"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "config"
    path.write_text(content)
    with pytest.raises(KubeconfigError, match=message.replace("(", r"\(")):
        Kubeconfig.load([path]).access()


def test_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="does not exist"):
        Kubeconfig.load([tmp_path / "none"])


def test_which_files() -> None:
    assert config_paths("", {"HOME": "/h"}) == [Path("/h/.kube/config")]
    assert config_paths("", {"KUBECONFIG": "/a::/b"}) == [Path("/a"), Path("/b")]
    assert config_paths("/f", {"KUBECONFIG": "/a"}) == [Path("/f")]


async def test_credentials_impersonate_and_read_certificates(tmp_path: Path) -> None:
    data = {key: base64.b64encode(key.encode()).decode() for key in ("certificate", "key")}
    user = {
        "token": "t",
        "as": "eve",
        "as-groups": ["g", "h"],
        "client-certificate-data": data["certificate"],
        "client-key-data": data["key"],
    }
    path = write(
        tmp_path / "config",
        **{"current-context": "x"},
        clusters=[cluster("c", "https://c")],
        users=[{"name": "u", "user": user}],
        contexts=[context("x", "c", "u")],
    )
    credentials = Credentials(Kubeconfig.load([path]).access(), environment={})
    assert await credentials.headers() == [
        ("Impersonate-User", "eve"),
        ("Impersonate-Group", "g"),
        ("Impersonate-Group", "h"),
        ("Authorization", "Bearer t"),
    ]
    certificate = await credentials.client_certificate()
    assert certificate is not None
    assert (certificate.certificate, certificate.key) == (b"certificate", b"key")
