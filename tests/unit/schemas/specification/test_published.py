"""What is published of the language is what the table says, and agrees with the reader."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from telelens_schemas.specification import Code, read_specification
from telelens_schemas.specification.published import crd, json_schema, reference
from telelens_schemas.specification.published.files import files

from tests.unit.schemas.specification.whole import OLDEST, WHOLE, as_crd

CHECKOUT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize("name", sorted(files()))
def test_the_files_are_not_stale(name: str) -> None:
    assert (CHECKOUT / name).read_text() == files()[name], "run make generate"


def test_the_json_schema_is_one() -> None:
    schema = json_schema()
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(schema)


RIGHT = {
    "file form": WHOLE,
    "CRD form": as_crd(WHOLE),
    "v1alpha2": as_crd("workloads: [{name: e, intercepts: [{}]}]\n", "v1alpha2"),
    "v1alpha1": OLDEST,
    "templates": "workloads: [{name: '{{ .x }}', intercepts: [{localPort: '{{ .y }}', enabled: '{{ .z }}'}]}]\n",
    "a port by name": "workloads: [{name: e, intercepts: [{port: http}, {name: f, port: 80, localPort: '81'}]}]\n",
}
WRONG = {
    "unknown key": "workload: []\n",
    "wrong type": "handlers: {}\n",
    "bad pattern": "handlers: [{name: 1x}]\n",
    "bad choice": "handlers: [{name: a, script: {run: x, shell: fish}}]\n",
    "missing": "handlers: [{}]\n",
    "exclusive": "connection: {}\nconnections: []\n",
    "none of": "handlers: [{name: a, docker: {}}]\n",
    "two of": "handlers: [{name: a, docker: {image: a, build: {context: .}}}]\n",
    "port": "workloads: [{name: e, intercepts: [{localPort: 70000}]}]\n",
    "templated reference": "workloads: [{name: e, intercepts: [{handler: '{{ .h }}'}]}]\n",
    "in an object": as_crd("workload: []\n"),
    "later key in an older version": as_crd("connections: [{name: a}]\n", "v1alpha2"),
    "unknown version": as_crd("name: a\n", "v2"),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_what_the_reader_takes_the_schema_takes(text: str) -> None:
    errors = [problem for problem in read_specification(text, "f").errors if problem.code is not Code.NOT_SUPPORTED_YET]
    assert errors == []
    assert list(Draft202012Validator(json_schema()).iter_errors(yaml.safe_load(text))) == []


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_the_reader_refuses_the_schema_refuses(text: str) -> None:
    assert read_specification(text, "f").errors
    assert list(Draft202012Validator(json_schema()).iter_errors(yaml.safe_load(text)))


def test_every_part_of_the_definition_is_structural() -> None:
    def check(schema: dict[str, Any], path: str) -> None:
        if schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-int-or-string"):
            pass
        else:
            assert schema.get("type"), path
        if "properties" in schema:
            assert "additionalProperties" not in schema, path
        for name, inner in schema.get("properties", {}).items():
            assert inner.get("description"), f"{path}.{name}"
            check(inner, f"{path}.{name}")
        if "items" in schema:
            check(schema["items"], f"{path}[]")
        if isinstance(schema.get("additionalProperties"), dict):
            check(schema["additionalProperties"], f"{path}.*")

    for version in crd()["spec"]["versions"]:
        whole = version["schema"]["openAPIV3Schema"]
        check(whole["properties"]["spec"], version["name"])
    spec = crd()["spec"]
    assert spec["names"]["shortNames"] == ["ispecs"]
    assert [(one["name"], one["storage"], one.get("deprecated", False)) for one in spec["versions"]] == [
        ("v1alpha1", False, True),
        ("v1alpha2", False, True),
        ("v1alpha4", True, False),
    ]


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("localPort", "08080", "70000"),
        ("port", "http", "Http"),
        ("pathPrefix", "/api", "api"),
        ("pathEqual", "/a%20b", "/a?b"),
        ("pathRegexp", "/(a|b)", "Ä"),
        ("service", "web", "Web"),
    ],
)
def test_the_definition_has_the_patterns_of_texts_beside_templates(key: str, right: str, wrong: str) -> None:
    (current,) = (one for one in crd()["spec"]["versions"] if one["storage"])
    spec = current["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    intercept = spec["workloads"]["items"]["properties"]["intercepts"]["items"]["properties"]
    pattern = re.compile(intercept[key]["pattern"])
    assert [bool(pattern.search(text)) for text in (right, "{{ .x }}", wrong)] == [True, True, False]


def test_the_page_speaks_of_every_finding_under_its_code() -> None:
    page = reference()
    for code in Code:
        assert f"\n## {code.value}\n" in page
