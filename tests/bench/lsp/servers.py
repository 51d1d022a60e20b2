"""The two servers, and what each is told."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_PEER = _HERE / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
SCHEMA = Path("schemas/telelens_schemas/specification/intercept-specification.schema.json")


@dataclass(frozen=True)
class Server:
    """How one is started, and its settings."""

    name: str
    command: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


def ours() -> Server:
    """Started as the extension starts it."""
    return Server("telelens", (sys.executable, "-P", "-m", "telelens_server"))


def peer(schema: Path) -> Server:
    """yaml-language-server with our schema, kept from the network, where others' schemas are."""
    node = shutil.which("node")
    if node is None or not _PEER.exists():
        raise SystemExit("bench: yaml-language-server is not installed: make bench-lsp does it")
    if not schema.exists():
        raise SystemExit(f"bench: {schema} is missing: make generate writes it")
    settings = {
        "yaml": {
            "validate": True,
            "hover": True,
            "completion": True,
            # Its default ends an outline after 5,000 entries; ours is whole.
            "maxItemsComputed": 1_000_000,
            "schemas": {schema.resolve().as_uri(): ["*.ispec.yaml"]},
            "schemaStore": {"enable": False},
            "kubernetesCRDStore": {"enable": False},
        },
        "http": {},
        "[yaml]": {},
        "editor": {"tabSize": 2},
    }
    return Server("yaml-language-server", (node, str(_PEER), "--stdio"), settings)
