"""Any function of sprig with any arguments that its signature allows, and some that it does not, against Go."""

import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telelens_schemas.templates import Context, parse
from telelens_schemas.templates.errors import TemplateError
from telelens_schemas.templates.functions import Function
from telelens_schemas.templates.limits import Limits
from telelens_schemas.templates.sprig import FAMILIES

from .conftest import Reference

UNPREDICTABLE = re.compile(
    "gen|rand|bcrypt|htpasswd|derivePassword|buildCustomCert|now|ago|uuidv4|shuffle|getHostByName|encryptAES|keys|values"
)
PREDICTABLE = [function for family in FAMILIES for function in family if not UNPREDICTABLE.match(function.name)]
ENVIRONMENT = {"TZ": "Europe/Berlin", "HOME": "/home/me"}
PATIENT = Context(environment=ENVIRONMENT, limits=Limits(seconds=30))
WORDS = """
Hello World|a,b,c|héllo wörld|HTTPServer2xx|foo_bar-baz|-7|2.0|0x1F|1e3|true|a/b/../c.txt|http://u:p@h:80/a%20b?q=1#f
mailto:a@b|v1.2|1.2.3-beta.1+x|>=1.0 <2|^1.2|2006-01-02|2024-02-29|15:04 MST|1h30m|[0-9]+|(|$1 ${name}|$HOME|UTC
{"a":[1,{"b":null}]}|aGVsbG8=|NBSWY3DP|NaN|Asia/Tokyo|map|string|_0
"""
TEXTS = st.one_of(
    st.just(""),
    st.sampled_from(re.split("[|\n]", WORDS.strip())),
    st.text(alphabet="aBé1 .,-_/:%$(){}[]+*?\\\"'<&\n日ß", max_size=8),
).map(lambda text: json.dumps(text, ensure_ascii=False))
INTEGERS = st.integers(-3, 12).map(str)
FLOATS = st.sampled_from(["0.5", "-2.25", "1e3", "3.14159", "100.0", "1e-7", "1e21", "2.675"])
BOOLS = st.sampled_from(["true", "false"])
MOMENTS = st.sampled_from(['(toDate "2006-01-02" "2024-02-29")', '(toDate "2006-01-02 15:04" "1999-12-31 23:59")'])


def _list(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, max_size=4).map(lambda parts: f"(list {' '.join(parts)})")


def _dict(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(st.sampled_from("abck"), items).map(lambda pair: f'"{pair[0]}" {pair[1]}')
    return st.lists(pairs, max_size=3).map(lambda parts: f"(dict {' '.join(parts)})")


VALUES: st.SearchStrategy[str] = st.recursive(
    st.one_of(TEXTS, INTEGERS, FLOATS, BOOLS, st.just("nil"), st.just("(until 3)"), st.just('(splitList "," "a,b")')),
    lambda inner: st.one_of(_list(inner), _dict(inner)),
    max_leaves=5,
)
BY_TYPE = {
    "string": TEXTS,
    "int": INTEGERS,
    "float64": FLOATS,
    "bool": BOOLS,
    "time.Time": MOMENTS,
    "[]interface {}": _list(VALUES),
    "map[string]interface {}": _dict(VALUES),
}
DATES = {"date", "dateInZone", "date_in_zone", "htmlDate", "htmlDateInZone"}
"""What they are given is a moment, or now."""


def _arguments(function: Function) -> st.SearchStrategy[list[str]]:
    types = [parameter.type for parameter in function.parameters]
    by_type: dict[str, st.SearchStrategy[str]] = BY_TYPE
    if function.name in DATES:
        by_type = {**BY_TYPE, "interface {}": st.one_of(MOMENTS, st.just("1700000000"))}
    fitting = [by_type.get(each, VALUES) for each in types]
    if not function.variadic:
        return st.tuples(*fitting).map(list)
    return st.tuples(st.tuples(*fitting[:-1]), st.lists(fitting[-1], max_size=3)).map(lambda both: [*both[0], *both[1]])


CALLS = st.sampled_from(PREDICTABLE).flatmap(
    lambda function: _arguments(function).map(lambda arguments: f"{{{{ {' '.join([function.name, *arguments])} }}}}")
)


@settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(template=CALLS)
def test_answers_as_go_does(reference: Reference, template: str) -> None:
    assert _expand(template) == _judged(reference.expand(template, None, ENVIRONMENT))


def _judged(answer: dict[str, Any]) -> str:
    return str(answer.get("output", answer.get("error")))


def _expand(template: str) -> str:
    try:
        text = parse(template).execute(None, PATIENT).text
    except TemplateError as error:
        return error.go_message
    return re.sub("[\ud800-\udfff]", "\ufffd", text)  # as JSON shows what is not UTF-8
