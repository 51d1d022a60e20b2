"""Paths are completed folder by folder, where a workspace is trusted and no farther than it was opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.server.features.editor import Editor
from unit.server.in_process import InProcess

COMPOSE = "handlers:\n  - docker:\n      compose:\n        context: "
BUILD = "handlers:\n  - docker:\n      build:\n        context: "
OUTPUT = "handlers:\n  - external:\n      outputPath: "
STREAMS = ["stdout", "stderr"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """That of the specification."""
    for one in ("shop/stack/deep", "shop/.git", "shop/a: b", "beside/secret"):
        (tmp_path / one).mkdir(parents=True)
    for one in ("shop/compose.yaml", "shop/app.yaml", "shop/stack/docker-compose.dev.yml", "beside/compose.yaml"):
        (tmp_path / one).touch()
    (tmp_path / "shop" / "out").symlink_to(tmp_path / "beside")
    return tmp_path / "shop"


async def offered(folder: Path, marked: str, *, trusted: bool = True) -> list[str]:
    """As an editor sorts them."""
    _, items = await asked(folder, marked, trusted=trusted)
    return [one["label"] for one in sorted(items["items"], key=lambda one: one["sortText"])]


async def asked(folder: Path, marked: str, *, trusted: bool = True) -> tuple[Editor, dict[str, list[dict[str, str]]]]:
    server = InProcess()
    options = {"trusted": trusted, "commands": ["editor.action.triggerSuggest"]}
    asked = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
    await server.ask("initialize", asked)
    editor = await Editor.opened(marked, uri=(folder / "one.ispec.yaml").as_uri(), server=server)
    return editor, await editor.at_cursor("completion")


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (f"{COMPOSE}‸\n", ["compose.yaml", "out/", "stack/"]),
        (f"{COMPOSE}./‸\n", ["compose.yaml", "out/", "stack/"]),
        (f"{COMPOSE}'stack/‸'\n", ["docker-compose.dev.yml", "deep/"]),
        (f"{BUILD}sta‸\n", ["out/", "stack/"]),
        (f"{BUILD}stack/‸\n", ["deep/"]),
        (f"{BUILD}.‸\n", [".git/", "out/", "stack/"]),
        ("handlers: [{docker: {build: {context: ‸}}}]\n", ["out/", "stack/"]),
        (f"{OUTPUT}‸\n", ["stdout", "stderr", "out/", "stack/"]),
        (f"{BUILD}stack/deep/‸\n", []),
        (f"{BUILD}stack/none/‸\n", []),
    ],
)
async def test_what_stands_in_the_folder_that_is_typed(folder: Path, marked: str, expected: list[str]) -> None:
    assert await offered(folder, marked) == expected


@pytest.mark.parametrize("path", ["/", "out/", "~/", "stack/../../none/"])
async def test_nobody_is_led_out_of_what_is_opened(folder: Path, path: str) -> None:
    assert await offered(folder, f"{COMPOSE}{path}‸\n") == []


async def test_whoever_types_two_dots_may_look_around(folder: Path) -> None:
    assert await offered(folder, f"{COMPOSE}../beside/‸\n") == ["compose.yaml", "secret/"]


async def test_without_trust_no_folder_is_looked_into(folder: Path) -> None:
    assert await offered(folder, f"{COMPOSE}‸\n", trusted=False) == []
    assert await offered(folder, f"{OUTPUT}‸\n", trusted=False) == STREAMS


async def test_the_whole_path_is_written(folder: Path) -> None:
    editor, found = await asked(folder, f"{COMPOSE}stack/d‸.yml # here\n")
    (item,) = [one for one in found["items"] if one["label"] == "docker-compose.dev.yml"]
    assert editor.applied([item["textEdit"]]) == f"{COMPOSE}stack/docker-compose.dev.yml # here\n"
    assert item["filterText"] == "stack/docker-compose.dev.yml"


async def test_behind_a_folder_what_stands_in_it_is_offered_at_once(folder: Path) -> None:
    _, found = await asked(folder, f"{COMPOSE}‸\n")
    assert [one["label"] for one in found["items"] if "command" in one] == ["out/", "stack/"]


async def test_of_a_crowd_come_those_that_begin_so(folder: Path) -> None:
    for number in range(250):
        (folder / "stack" / f"s{number:03}").mkdir()
    _, found = await asked(folder, f"{BUILD}stack/‸\n")
    assert (len(found["items"]), found["isIncomplete"]) == (200, True)
    _, found = await asked(folder, f"{BUILD}stack/s24‸\n")
    assert [one["label"] for one in found["items"]] == [f"s24{number}/" for number in range(10)]
