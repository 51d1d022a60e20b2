"""The extension and the server name their own requests and what is in them alike."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from pathlib import Path

from telelens_server import requests

SOURCES = Path(__file__).parents[3] / "vscode-extension" / "src"
SOURCE = SOURCES / "requests.ts"
NARROWER = {
    ("InterceptParams", "workDoneToken"): {"string"},
    ("DebugTarget", "connection"): {"Required<ConnectionWanted>"},
}
"""Where the extension says less of what LSP allows, or relies on what the server always answers."""


def camel(name: str) -> str:
    first, *more = name.split("_")
    return first + "".join(word.capitalize() for word in more)


def of_the_extension() -> dict[str, dict[str, bool]]:
    """Interfaces by name: their fields, and which may be left out."""
    found = re.findall(r"^export interface (\w+) \{\n(.*?)^\}", SOURCE.read_text(), re.MULTILINE | re.DOTALL)
    return {
        name: {field: mark == "?" for field, mark in re.findall(r"^  (\w+)(\??):", body, re.MULTILINE)}
        for name, body in found
    }


def of_the_server() -> dict[str, dict[str, bool]]:
    """The same of its dataclasses."""
    return {
        name: {camel(field.name): has_default(field) for field in dataclasses.fields(one)}
        for name, one in vars(requests).items()
        if isinstance(one, type) and dataclasses.is_dataclass(one) and one.__module__ == requests.__name__
    }


def types_of_the_extension() -> dict[tuple[str, str], set[str]]:
    """Of each interface's fields: the types that a value may have, as TypeScript writes them."""
    found = re.findall(r"^export interface (\w+) \{\n(.*?)^\}", SOURCE.read_text(), re.MULTILINE | re.DOTALL)
    return {
        (name, field): set(written.replace('"', "").split(" | "))
        for name, body in found
        for field, written in re.findall(r"^  (\w+)\??: (.*);$", body, re.MULTILINE)
    }


def types_of_the_server() -> dict[tuple[str, str], set[str]]:
    """The same of its dataclasses."""
    return {
        (name, camel(field)): typescript(hint)
        for name in of_the_server()
        for field, hint in typing.get_type_hints(vars(requests)[name]).items()
    }


def typescript(hint: object) -> set[str]:
    """A type as TypeScript writes what json makes of it."""
    arguments = typing.get_args(hint)
    match typing.get_origin(hint):
        case types.UnionType:
            return {one for argument in arguments for one in typescript(argument)}
        case typing.Literal:
            return set(arguments)
        case origin if origin is tuple:
            return {f"{' | '.join(typescript(arguments[0]))}[]"}
        case origin if origin is dict:
            return {f"Record<{', '.join(' | '.join(typescript(one)) for one in arguments)}>"}
    plain = {str: "string", int: "number", bool: "boolean", types.NoneType: "null"}
    return {plain[hint] if hint in plain else typing.cast("type", hint).__name__}


def has_default(field: dataclasses.Field[object]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def test_methods() -> None:
    extension = re.findall(r"\"(telelens/\w+)\"", SOURCE.read_text())
    server = [value for value in vars(requests).values() if isinstance(value, str) and value.startswith("telelens/")]
    assert sorted(extension) == sorted(server)
    assert len(server) > 5


def test_fields() -> None:
    extension, server = of_the_extension(), of_the_server()
    assert {name: set(fields) for name, fields in extension.items()} == {name: set(server[name]) for name in server}
    assert all(server.values())


def test_types() -> None:
    """What may be left out needs not be null, too."""
    server = types_of_the_server()
    optional = {
        (name, field) for name, fields in of_the_extension().items() for field, is_so in fields.items() if is_so
    }
    assert {name for name in types_of_the_extension() if name not in server} == set()
    for name, said in types_of_the_extension().items():
        wanted = NARROWER.get(name, server[name])
        assert said == (wanted - {"null"} if name in optional and "null" not in said else wanted), name


def test_no_other_module_names_a_request() -> None:
    naming = {path.name for path in SOURCES.rglob("*.ts") if re.search(r"[\"'`]telelens/", path.read_text())}
    assert naming == {SOURCE.name}


def test_what_the_extension_may_leave_out_the_server_does_without() -> None:
    """The other way round it need not be: the extension may always say what the server would assume."""
    server = of_the_server()
    optional = [
        (name, field) for name, fields in of_the_extension().items() for field, is_so in fields.items() if is_so
    ]
    assert len(optional) > 10
    assert [(name, field) for name, field in optional if not server[name][field]] == []
