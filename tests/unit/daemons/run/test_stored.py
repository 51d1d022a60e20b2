"""Specifications that a cluster stores, asked for by their names."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from telelens_daemons.run.for_caller import read_for_caller
from telelens_daemons.run.stored import StoredSpecificationError, as_text, is_stored_name, read_stored
from telelens_schemas.specification import Specification
from telelens_schemas.wire.daemon_pb2 import ConnectRequest
from unit.daemons.fake_api import FakeApi, status
from unit.schemas.specification.whole import OLDEST

COLLECTION = "/apis/getambassador.io/v1alpha4/namespaces/shop/interceptspecifications"
SPEC = {"workloads": [{"name": "echo", "intercepts": [{"localPort": 9090}]}]}


def stored(spec: dict[str, Any], name: str = "echo") -> dict[str, Any]:
    """As the API server gives it: in the version that it stores, whichever it was written in."""
    return {
        "apiVersion": "getambassador.io/v1alpha4",
        "kind": "InterceptSpecification",
        "metadata": {"name": name, "namespace": "shop", "uid": "1", "annotations": {"by": "{{ hand }}"}},
        "spec": spec,
    }


def only(text: str) -> Specification:
    expanded = read_for_caller(text, "echo")
    assert expanded.errors == ()
    (specification,) = expanded.reading.specifications
    return specification


@pytest.mark.parametrize(
    ("given", "is_name"),
    [
        ("echo", True),
        ("echo.team-a", True),
        ("echo.ispec.yaml", False),
        ("echo.yml", False),
        ("folder/echo", False),
        ("Echo", False),
        ("-", False),
        ("there", False),
        ("folder", True),
    ],
)
def test_what_is_taken_for_a_name(given: str, is_name: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").write_text("")
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    assert is_stored_name(given) == is_name


def test_one_of_the_oldest_version_is_read_as_what_it_was_written_as() -> None:
    text = as_text(stored(yaml.safe_load(OLDEST)["spec"], "old"), "old")
    assert yaml.safe_load(text)["apiVersion"] == "getambassador.io/v1alpha1"
    specification = only(text)
    assert (specification.name, [one.name for one in specification.workloads]) == ("old", ["echo", "other", "idle"])
    assert specification.workloads[0].intercepts[0].port == "http"


def test_of_one_that_is_wrong_in_every_version_the_newest_tells_it() -> None:
    text = as_text(stored({"workloads": [{"name": "echo", "intercepts": [{"handler": "nobody"}]}]}), "echo")
    assert yaml.safe_load(text)["apiVersion"] == "getambassador.io/v1alpha4"
    assert [one.code.value for one in read_for_caller(text, "echo").errors] == ["undefined-handler"]


@pytest.mark.parametrize("expanded", ["it's", 'say "x": #1', "80", "- a", "a: b"])
def test_templates_may_expand_to_anything(expanded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAID", expanded)
    handler = {
        "name": "web",
        "environment": [{"name": "A", "value": '{{ env "SAID" }}'}, {"name": "B", "value": "{{ eq `it's` `x` }}"}],
        "script": {"run": 'one\necho {{ env "SAID" }}\n'},
    }
    spec = SPEC | {"handlers": [handler]}
    spec["workloads"] = [{"name": "echo", "intercepts": [{"handler": "web", "localPort": 9090}]}]
    read = only(as_text(stored(spec), "echo")).handlers[0]
    assert [one.value for one in read.environment] == [expanded, "false"]
    assert read.script is not None
    assert read.script.run == f"one\necho {expanded}\n"


async def _read(name: str, kubeconfig: Path, *, namespace: str = "") -> str:
    request = ConnectRequest(kubeconfig=str(kubeconfig), namespace=namespace)
    return await asyncio.to_thread(read_stored, name, request)


async def test_it_is_read_from_the_contexts_namespace_or_another(api: FakeApi, kubeconfig: Path) -> None:
    api.put(COLLECTION, stored(SPEC))
    api.put(COLLECTION.replace("/shop/", "/team/"), stored(SPEC | {"name": "theirs"}))
    assert only(await _read("echo", kubeconfig)).name == "echo"
    assert only(await _read("echo", kubeconfig, namespace="team")).name == "theirs"


async def test_one_that_is_not_there_is_said_with_what_is(api: FakeApi, kubeconfig: Path) -> None:
    api.put(COLLECTION, stored(SPEC))
    with pytest.raises(StoredSpecificationError, match=r"no file ecko, and no .* is stored in namespace shop") as told:
        await _read("ecko", kubeconfig)
    assert told.value.hint == 'did you mean "echo"?'
    api.remove(COLLECTION, "echo")
    with pytest.raises(StoredSpecificationError) as told:
        await _read("ecko", kubeconfig)
    assert "kubectl get ispecs" in told.value.hint


async def test_a_cluster_without_the_definition_is_said(api: FakeApi, kubeconfig: Path) -> None:
    api.refuse = lambda _: web.Response(status=404, text="404 page not found\n")
    with pytest.raises(StoredSpecificationError, match="it has no definition of them") as told:
        await _read("echo", kubeconfig)
    assert "telelens helm upgrade" in told.value.hint


async def test_who_may_not_read_it_is_told_the_role(api: FakeApi, kubeconfig: Path) -> None:
    api.refuse = lambda _: status(403, "Forbidden", "interceptspecifications is forbidden")
    with pytest.raises(StoredSpecificationError, match=r"you may not get .* in namespace shop") as told:
        await _read("echo", kubeconfig)
    assert (told.value.code, "telelens-intercept" in told.value.hint) == ("forbidden", True)


async def test_where_no_cluster_answers_the_file_is_missed_first(tmp_path: Path) -> None:
    with pytest.raises(StoredSpecificationError, match="there is no file echo, and no cluster can be asked") as told:
        await _read("echo", tmp_path / "none")
    assert told.value.hint
