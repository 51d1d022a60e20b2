"""What VS Code is told of the extension before it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MANIFEST: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "vscode-extension" / "package.json").read_text(encoding="utf-8")
)


def test_only_yaml_and_debugging_wake_it() -> None:
    """Its own language and commands do so unsaid. Any YAML may be a manifest, any configuration may have a block."""
    assert MANIFEST["activationEvents"] == ["onLanguage:yaml", "onDebug"]


def test_a_block_is_allowed_in_configurations_of_its_own_type() -> None:
    """What it may say, the schema of all configurations says."""
    (debugger,) = MANIFEST["contributes"]["debuggers"]
    assert [one["properties"]["telelens"] for one in debugger["configurationAttributes"].values()] == [{}, {}]
