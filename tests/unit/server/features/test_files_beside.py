"""What a specification says of other files: links to them, and services of compose files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from unit.server.features.editor import Editor
from unit.server.in_process import InProcess
from unit.waiting import until

TEXT = """\
handlers:
  - name: 😋x
    script:
      run: |
        ./start.sh --port 8080 && python app/main.py missing.py /etc
  - name: built
    docker: {build: {context: app}}
  - name: remote
    docker: {build: {context: "https://example.org/shop.git"}}
  - name: composed
    docker:
      compose:
        context: "stack"
        services:
          - name: web
            behavior: interceptHandler
  - name: again
    docker:
      compose:
        context: stack/compose.yaml
        services:
          - name: web
            behavior: local
  - name: embedded
    docker:
      compose:
        spec:
          services:
            web: {image: x}
        services:
          - name: web
workloads: []
"""
COMPOSE = """\
# 😋
services:
  web:
    image: x
    depends_on: [database]
  database: {image: y}
  other:
    image: z
    depends_on:
      web: {condition: service_started}
    links: ["web:alias"]
    network_mode: "service:web"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "start.sh").touch()
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").touch()
    (tmp_path / "app" / "Dockerfile").touch()
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "compose.yaml").write_text(COMPOSE)
    return tmp_path


async def opened(folder: Path, marked: str, server: InProcess | None = None) -> Editor:
    return await Editor.opened(marked, uri=(folder / "one.ispec.yaml").as_uri(), server=server)


async def test_links_lead_to_files_that_are_there(folder: Path) -> None:
    editor = await opened(folder, TEXT)
    links = {editor.cut(one["range"]): one["target"] for one in await editor.ask("documentLink")}
    assert links == {
        "./start.sh": (folder / "start.sh").as_uri(),
        "app/main.py": (folder / "app" / "main.py").as_uri(),
        "app": (folder / "app" / "Dockerfile").as_uri(),
        "https://example.org/shop.git": "https://example.org/shop.git",
        "stack": (folder / "stack" / "compose.yaml").as_uri(),
        "stack/compose.yaml": (folder / "stack" / "compose.yaml").as_uri(),
    }


async def test_links_report_progress(folder: Path) -> None:
    editor = await opened(folder, TEXT)
    await editor.ask("documentLink", workDoneToken=1)
    kinds = [one["params"]["value"]["kind"] for one in editor.server.written if one.get("method") == "$/progress"]
    assert kinds == ["begin", "report", "end"]


@pytest.mark.parametrize("context", ["\\0", "x" * 5000, "/", "nowhere", "~root"])
async def test_paths_that_cannot_be_are_no_links(folder: Path, context: str) -> None:
    text = f'handlers: [{{name: x, docker: {{compose: {{context: "{context}"}}}}}}]\nworkloads: []\n'
    assert await (await opened(folder, text)).ask("documentLink") == []


def of(found: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(Path(one["uri"]).name, one["range"]["start"]["line"]) for one in found]


async def test_a_compose_service_leads_to_its_file(folder: Path) -> None:
    editor = await opened(
        folder, TEXT.replace("name: web\n            behavior: inter", "name: w‸eb\n            behavior: inter")
    )
    assert of(await editor.at_cursor("definition")) == [("compose.yaml", 2)]
    found = await editor.at_cursor("references", context={"includeDeclaration": True})
    assert of(found) == [
        ("compose.yaml", 2),
        ("compose.yaml", 9),
        ("compose.yaml", 10),
        ("compose.yaml", 11),
        ("one.ispec.yaml", 14),
        ("one.ispec.yaml", 21),
    ]


async def test_a_service_is_renamed_across_files(folder: Path) -> None:
    editor = await opened(
        folder, TEXT.replace("name: web\n            behavior: local", "name: w‸eb\n            behavior: local")
    )
    edit = await editor.at_cursor("rename", newName="front")
    other = (folder / "stack" / "compose.yaml").as_uri()
    assert editor.applied(edit["changes"][editor.uri]) == TEXT.replace(
        "name: web\n            behavior", "name: front\n            behavior"
    )
    compose = await Editor.opened(COMPOSE, uri=other)
    assert compose.applied(edit["changes"][other]) == COMPOSE.replace("web", "front")
    with pytest.raises(AssertionError, match="another compose service"):
        await editor.at_cursor("rename", newName="database")


@pytest.mark.parametrize("use", ["\n  w‸eb:", "\n      we‸b: {cond", '"web‸:alias', "service:‸web"])
async def test_a_service_is_the_same_in_the_compose_file_that_a_specification_leads_to(folder: Path, use: str) -> None:
    text = TEXT.replace("stack/compose.yaml", "app/../stack/compose.yaml")
    of_text = await opened(folder, text.replace("name: web\n            beh", "name: w‸eb\n            beh", 1))
    marked = COMPOSE.replace(use.replace("‸", ""), use)
    editor = await Editor.opened(marked, uri=(folder / "stack" / "compose.yaml").as_uri(), server=of_text.server)
    assert of(await editor.at_cursor("definition")) == [("compose.yaml", 2)]
    found = await editor.at_cursor("references", context={"includeDeclaration": True})
    places = [*(("compose.yaml", line) for line in (2, 9, 10, 11)), *(("one.ispec.yaml", line) for line in (14, 21))]
    assert of(found) == places
    assert len(await editor.at_cursor("documentHighlight")) == 4
    edit = await editor.at_cursor("rename", newName="front")
    assert editor.applied(edit["changes"][editor.uri]) == COMPOSE.replace("web", "front")
    head, embedded, tail = text.partition("  - name: embedded")
    changed = head.replace("name: web", "name: front") + embedded + tail
    assert of_text.applied(edit["changes"][of_text.uri]) == changed


@pytest.mark.parametrize(
    ("name", "use"), [("compose.yaml", "  da‸tabase: {"), ("compose.yaml", "image: ‸z"), ("other.yaml", "\n  w‸eb:")]
)
async def test_what_no_specification_speaks_of_is_left_to_others(folder: Path, name: str, use: str) -> None:
    server = (await opened(folder, TEXT)).server
    marked = COMPOSE.replace(use.replace("‸", ""), use)
    (folder / "stack" / name).write_text(COMPOSE)
    editor = await Editor.opened(marked, uri=(folder / "stack" / name).as_uri(), server=server)
    assert await editor.at_cursor("definition") == []
    assert await editor.at_cursor("prepareRename") is None
    assert await editor.at_cursor("documentHighlight") == []


async def test_a_service_of_an_embedded_compose_file_is_its_handlers_own(folder: Path) -> None:
    marked = TEXT.replace("          - name: web\nworkloads", "          - name: w‸eb\nworkloads")
    editor = await opened(folder, marked)
    assert of(await editor.at_cursor("definition")) == [("one.ispec.yaml", 28)]
    edit = await editor.at_cursor("rename", newName="front")
    assert set(edit["changes"]) == {editor.uri}
    head, _, tail = TEXT.rpartition("  - name: embedded")
    assert editor.applied(edit["changes"][editor.uri]) == head + "  - name: embedded" + tail.replace("web", "front")


INTERCEPTING = "name: web\n            behavior: inter"
OTHER = """\
  - name: other
    docker: {compose: {context: other, services: [{name: web}]}}
workloads"""


async def test_a_service_of_that_name_in_another_compose_file_is_another(folder: Path) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "compose.yaml").write_text(COMPOSE)
    text = TEXT.replace("workloads", OTHER)
    editor = await opened(folder, text.replace(INTERCEPTING, INTERCEPTING.replace("web", "w‸eb")))
    edit = await editor.at_cursor("rename", newName="front")
    assert set(edit["changes"]) == {editor.uri, (folder / "stack" / "compose.yaml").as_uri()}
    renamed = text.replace("name: web\n            behavior", "name: front\n            behavior")
    assert editor.applied(edit["changes"][editor.uri]) == renamed
    editor = await opened(folder, text.replace("[{name: web}]", "[{name: w‸eb}]"))
    assert of(await editor.at_cursor("definition")) == [("compose.yaml", 2)]
    edit = await editor.at_cursor("rename", newName="front")
    assert set(edit["changes"]) == {editor.uri, (folder / "other" / "compose.yaml").as_uri()}
    assert editor.applied(edit["changes"][editor.uri]) == text.replace("[{name: web}]", "[{name: front}]")


async def test_highlights_are_those_of_the_file_that_is_looked_at(folder: Path) -> None:
    editor = await opened(folder, TEXT.replace(INTERCEPTING, INTERCEPTING.replace("web", "w‸eb")))
    found = await editor.at_cursor("documentHighlight")
    assert [(one["range"]["start"]["line"], one["kind"]) for one in found] == [(14, 2), (21, 2)]


@pytest.mark.parametrize(
    ("other", "is_use"),
    [
        ("extends: {service: web}", True),
        ("extends: web", True),
        ('extends: {service: "web", file: base.yaml}', False),
        ("depends_on: [database, web]", True),
        ("links: [web]", True),
        ("network_mode: host", False),
        ("network_mode: container:web", False),
        ("pid: service:web", True),
        ('ipc: "service:web"', True),
        ("volumes_from: [web:ro]", True),
        ("hostname: web", False),
    ],
)
async def test_every_way_in_which_a_service_names_another_is_renamed(folder: Path, other: str, is_use: bool) -> None:
    text = f"services:\n  web: {{image: web}}\n  database: {{}}\n  other:\n    {other}\n"
    compose = folder / "stack" / "compose.yaml"
    compose.write_text(text)
    editor = await opened(folder, TEXT.replace(INTERCEPTING, INTERCEPTING.replace("web", "w‸eb")))
    edits = (await editor.at_cursor("rename", newName="front"))["changes"][compose.as_uri()]
    expected = text.replace("  web:", "  front:")
    if is_use:
        expected = expected.replace(other, other.replace("web", "front", 1))
    assert (await Editor.opened(text, uri=compose.as_uri())).applied(edits) == expected


async def test_a_compose_file_counts_as_it_is_in_the_editor(folder: Path) -> None:
    editor = await opened(folder, TEXT.replace(INTERCEPTING, INTERCEPTING.replace("web", "w‸eb")))
    editor.server.open("\n\n" + COMPOSE, (folder / "stack" / "compose.yaml").as_uri())
    assert of(await editor.at_cursor("definition")) == [("compose.yaml", 4)]


@pytest.mark.parametrize("compose", [None, "services: [", "services: 1\n", "a: 1\n", "\x00"])
async def test_without_a_compose_file_only_the_specification_is_searched(folder: Path, compose: str | None) -> None:
    path = folder / "stack" / "compose.yaml"
    path.unlink() if compose is None else path.write_text(compose)
    editor = await opened(
        folder, TEXT.replace("name: web\n            behavior: inter", "name: w‸eb\n            behavior: inter")
    )
    assert of(await editor.at_cursor("references", context={"includeDeclaration": True})) == [("one.ispec.yaml", 14)]


@pytest.mark.parametrize(
    ("place", "expected"),
    [("- name: web\n            behavior: inter", ["web", "database", "other"]), ("- name: web\nworkloads", ["web"])],
)
async def test_services_are_completed_from_the_compose_file(folder: Path, place: str, expected: list[str]) -> None:
    editor = await opened(folder, TEXT.replace(place, place.replace("web", "‸")))
    found = await editor.at_cursor("completion")
    assert [one["label"] for one in found["items"]] == expected


async def test_a_service_that_the_compose_file_does_not_have_is_wrong_and_can_be_mended(folder: Path) -> None:
    text = TEXT.replace("name: web\n            behavior: local", "name: databse\n            behavior: local")
    editor = await opened(folder, text)
    found = [one for one in editor.server.published(editor.uri) or [] if one["code"] == "undefined-compose-service"]
    assert [editor.cut(one["range"]) for one in found] == ["databse"]
    where = found[0]["range"]
    fixes = await editor.ask("codeAction", range=where, context={"diagnostics": [], "only": ["quickfix"]})
    assert "Change to database" in {one["title"] for one in fixes}


async def test_a_compose_file_that_is_edited_is_looked_at_again_before_it_is_saved(folder: Path) -> None:
    editor = await opened(folder, TEXT)

    def undefined() -> int:
        found = editor.server.published(editor.uri) or []
        return [one["code"] for one in found].count("undefined-compose-service")

    uri = (folder / "stack" / "compose.yaml").as_uri()
    editor.server.open(COMPOSE, uri)
    whole = {"text": "services: {database: {image: x}}\n"}
    editor.server.say("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [whole]})
    await until(lambda: undefined() == 2)
    editor.server.say("textDocument/didClose", {"textDocument": {"uri": uri}})
    await until(lambda: undefined() == 0)


async def test_an_editor_that_asks_for_findings_is_told_to_ask_when_a_compose_file_is_edited(folder: Path) -> None:
    can = {"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}}}
    editor = await Editor.opened(TEXT, uri=(folder / "one.ispec.yaml").as_uri(), **can)
    await editor.ask("diagnostic")
    editor.server.open(COMPOSE, (folder / "stack" / "compose.yaml").as_uri())
    await until(lambda: "workspace/diagnostic/refresh" in {one.get("method") for one in editor.server.written})


async def test_a_compose_file_that_changes_on_disk_is_looked_at_again(folder: Path) -> None:
    editor = await opened(folder, TEXT)
    assert "undefined-compose-service" not in {one["code"] for one in editor.server.published(editor.uri) or []}
    (folder / "stack" / "compose.yaml").write_text("services: {database: {image: x}}\n")
    editor.server.say("workspace/didChangeWatchedFiles", {"changes": []})
    await until(
        lambda: (
            [one["code"] for one in editor.server.published(editor.uri) or []].count("undefined-compose-service") == 2
        )
    )
