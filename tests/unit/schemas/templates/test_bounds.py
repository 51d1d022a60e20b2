"""Whatever a template asks for, it ends soon, with the name of the bound that it met."""

import time

import pytest
from telelens_schemas.templates import Context, LimitError, Limits, parse
from telelens_schemas.templates.limits import Budget, LimitExceeded

SMALL = Limits(output=1000, memory=100_000, steps=5_000, depth=40, seconds=5)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ('{{ printf "%2000d" 1 }}', "output"),
        ("{{ range 200 }}0123456789{{ end }}", "output"),
        ('{{ printf "%1000000d" 1 | len }}', "memory"),
        ('{{ printf "%.9999999f" 1.5 | len }}', "memory"),
        ('{{ $x := "a" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}', "memory"),
        ("{{ $x := list 1 }}{{ range 100 }}{{ $x = list $x $x $x $x }}{{ end }}{{ $x }}", "memory"),
        ("{{ range 1000000000000 }}{{ end }}", "steps"),
        ("{{ range 1000000 }}{{ range 1000000 }}{{ end }}{{ end }}", "steps"),
        ('{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}', "depth"),
        ('{{ define "r" }}{{ if true }}{{ template "r" . }}{{ end }}{{ end }}{{ template "r" . }}', "depth"),
        ("{{ if true }}" * 50 + "{{ end }}" * 50, "depth"),
        ("{{ " + "(" * 50 + "1" + ")" * 50 + " }}", "depth"),
        ('{{ repeat 1000000000 "a" }}', "memory"),
        ("{{ until 1000000000 }}", "memory"),
    ],
)
def test_a_bomb_ends_with_the_name_of_the_bound(text: str, limit: str) -> None:
    with pytest.raises(LimitError) as caught:
        parse(text).execute({}, Context(limits=SMALL))
    assert caught.value.limit == limit


def test_a_template_that_takes_long_is_stopped_by_the_clock() -> None:
    started = time.monotonic()
    with pytest.raises(LimitError) as caught:
        parse("{{ range 1000000000 }}{{ end }}").execute({}, Context(limits=Limits(steps=10**12, seconds=0.05)))
    assert caught.value.limit == "time"
    assert time.monotonic() - started < 5


def test_the_error_says_where() -> None:
    with pytest.raises(LimitError) as caught:
        parse('a\n  {{ printf "%2000000d" 1 }}').execute({}, Context(limits=SMALL))
    assert (caught.value.line, caught.value.column) == (2, 6)


def test_lists_inside_of_lists_can_be_deeper_than_the_stack() -> None:
    text = "{{ $x := list }}{{ range 3000 }}{{ $x = list $x }}{{ end }}{{ $x }}"
    with pytest.raises(LimitError) as caught:
        parse(text).execute({})
    assert caught.value.limit == "depth"


def test_what_people_write_is_far_from_every_bound() -> None:
    text = '{{ range $i := 200 }}- {{ printf "%03d %s" $i (print $.name) }}\n{{ end }}'
    expansion = parse(text).execute({"name": "x"}, Context(limits=Limits(output=10_000, memory=200_000, steps=5_000)))
    assert expansion.text.count("\n") == 200


def test_what_is_inside_of_each_other_is_bounded_where_nobody_says_otherwise() -> None:
    parse("{{ if true }}" * 70 + "{{ end }}" * 70).execute({})
    with pytest.raises(LimitError) as caught:
        parse("{{ if true }}" * 90 + "{{ end }}" * 90).execute({})
    assert caught.value.limit == "depth"


def test_who_makes_something_large_looks_at_the_clock() -> None:
    now = 0.0
    budget = Budget(Limits(seconds=1), lambda: now)
    budget.memory(10_000)
    now = 2.0
    with pytest.raises(LimitExceeded) as caught:
        budget.memory(10_000)
    assert caught.value.limit == "time"
