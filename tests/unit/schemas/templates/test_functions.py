"""How functions are declared and shown, and what importing them costs."""

import math
import subprocess
import sys

import pytest
from telelens_schemas.templates import functions
from telelens_schemas.templates.functions import Calling, Family, read_parameters
from telelens_schemas.templates.limits import Budget, LimitExceeded, Limits


def test_a_signature_is_shown_as_people_write_it() -> None:
    known = functions()
    assert known["printf"].signature == "printf(format string, values ...any) string"
    assert known["index"].signature == "index(item any, indexes ...any) any"
    assert known["eq"].labels == ("value any", "others ...any")
    assert known["ne"].labels == ("first any", "second any")


def test_every_function_has_a_line_of_documentation_and_named_parameters() -> None:
    for function in functions().values():
        assert len(function.documentation.splitlines()) == 1, function.name
        assert all(parameter.name.isidentifier() for parameter in function.parameters), function.name


def test_parameters_are_read_as_go_writes_them() -> None:
    parameters, variadic = read_parameters("a, b int64, rest ...interface{}")
    assert [(each.name, each.type) for each in parameters] == [
        ("a", "int64"),
        ("b", "int64"),
        ("rest", "interface {}"),
    ]
    assert variadic
    with pytest.raises(ValueError, match="no type for b"):
        read_parameters("a int, b")


def test_a_function_declared_twice_over_has_a_second_name() -> None:
    family = Family()

    @family.function("twice", "text string", "string", "The text, twice.")
    def twice(calling: Calling, text: str) -> str:
        return text * 2

    family.alias("doubled", "twice")
    assert [function.signature for function in family] == ["twice(text string) string", "doubled(text string) string"]


def test_time_is_looked_at_now_and_then_and_before_what_is_slow() -> None:
    moments = iter([0.0, 0.5, 2.0])
    budget = Budget(Limits(seconds=1), clock=lambda: next(moments))
    budget.step(100)
    with pytest.raises(LimitExceeded) as caught:
        budget.look_at_clock()
    assert caught.value.limit == "time"


def test_a_clock_that_was_stopped_before_ends_the_work() -> None:
    budget = Budget(Limits(), clock=lambda: math.inf)
    with pytest.raises(LimitExceeded):
        budget.look_at_clock()


def test_reading_a_template_imports_nothing_heavy() -> None:
    script = "import sys; from telelens_schemas.templates import parse; parse('{{ upper .x }}').execute({'x': 'a'}); "
    script += "print(*({'cryptography', 're2', 'bcrypt', 'asyncio', 'socket'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""
