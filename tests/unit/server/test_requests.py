"""The extension and the server name their own requests and what is in them alike."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from telelens_server import requests

SOURCE = Path(__file__).parents[3] / "vscode-extension" / "src" / "requests.ts"


def camel(name: str) -> str:
    first, *more = name.split("_")
    return first + "".join(word.capitalize() for word in more)


def of_the_extension() -> dict[str, set[str]]:
    """Interfaces by name: their fields."""
    found = re.findall(r"^export interface (\w+) \{\n(.*?)^\}", SOURCE.read_text(), re.MULTILINE | re.DOTALL)
    return {name: set(re.findall(r"^  (\w+)\??:", body, re.MULTILINE)) for name, body in found}


def of_the_server() -> dict[str, set[str]]:
    """The same of its dataclasses."""
    return {
        name: {camel(field.name) for field in dataclasses.fields(one)}
        for name, one in vars(requests).items()
        if isinstance(one, type) and dataclasses.is_dataclass(one) and one.__module__ == requests.__name__
    }


def test_methods() -> None:
    extension = re.findall(r"\"(telelens/\w+)\"", SOURCE.read_text())
    server = [value for value in vars(requests).values() if isinstance(value, str) and value.startswith("telelens/")]
    assert sorted(extension) == sorted(server)
    assert len(server) > 5


def test_fields() -> None:
    assert of_the_extension() == of_the_server()
    assert all(of_the_server().values())
