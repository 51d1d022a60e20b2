"""The definition of stored specifications, as `telelens genyaml crd` prints it, on a real API server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fixtures.cluster import Cluster
from unit.schemas.specification.examples import ECHO_EASY
from unit.schemas.specification.whole import OLDEST, WHOLE, as_crd

TELELENS = Path(sys.executable).parent / "telelens"
DEFINITION = "customresourcedefinition/interceptspecifications.getambassador.io"
ECHO = yaml.safe_dump(yaml.safe_load(ECHO_EASY)["spec"], sort_keys=False)
SEVERAL_CONNECTIONS = """\
connections:
  - name: a
    namespace: '{{env "NAMESPACE_A"}}'
    hostname: alpha
  - name: b
    namespace: '{{env "NAMESPACE_B"}}'
    hostname: bravo
workloads:
  - name: a/echo
    intercepts: [{handler: echo, localPort: 8088, port: 80, name: a}]
  - name: b/echo
    intercepts: [{handler: echo, localPort: 8089, port: 80, name: b}]
handlers:
  - name: echo
    docker:
      compose:
        Services:
          - {name: echo-a, behavior: interceptHandler, connection: a}
          - {name: echo-b, behavior: interceptHandler, connection: b}
"""
LISTS = """\
workloads:
  - name: echo
    intercepts: [{handler: web, port: http, localPort: 8080, headers: [{name: x-user, value: ada}]}]
handlers:
  - {name: web, environment: [{name: PORT, value: "8080"}], script: {run: serve}}
"""
PUBLISHED = {
    "echo, as published": ECHO_EASY,
    "several connections": as_crd(SEVERAL_CONNECTIONS),
    "everything": as_crd(WHOLE),
    "v1alpha2": as_crd(LISTS, "v1alpha2"),
    "v1alpha1 with maps": OLDEST,
    "v1alpha1 with lists": as_crd(LISTS, "v1alpha1"),
}
INTERCEPT = "workloads: [{name: e, intercepts: [{%s}]}]\n"
WRONG = {
    "unknown key": (as_crd("workloadz: []\n"), 'unknown field "spec.workloadz"'),
    "unknown key inside": (as_crd(INTERCEPT % "prot: 80"), 'unknown field "spec.workloads[0].intercepts[0].prot"'),
    "wrong type": (as_crd("handlers: web\n"), "spec.handlers"),
    "map of the oldest version": (as_crd("workloads: {echo: {}}\n"), "spec.workloads"),
    "bad name": (as_crd("handlers: [{name: 1x}]\n"), "spec.handlers[0].name"),
    "bad choice": (as_crd("handlers: [{name: a, script: {run: x, shell: fish}}]\n"), "spec.handlers[0].script.shell"),
    "missing": (as_crd("handlers: [{}]\n"), "spec.handlers[0].name"),
    "port": (as_crd(INTERCEPT % "localPort: 70000"), "spec.workloads[0].intercepts[0].localPort"),
    "key of the oldest version": (
        as_crd(INTERCEPT % "service_port: 80"),
        "spec.workloads[0].intercepts[0].service_port",
    ),
    "later key in an older version": (as_crd("connections: [{name: a}]\n", "v1alpha2"), "spec.connections"),
    "no spec": (as_crd("")[: -len("spec:\n")], "spec"),
}


@pytest.fixture(scope="module")
def definition(cluster: Cluster) -> Iterator[None]:
    """It is there; what was not there before is taken away."""
    was_there = cluster.kubectl.completed("get", DEFINITION).returncode == 0
    printed = subprocess.run([str(TELELENS), "genyaml", "crd"], capture_output=True, text=True, check=True).stdout
    cluster.kubectl.run("apply", "--server-side", "--force-conflicts", "--filename", "-", stdin=printed)
    cluster.kubectl.run("wait", DEFINITION, "--for", "condition=Established", "--timeout", "30s")
    yield
    if not was_there:
        cluster.kubectl.run("delete", DEFINITION)


def apply(cluster: Cluster, shop: str, text: str) -> subprocess.CompletedProcess[str]:
    here = text.replace("namespace: my-crd-namespace", f"namespace: {shop}")
    return cluster.kubectl.completed("apply", "--namespace", shop, "--filename", "-", stdin=here)


def read(cluster: Cluster, shop: str, version: str) -> dict[str, Any]:
    listed = cluster.kubectl.run("get", resource(version), "--namespace", shop, "--output", "json")
    (found,) = json.loads(listed)["items"]
    return dict(found)


def resource(version: str) -> str:
    return f"interceptspecifications.{version}.getambassador.io"


def version_of(text: str) -> str:
    return str(yaml.safe_load(text)["apiVersion"]).rpartition("/")[2]


@pytest.mark.usefixtures("definition")
@pytest.mark.parametrize("text", PUBLISHED.values(), ids=PUBLISHED)
def test_what_is_written_in_any_version_is_read_whole_in_every_version(cluster: Cluster, shop: str, text: str) -> None:
    applied = apply(cluster, shop, text)
    assert applied.returncode == 0, applied.stderr
    assert ("is deprecated: write getambassador.io/v1alpha4" in applied.stderr) == (version_of(text) != "v1alpha4")
    wanted = yaml.safe_load(text)["spec"]
    for version in ("v1alpha1", "v1alpha2", "v1alpha4"):
        found = read(cluster, shop, version)
        assert found["apiVersion"] == f"getambassador.io/{version}"
        assert without_nulls(found["spec"]) == without_nulls(wanted), version
    # A change beside it is stored anew; whoever makes it speaks the version that it was written in.
    cluster.kubectl.run("annotate", resource(version_of(text)), "--all", "by=hand", "--namespace", shop)
    assert without_nulls(read(cluster, shop, "v1alpha4")["spec"]) == without_nulls(wanted)


@pytest.mark.usefixtures("definition")
@pytest.mark.parametrize(("text", "named"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused_where_it_stands(cluster: Cluster, shop: str, text: str, named: str) -> None:
    refused = apply(cluster, shop, text)
    assert refused.returncode == 1
    assert named in refused.stderr
    assert json.loads(cluster.kubectl.run("get", "ispecs", "--namespace", shop, "--output", "json"))["items"] == []


@pytest.mark.usefixtures("definition")
def test_they_are_listed_by_their_short_name(cluster: Cluster, shop: str) -> None:
    assert apply(cluster, shop, as_crd(ECHO.replace("context:", "namespace: shop\n  context:"))).returncode == 0
    head, line = cluster.kubectl.run("get", "ispecs", "--namespace", shop).splitlines()
    assert head.split() == ["NAME", "CONTEXT", "NAMESPACE", "AGE"]
    assert line.split()[:3] == ["stored", "my-context", "shop"]


@pytest.mark.usefixtures("definition")
def test_every_key_is_explained(cluster: Cluster) -> None:
    told = cluster.kubectl.run("explain", "ispecs.spec")
    assert "Remote workloads to intercept." in told
    told = cluster.kubectl.run("explain", "ispecs.spec.workloads.intercepts.localPort")
    assert "Where the handler listens" in told


def without_nulls(value: Any) -> Any:
    """What the API server keeps of a mapping."""
    if isinstance(value, dict):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value
