"""Compose files that a specification names."""

from __future__ import annotations

from telelens_schemas.specification import Code, read_specification
from telelens_schemas.specification.compose import check_compose, contexts, read_compose

COMPOSE = """\
services:
  web:
    image: web
    x-telepresence: {behavior: interceptHandler}
  db: {}
  cache:
"""
TEXT = """\
handlers:
- name: one
  docker: {compose: {context: ./shop, services: [{name: wbe}, {name: db}]}}
- name: two
  docker: {compose: {services: [{name: web}]}}
- name: written
  docker: {compose: {spec: {services: {a: {}}}, services: [{name: a}]}}
"""


def test_services_that_no_file_has() -> None:
    (specification,) = read_specification(TEXT, "f").specifications
    assert contexts(specification) == ("./shop", "")
    compose = read_compose(COMPOSE, "compose.yaml")
    (problem,) = check_compose(specification, {"./shop": compose, "": compose}, "f")
    assert (problem.code, problem.range.line) == (Code.UNDEFINED_COMPOSE_SERVICE, 3)
    assert problem.replacement is not None
    assert problem.replacement.text == "web"


def test_files_that_cannot_be_read_say_nothing() -> None:
    (specification,) = read_specification(TEXT, "f").specifications
    assert check_compose(specification, {}, "f") == []
    files = {"./shop": read_compose("services: [", "a.yaml"), "": read_compose("- a", "b.yaml")}
    assert check_compose(specification, files, "f") == []


def test_what_a_compose_file_says_of_us_is_checked() -> None:
    reading = read_compose(COMPOSE, "compose.yaml")
    assert [one.name for one in reading.services or ()] == ["web", "db", "cache"]
    assert reading.problems == ()
    wrong = read_compose(COMPOSE.replace("interceptHandler", "interceptHander"), "compose.yaml").problems
    assert [(one.code, one.range.line, one.replacement is not None) for one in wrong] == [(Code.BAD_VALUE, 4, True)]
