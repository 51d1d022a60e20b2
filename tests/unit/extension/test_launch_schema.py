"""What the editor offers in the telelens block of a launch configuration is what the extension reads of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from telelens_daemons.run.connection_paths import FILE_FLAGS

EXTENSION = Path(__file__).parents[3] / "vscode-extension"
SCHEMA = json.loads((EXTENSION / "schemas" / "launch.schema.json").read_text())
BLOCK: dict[str, Any] = SCHEMA["definitions"]["intercept"]


def test_flags_that_name_files_are_those_of_a_run() -> None:
    (listed,) = re.findall(
        r"^const FILE_FLAGS = \[(.*)\];", (EXTENSION / "src" / "blockVariables.ts").read_text(), re.M
    )
    assert set(re.findall(r'"([\w-]+)"', listed)) == FILE_FLAGS


def body(file: str, interface: str) -> str:
    source = (EXTENSION / "src" / file).read_text()
    found = re.search(rf"^export interface {interface} \{{\n(.*?)^\}}", source, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def typed(fields: str) -> dict[str, bool]:
    """Fields of a type, and whether they must be there."""
    return {name: not mark for name, mark in re.findall(r"(?:^ *|[{;] )(\w+)(\??):", fields, re.MULTILINE)}


def described(schema: dict[str, Any]) -> dict[str, bool]:
    """The same of an object in the schema, which has no others."""
    assert schema["additionalProperties"] is False
    return {name: name in schema.get("required", ()) for name in schema["properties"]}


def test_the_block() -> None:
    whole = body("block.ts", "Block")
    assert described(BLOCK) == typed(re.sub(r"\{.*\}", "", whole))
    (path,) = re.findall(r"path\?: (\{.*\})", whole)
    assert described(BLOCK["properties"]["path"]) == typed(path)


def test_the_preview_in_it() -> None:
    (preview,) = (one for one in BLOCK["properties"]["previewURL"]["oneOf"] if one["type"] == "object")
    assert described(preview) == typed(body("requests.ts", "Preview"))
    assert described(preview["properties"]["ingress"]) == typed(body("requests.ts", "PreviewIngress"))
