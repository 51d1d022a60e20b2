"""Diagnostics that are asked for, and names in the whole workspace: progress, cancelling, files that come and go."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from unit.server.features.editor import Editor
from unit.server.in_process import URI, InProcess
from unit.waiting import until

VALID = (
    "handlers: [{name: echo, script: {run: x}}]\nworkloads: [{name: web, intercepts: [{handler: echo, port: http}]}]\n"
)
WRONG = VALID.replace("port", "prot")
PULLING = {"textDocument": {"diagnostic": {}}}


async def server_for(folder: Path, **capabilities: Any) -> InProcess:
    one = InProcess()
    folders = [{"uri": folder.as_uri(), "name": "shop"}]
    await one.ask(
        "initialize",
        {"processId": None, "rootUri": None, "workspaceFolders": folders, "capabilities": {**PULLING, **capabilities}},
    )
    return one


async def test_an_editor_that_asks_is_answered_and_nothing_is_pushed() -> None:
    editor = await Editor.opened(WRONG, **PULLING)
    report = await editor.ask("diagnostic")
    assert (report["kind"], [one["code"] for one in report["items"]]) == ("full", ["unknown-key"])
    again = await editor.ask("diagnostic", previousResultId=report["resultId"])
    assert again == {"kind": "unchanged", "resultId": report["resultId"]}
    editor.change(VALID)
    mended = await editor.ask("diagnostic", previousResultId=report["resultId"])
    assert (mended["kind"], mended["items"]) == ("full", [])
    assert editor.server.published() is None


async def test_an_editor_that_does_not_ask_is_told() -> None:
    editor = await Editor.opened(WRONG)
    assert [one["code"] for one in editor.server.published() or []] == ["unknown-key"]


async def test_the_same_finding_elsewhere_is_news() -> None:
    editor = await Editor.opened(WRONG, **PULLING)
    before = await editor.ask("diagnostic")
    editor.change("# 😋\n" + WRONG)
    after = await editor.ask("diagnostic", previousResultId=before["resultId"])
    assert after["kind"] == "full"


async def test_a_document_that_is_no_specification_has_nothing_wrong() -> None:
    editor = await Editor.opened("a: [\n", uri="file:///values.yaml", **PULLING)
    assert (await editor.ask("diagnostic"))["items"] == []


async def asked(server: InProcess, **more: Any) -> list[dict[str, Any]]:
    found = await server.ask("workspace/diagnostic", {"previousResultIds": [], **more})
    items: list[dict[str, Any]] = found["items"]
    return items


def codes(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        Path(one["uri"]).name: [each["code"] for each in one["items"]] if one["kind"] == "full" else "unchanged"
        for one in items
    }


async def test_every_specification_of_the_workspace_is_checked(tmp_path: Path) -> None:
    (tmp_path / "a.ispec.yaml").write_text(WRONG)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.ispec.yml").write_text(VALID)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "c.ispec.yaml").write_text(WRONG)
    (tmp_path / "values.yaml").write_text("a: [")
    server = await server_for(tmp_path)
    first = await asked(server)
    assert codes(first) == {"a.ispec.yaml": ["unknown-key"], "b.ispec.yml": []}
    before = [{"uri": one["uri"], "value": one["resultId"]} for one in first]
    (tmp_path / "a.ispec.yaml").write_text(VALID)
    os.utime(tmp_path / "a.ispec.yaml", ns=(1, 1))
    (tmp_path / "sub" / "b.ispec.yml").unlink()
    second = await asked(server, previousResultIds=before)
    assert codes(second) == {"a.ispec.yaml": [], "b.ispec.yml": "unchanged"}


async def test_a_deleted_file_has_nothing_wrong_any_more(tmp_path: Path) -> None:
    (tmp_path / "a.ispec.yaml").write_text(WRONG)
    server = await server_for(tmp_path)
    (first,) = await asked(server)
    (tmp_path / "a.ispec.yaml").unlink()
    second = await asked(server, previousResultIds=[{"uri": first["uri"], "value": first["resultId"]}])
    assert codes(second) == {"a.ispec.yaml": []}


async def test_an_open_document_counts_as_it_is_in_the_editor(tmp_path: Path) -> None:
    path = tmp_path / "a.ispec.yaml"
    path.write_text(WRONG)
    server = await server_for(tmp_path)
    server.open(VALID, path.as_uri())
    (only,) = await asked(server)
    assert (only["items"], only["version"]) == ([], 1)


async def test_progress_is_reported_where_the_editor_gives_a_token(tmp_path: Path) -> None:
    (tmp_path / "a.ispec.yaml").write_text(WRONG)
    server = await server_for(tmp_path)
    await asked(server, workDoneToken="checking")
    told = [one["params"] for one in server.written if one.get("method") == "$/progress"]
    assert {one["token"] for one in told} == {"checking"}
    kinds = [one["value"]["kind"] for one in told]
    assert (kinds[0], kinds[-1]) == ("begin", "end")
    assert "a.ispec.yaml" in {one["value"].get("message") for one in told}


@pytest.mark.parametrize("method", ["workspace/diagnostic", "workspace/symbol"])
async def test_it_can_be_cancelled(tmp_path: Path, method: str) -> None:
    for number in range(50):
        (tmp_path / f"{number}.ispec.yaml").write_text(WRONG)
    server = await server_for(tmp_path)
    params = {"previousResultIds": [], "query": "", "workDoneToken": 7}
    server.say(method, params, id=99)
    await asyncio.sleep(0)
    server.say("$/cancelRequest", {"id": 99})
    await answered(server, 99)
    (answer,) = [one for one in server.written if one.get("id") == 99]
    assert answer["error"]["code"] == -32800
    kinds = [one["params"]["value"]["kind"] for one in server.written if one.get("method") == "$/progress"]
    assert kinds[-1:] in (["end"], [])


async def test_progress_can_be_cancelled_by_its_token(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.ispec.yaml").write_text(WRONG)
    server = await server_for(tmp_path)
    server.say("workspace/symbol", {"query": "", "workDoneToken": 7}, id=99)
    await asyncio.sleep(0)
    server.say("window/workDoneProgress/cancel", {"token": 7})
    await answered(server, 99)
    (answer,) = [one for one in server.written if one.get("id") == 99]
    assert answer["error"]["code"] == -32800


async def answered(server: InProcess, number: int) -> None:
    await until(lambda: any(one.get("id") == number for one in server.written))


async def test_an_answer_in_parts_waits_for_news(tmp_path: Path) -> None:
    path = tmp_path / "a.ispec.yaml"
    path.write_text(WRONG)
    server = await server_for(tmp_path)
    (first,) = await asked(server, partialResultToken="parts")
    before = [{"uri": first["uri"], "value": first["resultId"]}]
    tokens = {"partialResultToken": "parts", "workDoneToken": "checking"}
    server.say("workspace/diagnostic", {"previousResultIds": before, **tokens}, id=99)
    await server.ask("workspace/symbol", {"query": ""})
    assert not [one for one in server.written if one.get("id") == 99]
    path.write_text(VALID)
    os.utime(path, ns=(1, 1))
    server.say("workspace/didChangeWatchedFiles", {"changes": []})
    await answered(server, 99)
    (answer,) = [one for one in server.written if one.get("id") == 99]
    assert codes(answer["result"]["items"]) == {"a.ispec.yaml": []}
    kinds = [one["params"]["value"]["kind"] for one in server.written if one.get("method") == "$/progress"]
    assert [kind for kind in kinds if kind != "report"] == ["begin", "end"], "a token is used once"


async def test_files_are_watched_where_the_editor_can(tmp_path: Path) -> None:
    server = await server_for(tmp_path, workspace={"didChangeWatchedFiles": {"dynamicRegistration": True}})
    server.say("initialized", {})
    await server.ask("workspace/symbol", {"query": ""})
    (asked_for,) = [one for one in server.written if one.get("method") == "client/registerCapability"]
    watchers = asked_for["params"]["registrations"][0]["registerOptions"]["watchers"]
    assert "**/*.ispec.yaml" in {one["globPattern"] for one in watchers}


async def test_names_of_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "a.ispec.yaml").write_text(VALID)
    server = await server_for(tmp_path)
    server.open(VALID.replace("web", "shop"), URI)
    found = await server.ask("workspace/symbol", {"query": ""})
    assert [(one["name"], one.get("containerName")) for one in found] == [
        ("echo", "handlers"),
        ("shop", "workloads"),
        ("shop", "shop"),
        ("echo", "handlers"),
        ("web", "workloads"),
        ("web", "web"),
    ]
    assert {Path(one["location"]["uri"]).name for one in await server.ask("workspace/symbol", {"query": "wB"})} == {
        "a.ispec.yaml"
    }


async def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.ispec.yaml").write_bytes(b"name: \xff\n" + VALID.encode())
    (tmp_path / "b.ispec.yaml").mkdir()
    (tmp_path / "c.ispec.yaml").symlink_to(tmp_path / "nowhere")
    server = await server_for(tmp_path)
    assert codes(await asked(server)) == {"a.ispec.yaml": []}
