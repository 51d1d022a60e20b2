"""Every case of the committed table, which Go's own text/template and sprig have made (golang/README.md)."""

import hashlib
import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from telelens_schemas.templates import Context, parse
from telelens_schemas.templates.errors import ExecutionError, TemplateError
from telelens_schemas.templates.limits import Limits
from telelens_schemas.templates.sprig import FAMILIES

GOLANG = Path(__file__).parent / "golang"
TABLE = json.loads((GOLANG / "table.json").read_text())
CASES: list[dict[str, Any]] = TABLE["cases"]
SPRIG = sorted(function.name for family in FAMILIES for function in family)
PATIENT = Limits(seconds=60)
"""Making a large prime takes as long as it takes."""


def _expand(case: dict[str, Any]) -> str:
    context = Context(environment=case.get("env", {}), may_use_network=True, limits=PATIENT)
    text = parse(case["template"]).execute(case.get("data"), context).text
    return re.sub("[\ud800-\udfff]", "\ufffd", text)  # as JSON shows what is not UTF-8


def _identify(case: dict[str, Any]) -> str:
    return f"{case['source']}: {case['template']}"


@pytest.mark.parametrize("case", [case for case in CASES if "output" in case], ids=_identify)
def test_expands_to_what_go_writes(case: dict[str, Any]) -> None:
    assert _expand(case) == case["output"]


@pytest.mark.parametrize("case", [case for case in CASES if "error" in case], ids=_identify)
def test_fails_where_and_as_go_does(case: dict[str, Any]) -> None:
    with pytest.raises(TemplateError) as caught:
        _expand(case)
    assert caught.value.go_message == case["error"]
    if isinstance(caught.value, ExecutionError):  # where a syntax error begins, Go does not tell
        assert caught.value.line == case["line"]
        line = case["template"].split("\n")[case["line"] - 1]
        assert len(line[: caught.value.column - 1].encode()) == case.get("column", 0)


def test_the_table_is_made_of_these_sources() -> None:
    sources = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in (GOLANG / "cases").glob("*.txt")}
    assert TABLE["made"]["sources"] == sources, "stale: make template-cases"
    own = [path for pattern in ("go.mod", "go.sum", "*.go") for path in GOLANG.glob(pattern)]
    program = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in own}
    assert TABLE["made"]["program"] == program, "stale: make template-cases"
    # What go.mod asks for is what the program was built with.
    (asked,) = re.findall(r"/sprig/v3 (v\S+)", (GOLANG / "go.mod").read_text())
    assert TABLE["made"]["sprig"] == asked


def test_go_still_answers_what_the_table_says(reference_program: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.json"
    subprocess.run([str(reference_program), "table", str(GOLANG / "cases"), str(table)], check=True)
    assert json.loads(table.read_text())["cases"] == CASES, "stale: make template-cases"


def test_the_table_is_large_and_holds_errors() -> None:
    assert len(CASES) >= 600
    assert sum("error" in case for case in CASES) >= 100


@pytest.mark.parametrize("name", SPRIG)
def test_each_function_occurs_three_times(name: str) -> None:
    assert _OCCURRENCES[name] >= 3


def _occurrences() -> Counter[str]:
    """How often each bare word stands in an action, outside of its strings."""
    found: Counter[str] = Counter()
    for case in CASES:
        for action in re.findall(r"\{\{(.*?)\}\}", case["template"], re.DOTALL):
            bare = re.sub(r'"(?:\\.|[^"\\])*"|`[^`]*`', "", action)
            found.update(re.findall(r"(?<![.$\w])[A-Za-z_]\w*", bare))
    return found


_OCCURRENCES = _occurrences()


def test_sprig_has_the_functions_and_types_of_the_real_one(reference_functions: dict[str, str]) -> None:
    ours = {function.name: function for family in FAMILIES for function in family}
    assert sorted(ours) == sorted(reference_functions)
    types = {name: function.go_type for name, function in ours.items()}
    assert types == {name: re.sub(r"\(([^()]+), error\)$", r"\1", spelt) for name, spelt in reference_functions.items()}


def test_every_function_has_one_line_of_documentation() -> None:
    for family in FAMILIES:
        for function in family:
            assert re.fullmatch(r".{15,120}", function.documentation), function.name


def test_a_name_belongs_to_one_family() -> None:
    assert len(SPRIG) == len(set(SPRIG))
