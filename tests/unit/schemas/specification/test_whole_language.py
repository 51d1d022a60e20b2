"""Every key of the language is read, is right, and survives being normalised."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from telelens_schemas.specification import Code, not_runnable, read_specification, to_file_form
from telelens_schemas.specification.language import SPECIFICATION
from telelens_schemas.specification.shapes import Either, Keyed, Many, Shape, Struct
from telelens_schemas.specification.template_checks import check_template
from telelens_schemas.templates import Context, parse

from tests.unit.schemas.specification.examples import ECHO_EASY, EXAMPLES
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


def test_what_one_specification_does_not_use_another_one_may() -> None:
    handlers = "handlers: [{name: a, docker: {image: x}}]\n"
    used = f"{handlers}workloads: [{{name: web, intercepts: [{{handler: a}}]}}]\n"
    reading = read_specification(f"{handlers}workloads: []\n---\n{used}", "f.yaml")
    assert [one.range.line for one in not_runnable(reading, "f.yaml")] == [4]


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


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=EXAMPLES)
def test_the_published_examples_are_right_but_for_their_quotes(text: str) -> None:
    reading = read_specification(text, "f")
    assert len(reading.specifications) == 1
    assert reading.problems == ()
    assert check_template(parse(text), "f", {"NAMESPACE_A": "a", "NAMESPACE_B": "b"}) == []


def test_the_published_example_says_what_it_means_once_it_is_expanded() -> None:
    data = {"Telepresence": {"Username": "ada"}}
    expanded = parse(ECHO_EASY).execute(data, Context(environment={})).text
    (specification,) = read_specification(expanded, "f").specifications
    (workload,) = specification.workloads
    (intercept,) = workload.intercepts
    assert (specification.name, workload.namespace, intercept.handler) == ("echo-server-spec", "default", "echo-easy")
    assert [(one.name, one.value) for one in intercept.headers] == [("test-ada", "ada")]
