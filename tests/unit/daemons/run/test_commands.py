"""`intercept validate` and `intercept run --dry-run`, as a user calls them."""

from __future__ import annotations

import getpass
import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from telelens_daemons.cli.main import make_app
from telelens_daemons.cli.options import Format, GlobalOptions
from telelens_daemons.errors import UserError
from telelens_daemons.run.command import run_specification, validate_specifications
from typer.testing import CliRunner

GOOD = "workloads:\n  - name: echo\n    intercepts:\n      - localPort: 9090\n"
BAD = "workloads:\n  - nam: echo\n"


@pytest.fixture
def good(tmp_path: Path) -> str:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    return str(path)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    path = tmp_path / "bad.yaml"
    path.write_text(BAD)
    return str(path)


def test_validate_says_nothing_bad_of_a_good_file(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate_specifications([good], options=GlobalOptions()) == 0
    assert capsys.readouterr().out == "no problems in 1 file\n"


def test_validate_as_json(good: str, bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate_specifications([good, bad], options=GlobalOptions(format=Format.JSON)) == 1
    problems = json.loads(capsys.readouterr().out)
    assert set(problems[0]) == {"file", "line", "column", "endLine", "endColumn", "severity", "code", "message"}
    assert {problem["file"] for problem in problems} == {bad}


def test_each_problem_is_whole_in_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TELELENS_UNSET", raising=False)
    path = tmp_path / "shop.ispec.yaml"
    path.write_text('name: {{ env "TELELENS_UNSET" }}\nhandlers:\n  - name: idle\n    script: {run: x}\n' + GOOD)
    assert validate_specifications([str(path)], options=GlobalOptions(format=Format.JSON)) == 0
    keys = ("file", "line", "column", "endLine", "endColumn", "severity", "code", "message")
    unset = "the environment variable TELELENS_UNSET is not set: nothing is written here"
    unused = 'no intercept uses the handler "idle"'
    assert json.loads(capsys.readouterr().out) == [
        dict(zip(keys, (str(path), 1, 7, 1, 33, "warning", "unset-variable", unset), strict=True)),
        dict(zip(keys, (str(path), 3, 11, 3, 15, "hint", "unused-handler", unused), strict=True)),
    ]


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*no such file"):
        validate_specifications([str(tmp_path / "none.yaml")], options=GlobalOptions())
    (tmp_path / "binary.yaml").write_bytes(b"a: \xff")
    with pytest.raises(UserError, match="byte 3 is not UTF-8"):
        validate_specifications([str(tmp_path / "binary.yaml")], options=GlobalOptions())


def test_dry_run_prints_the_normalised_form(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {"file": good, "debug_handler": None, "dry_run": True}
    assert run_specification(**asked, options=GlobalOptions(format=Format.JSON)) == 0  # type: ignore[arg-type]
    as_json = json.loads(capsys.readouterr().out)
    assert run_specification(**asked, options=GlobalOptions()) == 0  # type: ignore[arg-type]
    assert as_json == yaml.safe_load(capsys.readouterr().out)
    assert as_json["workloads"][0]["intercepts"][0] == {
        "name": "echo",
        "enabled": True,
        "localPort": 9090,
        "global": True,
    }


def test_dry_run_prints_every_specification_of_a_file(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(good).write_text(f"{GOOD}---\nkind: Service\n---\nname: second\n{GOOD}")
    asked = {"file": good, "debug_handler": None, "dry_run": True}
    assert run_specification(**asked, options=GlobalOptions(format=Format.JSON)) == 0  # type: ignore[arg-type]
    as_json = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in as_json] == ["good", "second"]
    assert run_specification(**asked, options=GlobalOptions()) == 0  # type: ignore[arg-type]
    assert list(yaml.safe_load_all(capsys.readouterr().out)) == as_json


def test_run_does_not_overlook_a_namespace_that_means_nothing_for_a_file(good: str) -> None:
    with pytest.raises(UserError, match="--namespace says where a specification is stored"):
        run_specification(file=good, debug_handler=None, dry_run=True, options=GlobalOptions(), namespace="team")


def test_run_refuses_errors_and_shows_them(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="has an error and is not run"):
        run_specification(file=bad, debug_handler=None, dry_run=False, options=GlobalOptions())
    assert "bad.yaml:2:5: error:" in capsys.readouterr().err


def test_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    run_specification(file="-", debug_handler=None, dry_run=True, options=GlobalOptions())
    assert yaml.safe_load(capsys.readouterr().out)["name"] == "stdin"


TEMPLATED = """\
name: {{ .Telepresence.Username }}
workloads:
  - name: echo
    intercepts:
      - localPort: {{ env "PORT" }}
"""


def test_dry_run_expands_templates_for_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "templated.yaml"
    path.write_text(TEMPLATED)
    monkeypatch.setenv("PORT", "9091")
    monkeypatch.setenv("TELELENS_USERNAME", "ada")
    asked = {"file": str(path), "debug_handler": None, "dry_run": True}
    assert run_specification(**asked, options=GlobalOptions(format=Format.YAML)) == 0  # type: ignore[arg-type]
    found = yaml.safe_load(capsys.readouterr().out)
    assert (found["name"], found["workloads"][0]["intercepts"][0]["localPort"]) == ("ada", 9091)
    monkeypatch.setenv("PORT", "many")
    with pytest.raises(UserError, match="has an error and is not run"):
        run_specification(**asked, options=GlobalOptions())  # type: ignore[arg-type]
    error = capsys.readouterr().err
    assert f'{path}:5:20: error: "many"' in error
    assert '{{ env "PORT" }}' in error, "the line as it was written"


def test_the_caller_is_who_has_logged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "templated.yaml"
    path.write_text("name: {{ .Telepresence.Username }}\n" + GOOD)
    monkeypatch.delenv("TELELENS_USERNAME", raising=False)
    run_specification(file=str(path), debug_handler=None, dry_run=True, options=GlobalOptions(format=Format.JSON))
    assert json.loads(capsys.readouterr().out)["name"] == getpass.getuser() != ""


def test_of_a_folder_the_specifications_in_it_are_validated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.ispec.yaml").write_text(BAD)
    (tmp_path / "b.ispec.yml").write_text(GOOD)
    (tmp_path / "other.yaml").write_text("a: [")
    assert validate_specifications([str(tmp_path)], options=GlobalOptions()) == 1
    assert "in 2 files" in capsys.readouterr().out
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="there is no specification in"):
        validate_specifications([str(tmp_path / "empty")], options=GlobalOptions())


def test_standard_input_is_validated_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert validate_specifications(["-"], options=GlobalOptions(format=Format.JSON)) == 1
    assert {one["file"] for one in json.loads(capsys.readouterr().out)} == {"stdin"}


def test_validate_as_sarif(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate_specifications([bad], options=GlobalOptions(format=Format.SARIF)) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["version"] == "2.1.0"
    (run,) = found["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == Path(bad).as_uri()
    assert {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 8} in [
        one["locations"][0]["physicalLocation"]["region"] for one in run["results"]
    ]


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


_TEXT = _object("text", text={"type": "string", "minLength": 1})
_FROM_ONE = {"type": "integer", "minimum": 1}
SARIF = _object(
    "version runs",
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs={
        "type": "array",
        "items": _object(
            "tool",
            tool=_object(
                "driver",
                driver=_object(
                    "name",
                    name={"type": "string"},
                    version={"type": "string"},
                    rules={
                        "type": "array",
                        "uniqueItems": True,
                        "items": _object("id", id={"type": "string"}, shortDescription=_TEXT),
                    },
                ),
            ),
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            results={
                "type": "array",
                "items": _object(
                    "message",
                    ruleId={"type": "string"},
                    ruleIndex={"type": "integer", "minimum": -1},
                    level={"enum": ["none", "note", "warning", "error"]},
                    message=_TEXT,
                    locations={
                        "type": "array",
                        "items": _object(
                            "",
                            physicalLocation=_object(
                                "artifactLocation",
                                artifactLocation=_object("", uri={"type": "string", "format": "uri-reference"}),
                                region=_object(
                                    "",
                                    startLine=_FROM_ONE,
                                    startColumn=_FROM_ONE,
                                    endLine=_FROM_ONE,
                                    endColumn=_FROM_ONE,
                                ),
                            ),
                        ),
                    },
                ),
            },
        ),
    },
)
"""Of the standard's schema (sarif-schema-2.1.0.json) what may be written here, with its own words and bounds."""


@pytest.mark.parametrize("text", [GOOD, BAD, "", "a: [\n", "workloads:\n\t- x\n", 'name: "😋\n', BAD * 2])
def test_sarif_is_what_the_standard_says(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a b.ispec.yaml"
    path.write_text(text)
    validate_specifications([str(path)], options=GlobalOptions(format=Format.SARIF))
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(SARIF).validate(found)
    assert "a%20b" in json.dumps(found) or not found["runs"][0]["results"]


def test_only_findings_are_written_as_sarif() -> None:
    assert CliRunner().invoke(make_app(), ["list", "--format", "sarif"]).exit_code == 2


COMPOSED = """\
handlers:
  - name: a
    docker: {compose: {context: CONTEXT, services: [{name: SERVICE, behavior: local}]}}
workloads:
  - name: echo
    intercepts: [{handler: a, port: 80}]
"""


@pytest.mark.parametrize("context", ["stack", "stack/compose.yaml", '{{ print "sta" "ck" }}'])
def test_services_that_the_compose_file_does_not_have_are_found_beside_the_specification(
    context: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "compose.yaml").write_text("services: {web: {image: x}}\n")
    path = tmp_path / "one.ispec.yaml"

    def found(service: str) -> list[tuple[str, int, int, int]]:
        path.write_text(COMPOSED.replace("CONTEXT", context).replace("SERVICE", service))
        validate_specifications([str(path)], options=GlobalOptions(format=Format.JSON))
        problems = json.loads(capsys.readouterr().out)
        return [
            (one["code"], one["line"], one["column"], one["endColumn"])
            for one in problems
            if one["code"] == "undefined-compose-service"
        ]

    column = COMPOSED.splitlines()[2].replace("CONTEXT", context).index("SERVICE") + 1
    assert found("wbe") == [("undefined-compose-service", 3, column, column + 3)]
    assert found("web") == []
    (tmp_path / "stack" / "compose.yaml").unlink()
    assert found("wbe") == []


def test_an_empty_file_cannot_run_and_so_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.ispec.yaml").write_text("# later\n")
    assert validate_specifications([str(tmp_path)], options=GlobalOptions()) == 1
    assert "error: the file is empty [no-specification]" in capsys.readouterr().out
