"""`genyaml` prints what the published files hold."""

from __future__ import annotations

import json

import pytest
import yaml
from telelens_daemons.cli.main import make_app
from telelens_schemas.specification.published import crd, json_schema
from typer.testing import CliRunner


@pytest.mark.parametrize("arguments", [["schema"], ["schema", "--format", "json"]])
def test_the_schema(arguments: list[str]) -> None:
    result = CliRunner().invoke(make_app(), ["genyaml", *arguments])
    assert (result.exit_code, json.loads(result.output)) == (0, json_schema())


def test_the_definition() -> None:
    result = CliRunner().invoke(make_app(), ["genyaml", "crd"])
    assert (result.exit_code, yaml.safe_load(result.output)) == (0, crd())
