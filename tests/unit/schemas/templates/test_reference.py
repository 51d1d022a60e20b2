"""Random templates mean to us what they mean to Go: the same text, or the same error in the same place."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from telelens_schemas.templates import Context, LimitError, Limits, TemplateError, functions, parse

from .conftest import Reference
from .grammar import DATA, FUNCTIONS, TEMPLATES

ENVIRONMENT = {"a": "of the caller"}
CONTEXT = Context(environment=ENVIRONMENT, limits=Limits(steps=50_000, seconds=60))


def ours(text: str) -> dict[str, str]:
    try:
        answer = {"output": parse(text).execute(DATA, CONTEXT).text}
    except LimitError:
        return {}
    except TemplateError as error:
        answer = {"error": error.go_message}
    return {key: re.sub("[\ud800-\udfff]", "\ufffd", said) for key, said in answer.items()}  # as JSON shows these bytes


@given(text=TEMPLATES)
@settings(max_examples=500, deadline=None)
def test_random_templates_mean_what_they_mean_to_go(reference: Reference, text: str) -> None:
    answer = ours(text)
    if answer:
        theirs = reference.expand(text, DATA, ENVIRONMENT)
        assert answer == {key: theirs[key] for key in ("output", "error") if key in theirs}


FORMATS = st.text(st.sampled_from("%%%%+-# 0123.*[]vdsqxXtTeEfgGbcoOUz!é"), max_size=12)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: value != int(value) or abs(value) > 2**70),
    st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0x2FFF), max_size=6),
    st.lists(st.integers(-9, 9), max_size=3),
    st.dictionaries(st.sampled_from("abc"), st.integers(-9, 9)),
)


@given(form=FORMATS, values=st.lists(VALUES, max_size=3))
@settings(max_examples=500, deadline=None)
def test_random_formats_print_what_go_prints(reference: Reference, form: str, values: list[object]) -> None:
    data = {"f": form, "v": values}
    text = "{{printf .f " + " ".join(f"(index .v {index})" for index in range(len(values))) + "}}"
    try:
        answer = parse(text).execute(data, CONTEXT).text
    except LimitError:
        return
    assert answer == reference.expand(text, data, ENVIRONMENT)["output"]


def test_the_grammar_calls_only_what_there_is() -> None:
    assert set(functions()) >= FUNCTIONS
