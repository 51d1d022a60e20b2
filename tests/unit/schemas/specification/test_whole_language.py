"""Every key of the language is read, is right, and survives being normalised."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from telelens_schemas.specification import Code, not_runnable, read_specification, to_file_form
from telelens_schemas.specification.language import SPECIFICATION
from telelens_schemas.specification.shapes import Either, Keyed, Many, Shape, Struct

from tests.unit.schemas.specification.whole import OLDEST, WHOLE, as_crd


def paths(shape: Shape, path: str = "$") -> set[str]:
    """Every key that the table has."""
    match shape:
        case Struct():
            return {f"{path}.{key.name}" for key in shape.keys} | {
                found for key in shape.keys for found in paths(key.shape, f"{path}.{key.name}")
            }
        case Many():
            return paths(shape.item, f"{path}[]")
        case Keyed():
            return paths(shape.item, f"{path}.*")
        case Either():
            return {found for one in shape.shapes for found in paths(one, path)}
    return set()


def test_the_text_has_every_key_but_the_one_connection() -> None:
    used = {re.sub(r"\[\d+\]", "[]", key.trail.path) for key in read_specification(WHOLE, "f").index}
    used = {re.sub(r"(spec\.services)\.\w+", r"\1.*", path) for path in used}
    every = {path for path in paths(SPECIFICATION) if path != "$.connection" and not path.startswith("$.connection.")}
    assert every - used == set()


@pytest.mark.parametrize("text", [WHOLE, as_crd(WHOLE)])
def test_the_whole_language_is_right(text: str) -> None:
    reading = read_specification(text, "f.yaml")
    assert reading.problems == ()


def test_nothing_is_lost_in_the_models() -> None:
    (specification,) = read_specification(WHOLE, "f.yaml").specifications
    normal = to_file_form(specification)
    again = read_specification(json.dumps(normal), "g.yaml")
    assert again.problems == ()
    assert to_file_form(again.specifications[0]) == normal
    written = yaml.safe_load(WHOLE)
    assert normal["connections"] == [
        {**written["connections"][0], "expose": "127.0.0.1:8080:80"},
        {"name": "b", "expose": ["80", "8081:81"]},
    ]
    assert normal["prerequisites"] == written["prerequisites"]
    composed = next(one for one in normal["handlers"] if one["name"] == "composed")
    assert composed["docker"]["compose"]["spec"] == written["handlers"][3]["docker"]["compose"]["spec"]


def test_what_cannot_be_run_yet_is_told_to_who_runs_it_alone() -> None:
    reading = read_specification(WHOLE, "f.yaml")
    refused = {one.path: one.is_error for one in not_runnable(reading, "f.yaml")}
    assert refused["$.connections"]
    assert not refused["$.connections[0].alsoProxy"]
    assert refused["$.handlers[2].docker"]
    assert refused["$.workloads[0].intercepts[0].replace"]
    assert "$.workloads[0].intercepts[1].mountPoint" not in refused  # it says false
    assert "$.handlers[1].docker" not in refused  # no intercept uses it
    first = not_runnable(reading, "f.yaml")[0]
    assert (first.code, first.range.line) == (Code.NOT_SUPPORTED_YET, 2)
    assert "write one specification for each connection" in first.message


def test_the_oldest_version_means_what_lists_say() -> None:
    (specification,) = read_specification(OLDEST, "f").specifications
    echo, other, idle = specification.workloads
    assert (echo.name, echo.namespace, other.name, idle.name, idle.intercepts) == ("echo", "shop", "other", "idle", ())
    assert [(one.port, [(header.name, header.value) for header in one.headers]) for one in echo.intercepts][1] == (
        "81",
        [("a", "b"), ("c", "d")],
    )
    assert [(one.name, one.value) for one in specification.handlers[0].environment] == [
        ("PORT", "8080"),
        ("GREETING", "hello"),
    ]
    assert echo.source.places["name"].key.line == 8


def test_the_published_examples_are_right_but_for_their_quotes() -> None:
    text = """\
connections:
- name: a
  namespace: {{env "NAMESPACE_A"}}
  hostname: alpha
- name: b
  namespace: {{env "NAMESPACE_B"}}
  hostname: bravo
workloads:
- name: a/echo
  intercepts:
  - handler: echo
    localPort: 8088
    port: 80
    name: a
- name: b/echo
  intercepts:
  - handler: echo
    localPort: 8089
    port: 80
    name: b
handlers:
- name: echo
  docker:
    compose:
      Services:
      - name: echo-a
        behavior: interceptHandler
        connection: a
      - name: echo-b
        behavior: interceptHandler
        connection: b
"""
    found = {one.code for one in read_specification(text, "f").problems}
    assert found <= {Code.NOT_SUPPORTED_YET}
