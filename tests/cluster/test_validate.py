"""`telelens intercept validate --cluster`: names held against a real cluster, as an ordinary user sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fixtures.cluster import Cluster
from fixtures.users import Rights, User, binding, make_user, role

TELELENS = Path(sys.executable).parent / "telelens"
LISTING = {
    "apiGroups": ["apps", ""],
    "resources": ["deployments", "statefulsets", "services"],
    "verbs": ["list"],
}
TEXT = """\
connection: {{namespace: {{{{ env "SHOP" }}}}}}
handlers:
  - name: local
workloads:
  - name: {workload}
    intercepts:
      - {{handler: local, service: {service}, port: {port}, localPort: 8080}}
"""


@pytest.fixture
def ada(cluster: Cluster, shop: str, tmp_path: Path) -> User:
    return make_user(cluster, "ada", namespace=shop, folder=tmp_path)


def validate(user: User, shop: str, folder: Path, *arguments: str, **names: str) -> tuple[int, str, str]:
    text = TEXT.format(**({"workload": "echo", "service": "echo", "port": "80"} | names))
    (folder / "echo.ispec.yaml").write_text(text)
    ended = subprocess.run(
        [str(TELELENS), "intercept", "validate", "echo.ispec.yaml", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=os.environ | {"KUBECONFIG": str(user.kubeconfig), "SHOP": shop},
        timeout=60,
    )
    return ended.returncode, ended.stdout, ended.stderr


def codes(answer: tuple[int, str, str]) -> list[str]:
    found: list[dict[str, Any]] = json.loads(answer[1])
    return [one["code"] for one in found]


def test_names_are_held_against_the_cluster(cluster: Cluster, shop: str, ada: User, tmp_path: Path) -> None:
    Rights(cluster).grant(
        role("listing", LISTING, namespace=shop), binding(ada, "listing", kind="Role", namespace=shop)
    )
    live = ("--cluster", "--format", "json")
    assert codes(validate(ada, shop, tmp_path, *live)) == []
    assert codes(validate(ada, shop, tmp_path, *live, workload="ecko")) == ["unknown-workload"]
    assert codes(validate(ada, shop, tmp_path, *live, service="other")) == ["unknown-service"]
    assert codes(validate(ada, shop, tmp_path, *live, port="81")) == ["unknown-port"]
    assert codes(validate(ada, shop, tmp_path, "--format", "json", workload="ecko")) == [], "nobody asked the cluster"
    code, told, _ = validate(ada, shop, tmp_path, "--cluster", workload="ecko")
    assert (code, 'did you mean "echo"?' in told) == (0, True)


def test_what_may_not_be_listed_is_not_wrong(shop: str, ada: User, tmp_path: Path) -> None:
    assert codes(validate(ada, shop, tmp_path, "--cluster", "--format", "json", workload="ecko")) == []


def test_a_cluster_that_does_not_answer_is_an_error(shop: str, ada: User, tmp_path: Path) -> None:
    text = ada.kubeconfig.read_text()
    server = next(line for line in text.splitlines() if "server:" in line)
    ada.kubeconfig.write_text(text.replace(server, "    server: https://127.0.0.1:1"))
    code, _, error = validate(ada, shop, tmp_path, "--cluster")
    assert code == 1
    assert error.startswith("error: ")
    assert "127.0.0.1:1" in error
