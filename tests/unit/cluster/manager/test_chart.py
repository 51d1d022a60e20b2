"""What stands twice must be the same: the chart's version, its settings and its roles."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[4]
CHART = ROOT / "cluster" / "chart"


def test_the_chart_has_the_distribution_s_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["version"] == chart["appVersion"] == project["version"]


def test_every_value_has_a_schema() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())

    def missing(value: Any, described: dict[str, Any], path: str) -> list[str]:
        if reference := described.get("$ref"):
            described = schema["definitions"][reference.rpartition("/")[2]]
        known = described.get("properties")
        if not isinstance(value, dict) or known is None:
            return []
        return [
            gap
            for key, one in value.items()
            for gap in ([f"{path}.{key}"] if key not in known else missing(one, known[key], f"{path}.{key}"))
        ]

    assert missing(values, schema, "") == []


def test_no_webhook_keeps_anything_from_happening() -> None:
    """A manager that is away refuses nothing, and one that hangs costs two seconds at most."""
    webhooks = [
        webhook
        for template in sorted((CHART / "templates").glob("*.yaml"))
        for document in _without_actions(template)
        if document and str(document.get("kind")).endswith("WebhookConfiguration")
        for webhook in document["webhooks"]
    ]
    assert sorted(one["name"] for one in webhooks) == ["conflicts.telelens.dev", "inject.telelens.dev"]
    for one in webhooks:
        assert (one["failurePolicy"], one["timeoutSeconds"]) == ("Ignore", 2), one["name"]


def test_who_faces_strangers_may_change_nothing() -> None:
    helpers = (CHART / "templates" / "_helpers.tpl").read_text()
    (rules,) = re.findall(r'define "telelens.previewRules" -}}\n(.*?)\n{{- end', helpers, re.DOTALL)
    verbs = {
        (resource, verb) for one in yaml.safe_load(rules) for resource in one["resources"] for verb in one["verbs"]
    }
    assert verbs == {("intercepts", "list"), ("intercepts", "watch"), ("services", "get")}
    preview = (CHART / "templates" / "preview.yaml").read_text()
    rules_given = re.findall(r"^rules: .*$", preview, re.MULTILINE)
    assert len(rules_given) == 2
    assert all('"telelens.previewRules"' in one for one in rules_given)


def _without_actions(template: Path) -> list[Any]:
    """The documents of a template about webhooks, whatever helm fills in; of another template, none."""
    text = template.read_text()
    if "WebhookConfiguration" not in text:
        return []
    return list(yaml.safe_load_all(re.sub(r"{{.*?}}", "{}", text)))
