"""What the editor needs of a template: a tree with places, whatever the text is."""

import pytest
from telelens_schemas.templates import Template, functions, parse
from telelens_schemas.templates.foreign import FOREIGN
from telelens_schemas.templates.nodes import (
    Action,
    Branch,
    Broken,
    Comment,
    Definition,
    Field,
    Identifier,
    Invocation,
    Node,
    StringNode,
    Text,
    Variable,
    walk,
)


def source(template: Template, node: Node) -> str:
    return template.text[node.start : node.end]


def sources(template: Template, kind: type[Node]) -> list[str]:
    return [source(template, node) for node in walk(template.root) if isinstance(node, kind)]


def problems(text: str) -> list[tuple[str, str, str]]:
    template = parse(text)
    return [(each.code, each.message, text[each.start : each.end]) for each in template.problems]


def test_each_node_knows_its_stretch_of_the_source() -> None:
    template = parse('é: {{ .Telepresence.Username | printf "%s-%d" (len $.x) }}!')
    assert sources(template, Text) == ["é: ", "!"]
    assert sources(template, Action) == ['{{ .Telepresence.Username | printf "%s-%d" (len $.x) }}']
    assert sources(template, Field) == [".Telepresence.Username"]
    assert sources(template, Identifier) == ["printf", "len"]
    assert sources(template, StringNode) == ['"%s-%d"']
    assert sources(template, Variable) == ["$.x"]


def test_blocks_reach_from_their_first_brace_to_behind_their_end() -> None:
    text = 'a{{if .x}}b{{else if .y}}c{{else}}d{{end}}{{range $i, $e := .l}}{{$i}}{{end}}{{define "t"}}e{{end}}f'
    template = parse(text)
    assert sources(template, Branch) == [
        "{{if .x}}b{{else if .y}}c{{else}}d{{end}}",
        "{{range $i, $e := .l}}{{$i}}{{end}}",
    ]
    branch = next(node for node in walk(template.root) if isinstance(node, Branch))
    assert [source(template, arm) for arm in branch.arms] == ["{{if .x}}b", "{{else if .y}}c"]
    assert branch.otherwise is not None
    assert source(template, branch.otherwise) == "d"
    definition = next(node for node in walk(template.root) if isinstance(node, Definition))
    assert (definition.name, text[definition.name_start : definition.name_end]) == ("t", '"t"')


def test_trim_markers_take_spaces_from_the_text_and_not_from_the_action() -> None:
    template = parse("a  {{- .x -}}  b  {{- /* c */ -}}  d")
    assert sources(template, Text) == ["a", "b", "d"]
    assert sources(template, Action) == ["{{- .x -}}"]
    assert sources(template, Comment) == ["{{- /* c */ -}}"]


def test_the_nodes_around_a_place_are_found_from_the_outside_in() -> None:
    text = "{{if eq .a 1}}x{{end}}"
    path = parse(text).path_to(text.index(".a") + 1)
    assert [type(node).__name__ for node in path] == ["Body", "Branch", "Arm", "Pipe", "Command", "Field"]


def test_actions_are_listed_with_those_that_cannot_be_read() -> None:
    text = "{{.a}} {{/* b */}} {{ (c }} {{if .d}}{{end}} {{ .e\n{{- .f -}}"
    assert [text[start:end] for start, end in parse(text).actions()] == [
        "{{.a}}",
        "{{/* b */}}",
        "{{ (c }}",
        "{{if .d}}",
        "{{end}}",
        "{{ .e",
        "{{- .f -}}",
    ]


def test_tokens_tell_what_is_being_written() -> None:
    text = 'x: {{ env "US'
    assert [(token.kind, token.text) for token in parse(text).tokens(3, len(text))] == [
        ("left", "{{"),
        ("identifier", "env"),
        ("error", "unterminated quoted string"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ .x\ny: 1", [("unclosed", "the action is not closed: }} is missing", "{{ .x")]),
        ("{{ .x\ny: {{ .z }}", [("unclosed", "the action is not closed: }} is missing", "{{ .x")]),
        ('{{ env "USER }}\ny', [("unclosed", "unterminated quoted string", '"USER }}')]),
        ("{{if .x}}a", [("unclosed", "the {{if}} is not closed: {{end}} is missing", "{{if .x}}")]),
        ("a{{end}}", [("syntax", "unexpected {{end}}", "{{end}}")]),
        ("{{/* a\nb", [("unclosed", "unclosed comment", "/* a")]),
        ("{{ upperr .x }}", [("unknown-function", 'function "upperr" not defined', "upperr")]),
        ("{{ $x }}", [("undefined-variable", 'undefined variable "$x"', "$x")]),
        ("{{ env “USER” }}", [("typographic-quote", "unrecognized character in action: U+201C '“'", "“")]),
        ("{{ if }}a{{ end }}", [("syntax", "missing value for if", "}}")]),
    ],
)
def test_what_is_wrong_has_a_code_and_the_least_stretch(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert problems(text) == expected


def test_a_mistyped_name_has_a_replacement() -> None:
    (function,) = parse("{{ upperr .x }}").problems
    (variable,) = parse("{{ $name := 1 }}{{ $nmae }}").problems
    (quote,) = parse("{{ env “USER” }}").problems
    assert (function.replacement, variable.replacement, quote.replacement) == ("upper", "$name", '"')
    assert function.hint == 'did you mean "upper"?'


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("upcase", "upper"),
        ("toUpper", "upper"),
        ("getenv", "env"),
        ("base64", "b64enc"),
        ("endsWith", "hasSuffix"),
        ("trimspace", "trim"),
        ("toJSON", "toJson"),
        ("defualt", "default"),
        ("envv", "env"),
        ("nonce", None),
        ("includes", None),
        ("toYaml", None),
    ],
)
def test_a_function_is_offered_by_what_other_languages_call_it_and_none_that_is_only_a_little_like_it(
    written: str, meant: str | None
) -> None:
    (problem,) = parse(f"{{{{ {written} .x }}}}").problems
    assert problem.replacement == meant


def test_what_other_languages_call_a_function_is_no_function_and_means_one() -> None:
    assert FOREIGN.keys().isdisjoint(functions())
    assert set(FOREIGN.values()) <= set(functions())


def test_several_things_are_wrong_at_once() -> None:
    text = "a: {{ nope .x }}\nb: {{ (1 }}\nc: {{ .fine }}\nd: {{ $x }}{{ else }}"
    template = parse(text)
    assert [text[each.start : each.end] for each in template.problems] == ["nope", "}}", "$x", "{{ else }}"]
    assert "{{ .fine }}" in sources(template, Action)


@pytest.mark.parametrize(
    "broken",
    [
        "{{ .x",
        '{{ env "a',
        "{{ ( }}",
        "{{ | }}",
        "{{ .x } ",
        "{{ if",
        "{{ range $i, }}",
        "{{ define x }}",
        "{{ “x” }}",
        "{{/* x",
    ],
)
def test_an_action_that_cannot_be_read_leaves_the_lines_below_alone(broken: str) -> None:
    text = f'a: {broken}\nb: {{{{ .y }}}}\nc: {{{{ template "t" . }}}}\n'
    template = parse(text)
    assert template.problems
    assert sources(template, Action) == ["{{ .y }}"]
    assert sources(template, Invocation) == ['{{ template "t" . }}']


def test_of_an_action_that_cannot_be_read_the_beginning_is_known() -> None:
    template = parse("{{ .Telepresence.Username | upper | ( }}")
    (broken,) = [node for node in walk(template.root) if isinstance(node, Broken)]
    assert broken.pipe is not None
    assert sources(template, Identifier) == ["upper"]
    assert sources(template, Field) == [".Telepresence.Username"]


def test_a_block_whose_opening_cannot_be_read_keeps_its_end() -> None:
    template = parse("{{ if ( }}a{{ else }}b{{ end }}c")
    assert [each.message for each in template.problems] == ["unclosed left paren"]
    assert sources(template, Branch) == ["{{ if ( }}a{{ else }}b{{ end }}"]
