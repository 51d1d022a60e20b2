"""From the expanded text back to the text that the user sees."""

from typing import Any

import pytest
from telelens_schemas.templates import Context, ExecutionError, UnreadableTemplate, parse
from telelens_schemas.templates.nodes import Action, walk

DATA: dict[str, Any] = {"who": "ada", "list": ["x", "yy"], "none": None}


def test_text_maps_one_to_one_and_an_action_as_a_whole() -> None:
    text = "é: {{ .who }}\nport: 80"
    expansion = parse(text).execute(DATA)
    assert expansion.text == "é: ada\nport: 80"
    start, end = expansion.source_range(expansion.text.index("80"), len(expansion.text))
    assert text[start:end] == "80"
    start, end = expansion.source_range(expansion.text.index("da"), expansion.text.index("da") + 1)
    assert text[start:end] == "{{ .who }}"
    start, end = expansion.source_range(1, expansion.text.index("port") + 4)
    assert text[start:end] == ": {{ .who }}\nport"


def test_a_range_of_nothing_maps_to_a_place() -> None:
    text = "a{{ .who }}b"
    expansion = parse(text).execute(DATA)
    assert expansion.source_range(0, 0) == (0, 0)
    assert text[expansion.to_source(len(expansion.text) - 1) :] == "b"
    assert expansion.to_source(len(expansion.text)) == len(text)
    assert parse("").execute(DATA).source_range(0, 0) == (0, 0)


def test_segments_cover_the_output_without_gaps() -> None:
    expansion = parse("a{{ range .list }}-{{ . }}{{ end }}{{ $x := 1 }}{{ .nope }} b").execute(DATA)
    ends = [0, *(segment.output_end for segment in expansion.segments)]
    assert [segment.output_start for segment in expansion.segments] == ends[:-1]
    assert ends[-1] == len(expansion.text)


def test_an_action_may_have_written_several_times() -> None:
    text = "{{ range .list }}{{ . }},{{ end }}"
    expansion = parse(text).execute(DATA)
    assert expansion.outputs_of(text.index("{{ . }}")) == ("x", "yy")
    assert expansion.outputs_of(0) == ()
    start, end = expansion.source_range(expansion.text.rindex(","), expansion.text.rindex(",") + 1)
    assert text[start:end] == ","


def test_what_a_template_writes_maps_to_where_it_is_defined() -> None:
    text = '{{ define "t" }}<{{ . }}>{{ end }}{{ template "t" .who }}'
    expansion = parse(text).execute(DATA)
    assert expansion.text == "<ada>"
    assert expansion.source_range(0, 1) == (text.index("<"), text.index("<") + 1)


def test_the_value_of_one_action_is_known_though_others_are_broken() -> None:
    template = parse('{{ .who | printf "%q" }} {{ nope }} {{ ( }}')
    action = template.path_to(5)[1]
    assert isinstance(action, Action)
    assert template.stands_alone(action)
    assert template.evaluate(action, DATA) == '"ada"'
    with pytest.raises(UnreadableTemplate):
        template.execute(DATA)


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("{{ . }}", True),
        ("{{ $.who }}", True),
        ("{{ if .who }}{{ .who }}{{ end }}", True),
        ("{{ range .list }}{{ . }}{{ end }}", False),
        ("{{ with .who }}{{ . }}{{ end }}", False),
        ('{{ define "t" }}{{ . }}{{ end }}', False),
        ("{{ $x := 1 }}{{ $x }}", False),
        ("{{ nope }}", False),
    ],
)
def test_an_action_stands_alone_where_nothing_else_decides_its_value(text: str, alone: bool) -> None:
    template = parse(text)
    action = [node for node in walk(template.root) if isinstance(node, Action) and not node.pipe.variables][-1]
    assert template.stands_alone(action) is alone


def test_errors_name_place_and_stretch_in_characters() -> None:
    text = "a\né {{ .who.x }}"
    with pytest.raises(ExecutionError) as caught:
        parse(text).execute(DATA)
    error = caught.value
    assert (error.line, error.column, text[error.start : error.end]) == (2, 10, ".who.x")
    assert error.message == "can't evaluate field x in type interface {}"
    assert error.go_message == 'template: main:2:10: executing "main" at <.who.x>: ' + error.message


def test_the_environment_is_what_the_caller_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "of this process")
    template = parse('[{{ env "SECRET" }}][{{ env "USER" }}]')
    assert template.execute({}, Context(environment={"USER": "ada"})).text == "[][ada]"
