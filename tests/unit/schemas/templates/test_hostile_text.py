"""Any text is a template: it is read at once, with places that are inside of it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telelens_schemas.templates import Context, Limits, Template, TemplateError, parse
from telelens_schemas.templates.expressions import MOST_PROBLEMS
from telelens_schemas.templates.nodes import Node, walk

from .grammar import DATA, TEMPLATES

PIECES = (
    *("{{", "}}", "{{-", "-}}", "/*", "*/", '"', "`", "'", "“", "(", ")", "|", " ", "\n"),
    *("if ", "else ", "end", "range ", "with ", "define ", "block ", "template ", "break", "nil", "print "),
    *(".x", "$x", ":=", "=", ",", "1", "0x", "1e", "\\", "é", "\ud800", "\udcff", "\0"),
)
SOUP = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
SECONDS = 1.0
"""Of the processor: what else this machine does is not our business."""
LIMITS = Context(limits=Limits(output=10_000, memory=1_000_000, steps=2_000, seconds=1))


def check(text: str) -> Template:
    """That the tree and the problems keep within the text and within each other."""
    began = time.thread_time()
    template = parse(text)
    assert time.thread_time() - began < SECONDS
    nodes: list[Node] = list(walk(template.root))
    for node in nodes:
        assert 0 <= node.start <= node.end <= len(text)
        assert 0 <= node.position <= len(text)
        for child in node.children:
            assert node.start <= child.start
            assert child.end <= node.end
    for problem in template.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
    assert all(text.startswith("{{", start) and start < end <= len(text) for start, end in template.actions())
    return template


@given(st.one_of(SOUP, st.text()))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read(text: str) -> None:
    template = check(text)
    try:
        template.execute({"x": 1}, LIMITS)
    except TemplateError as error:
        assert 0 <= error.start <= error.end <= len(text)


@given(TEMPLATES, st.integers(0, 200))
@settings(max_examples=200, deadline=None)
def test_any_prefix_of_a_template_is_read(text: str, length: int) -> None:
    check(text[:length])


@given(TEMPLATES, st.integers(0, 200), st.sampled_from(PIECES))
@settings(max_examples=200, deadline=None)
def test_any_template_with_a_piece_put_in_or_taken_out_is_read(text: str, at: int, piece: str) -> None:
    check(text[:at] + piece + text[at:])
    check(text[:at] + text[at + 1 :])


@given(TEMPLATES)
@settings(max_examples=200, deadline=None)
def test_what_follows_a_broken_action_is_read_as_ever(text: str) -> None:
    below = parse(text)
    broken = check("{{ (\n" + text)
    shift = len("{{ (\n")
    assert broken.actions()[1:] == [(a + shift, b + shift) for a, b in below.actions()]


@given(TEMPLATES)
@settings(max_examples=200, deadline=None)
def test_the_map_leads_from_all_of_the_output_to_the_source(text: str) -> None:
    try:
        expansion = parse(text).execute(DATA, LIMITS)
    except TemplateError:
        return
    for segment in expansion.segments:
        written = expansion.text[segment.output_start : segment.output_end]
        if segment.literal:
            assert written == text[segment.source_start : segment.source_end]
        else:
            assert text.startswith("{{", segment.source_start)


@pytest.mark.parametrize(
    "text",
    [
        *("{{" * 5000, "{{/*" * 5000, "{{`" * 5001, '{{"' * 5001, "{{ (\n" * 5000, "{{ a " * 5000, "{{" + "(" * 5000),
        *("{{if .x}}" * 5000, "{{end}}" * 5000, "{{" + "1|" * 5000, "{{.a" + ".b" * 5000 + "}}", "{{" + "$x, " * 5000),
    ],
)
def test_much_of_the_same_is_read_in_time_that_grows_with_its_length(text: str) -> None:
    started = time.process_time()
    check(text)
    assert time.process_time() - started < 4


def test_of_a_hopeless_text_not_all_problems_are_kept() -> None:
    template = check("{{ unheard_of }}" * 2000)
    assert len(template.problems) == MOST_PROBLEMS
