"""Older versions become the current one, one form the other; nothing changes its meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from telelens_schemas.specification import Code, Reading, Replacement, Specification, read_specification
from telelens_schemas.specification.conversion import (
    convert_to_crd_form,
    convert_to_file_form,
    convert_to_v1alpha4,
    document_at,
)

from tests.unit.schemas.specification.whole import OLDEST, WHOLE, as_crd


def applied(text: str, edits: tuple[Replacement, ...]) -> str:
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for edit in reversed(edits):
        where = edit.range
        start, end = starts[where.line - 1] + where.column - 1, starts[where.end_line - 1] + where.end_column - 1
        text = text[:start] + edit.text + text[end:]
    return text


def read(text: str) -> Reading:
    return read_specification(text, "f.yaml")


def parts(specification: Specification) -> tuple[object, ...]:
    return specification.connection, specification.connections, specification.handlers, specification.workloads


def test_the_oldest_version_becomes_the_current_one_with_its_comments() -> None:
    new = applied(OLDEST, convert_to_v1alpha4(OLDEST))
    assert new == (
        "apiVersion: getambassador.io/v1alpha4  # the first one\n"
        "kind: InterceptSpecification\n"
        "metadata: {name: old}\n"
        "spec:\n"
        "  connection: {context: desk}\n"
        "  # what is taken\n"
        "  workloads:\n"
        "    -   name: echo   # a server\n"
        "        namespace: shop\n"
        "        intercepts:\n"
        "          - port: http   # by name\n"
        "            headers:\n"
        "              - name: x-user\n"
        "                value: ada\n"
        '              - name: "x-tenant"\n'
        '                value: "{{ env `TENANT` }}"\n'
        "            handler: web\n"
        "          - {name: second, port: 81, headers: [{name: a, value: b}, {name: c, value: d}], localPort: 81}\n"
        "    - {name: other, intercepts: [{handler: web, localPort: 8082}]}\n"
        "    - name: idle\n"
        "  handlers:\n"
        "    - name: web\n"
        "      environment:\n"
        "        - name: PORT\n"
        '          value: "8080"\n'
        "        - name: GREETING\n"
        "          value: hello  # politely\n"
        "      script:\n"
        "        run: |\n"
        "          serve\n"
    )


def test_deprecated_versions_and_keys_are_struck_through() -> None:
    reading = read(OLDEST.replace("{{ env `TENANT` }}", "t"))
    marked = [(problem.code, problem.range.line, [str(tag) for tag in problem.tags]) for problem in reading.problems]
    assert marked == [(Code.DEPRECATED, line, ["deprecated"]) for line in (1, 11, 16)]
    assert read(as_crd("workloads: []", "v1alpha2")).problems[0].replacement is not None


def test_the_second_version_needs_a_new_name_only() -> None:
    text = as_crd("workloads: [{name: e, intercepts: [{}]}]\n", "v1alpha2")
    assert applied(text, convert_to_v1alpha4(text)) == text.replace("v1alpha2", "v1alpha4")
    assert read(as_crd("connections: [{name: a}]\n", "v1alpha2")).errors


def test_what_is_not_older_stays() -> None:
    for text in (WHOLE, as_crd(WHOLE), "kind: Service\n", "", "[", OLDEST.replace("other: {", "other: {{")):
        assert convert_to_v1alpha4(text) == ()


def test_one_document_of_several() -> None:
    text = f"---\n{WHOLE}---\n{OLDEST}---\nkind: Service\n"
    line = text.splitlines().index("kind: InterceptSpecification") + 1
    index = document_at(text, line)
    assert index == 1
    new = applied(text, convert_to_v1alpha4(text, index))
    assert new == f"---\n{WHOLE}---\n{applied(OLDEST, convert_to_v1alpha4(OLDEST))}---\nkind: Service\n"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_file_form_as_an_object_and_back(ends: str) -> None:
    text = f"# a shop\n\n{WHOLE}".replace("\n", ends)
    crd = applied(text, convert_to_crd_form(text, "unused"))
    assert crd.startswith(
        ends.join(
            ("# a shop", "", "apiVersion: getambassador.io/v1alpha4", "kind: InterceptSpecification", "metadata:")
        )
    )
    assert read(crd).specifications == read(text).specifications
    back = applied(crd, convert_to_file_form(crd))
    assert read(back).specifications == read(text).specifications
    assert back.replace(f"# a shop{ends}", f"# a shop{ends}{ends}", 1) == text


def test_a_name_that_no_object_can_have_stays_in_the_spec() -> None:
    text = "name: My Shop!\nworkloads: [{name: e}]  # one\n"
    crd = applied(text, convert_to_crd_form(text, "file"))
    assert "metadata:\n  name: my-shop\nspec:\n  name: My Shop!\n  workloads: [{name: e}]  # one\n" in crd
    assert read(crd).specifications == read(text).specifications


def test_a_name_that_a_template_writes_stays_in_the_spec() -> None:
    text = "name: {{ env `HOME` | base }}\nworkloads: [{name: e}]\n"
    crd = applied(text, convert_to_crd_form(text, "file"))
    assert "metadata:\n  name: file\nspec:\n  name: {{ env `HOME` | base }}\n  workloads: [{name: e}]\n" in crd
    assert applied(crd, convert_to_file_form(crd)) == text


@pytest.mark.parametrize("end", ["\u2028", "\x85"])
def test_line_ends_that_editors_do_not_know_are_text(end: str) -> None:
    line = f'handlers: [{{name: e, script: {{run: "a{end}c"}}}}]\n'
    (edit,) = convert_to_crd_form(line, "file")
    assert edit.text.endswith(f"spec:\n  {line}")


def test_templates_and_comments_survive_both_ways() -> None:
    text = "---\n# above\nworkloads:\n# here\n- name: {{ env `W` }}  # there\n  intercepts: [{localPort: 1}]\n"
    crd = applied(text, convert_to_crd_form(text, "demo"))
    for piece in ("# above", "# here", "{{ env `W` }}  # there", "name: demo"):
        assert piece in crd
    back = applied(crd, convert_to_file_form(crd))
    assert back == "---\n# above\nname: demo\nworkloads:\n# here\n- name: {{ env `W` }}  # there\n" + (
        "  intercepts: [{localPort: 1}]\n"
    )


def test_the_oldest_version_as_a_file() -> None:
    back = applied(OLDEST, convert_to_file_form(OLDEST))
    old, new = read(OLDEST).specifications, read(back).specifications
    assert parts(old[0]) == parts(new[0])
    assert (new[0].name, "apiVersion" in back) == ("old", False)


@pytest.mark.parametrize("text", ["", "[", "a: 'b\n", "kind: Service\n", "{{", "- a\n", "name: x\n\tb: 1\n"])
def test_what_cannot_be_rewritten_stays(text: str) -> None:
    assert convert_to_crd_form(text, "x") == ()
    assert convert_to_file_form(text) == ()


def test_what_has_a_key_twice_is_not_rewritten() -> None:
    text = "name: a\nname: b\nworkloads: []\n"
    assert convert_to_crd_form(text, "a") == ()
    assert convert_to_file_form("kind: InterceptSpecification\nkind: InterceptSpecification\nspec:\n  {}\n") == ()


class Ended(Exception):
    """Somebody does not want it any more."""


@pytest.mark.parametrize(
    ("text", "convert"),
    [
        (OLDEST, lambda text, check: convert_to_v1alpha4(text, 0, check)),
        (OLDEST, lambda text, check: convert_to_file_form(text, 0, check)),
        (WHOLE, lambda text, check: convert_to_crd_form(text, "x", 0, check)),
    ],
)
def test_it_can_be_ended_between_its_steps(text: str, convert: Callable[[str, Callable[[], None]], object]) -> None:
    calls = 0

    def counted() -> None:
        nonlocal calls
        calls += 1

    assert convert(text, counted)
    assert calls >= 3
    for last in range(calls):
        left = iter(range(last))

        def check(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Ended

        with pytest.raises(Ended):
            convert(text, check)


BRACKETS = """\
apiVersion: getambassador.io/v1alpha1
kind: InterceptSpecification
metadata: {name: old}
spec:
  workloads: {b: {}, echo: {intercepts: [{port: 1, headers: {"z": 3, x: y}}]}}
"""


@pytest.mark.parametrize("sign", ["", " ", ":", "{", "}", '"', "\n", "x"])
def test_any_slip_in_an_old_text_is_converted_or_left(sign: str) -> None:
    begin = BRACKETS.index("spec:")
    for at in range(begin, len(BRACKETS)):
        for text in (BRACKETS[:at] + sign + BRACKETS[at:], BRACKETS[:at] + sign + BRACKETS[at + 1 :]):
            edits = convert_to_v1alpha4(text)
            if edits:
                assert read(applied(text, edits)).specifications == read(text).specifications, text
