"""The real server over its standard streams, as an editor speaks with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from unit.server.client import Client, language_client

URI = "file:///shop/echo.ispec.yaml"
MANIFEST = "file:///shop/echo.yaml"
VALID = """\
name: echo
connection: {namespace: shop}
handlers:
  - name: echo
    script: {run: exec python3 echo.py}
workloads:
  - name: echo
    intercepts:
      - handler: echo
        port: http
"""
DEPLOYMENT = """\
# two objects
apiVersion: v1
kind: Service
metadata:
  name: echo
---
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    name: not-this
  namespace: shop
  name: "echo"  # the one
spec:
  template:
    metadata:
      name: nor-this
"""


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with language_client() as one:
        yield one


async def test_a_valid_specification_has_no_diagnostics(client: Client) -> None:
    client.open(URI, VALID)
    assert await client.diagnostics(URI) == []


async def test_a_finding_has_range_code_severity_and_source(client: Client) -> None:
    client.open(URI, VALID.replace("port: http", "prot: http"))
    (found,) = await client.diagnostics(URI)
    assert found["range"] == {"start": {"line": 9, "character": 8}, "end": {"line": 9, "character": 12}}
    assert (found["code"], found["severity"], found["source"]) == ("unknown-key", 1, "telelens")


async def test_an_edit_is_answered_with_what_is_wrong_now(client: Client) -> None:
    client.open(URI, VALID)
    await client.diagnostics(URI)
    where = {"start": {"line": 8, "character": 17}, "end": {"line": 8, "character": 21}}
    client.change(URI, {"range": where, "text": "ehco"})
    codes = [one["code"] for one in await client.diagnostics_of(URI, 2)]
    assert codes == ["unused-handler", "undefined-handler"]
    client.change(URI, {"text": VALID})
    assert await client.diagnostics_of(URI, 3) == []


async def test_columns_are_utf16_units(client: Client) -> None:
    client.open(URI, VALID.replace("{namespace: shop}", "{context: 😋é, prot: 1}"))
    (found,) = await client.diagnostics(URI)
    # The line is: connection: {context: 😋é, prot: 1}
    assert found["range"] == {"start": {"line": 1, "character": 27}, "end": {"line": 1, "character": 31}}


async def test_an_editor_may_count_in_utf8() -> None:
    async with language_client(general={"positionEncodings": ["utf-8"]}) as client:
        client.open(URI, VALID.replace("{namespace: shop}", "{context: 😋é, prot: 1}"))
        (found,) = await client.diagnostics(URI)
    assert found["range"]["start"]["character"] == 30


async def test_a_name_may_have_spaces_and_other_signs(client: Client) -> None:
    uri = "file:///my%20shop/%C3%A9%2Bcho.ispec.yaml"
    client.open(uri, VALID.replace("port: http", "prot: http"))
    (found,) = await client.diagnostics(uri)
    lenses = await client.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    assert (found["code"], lenses[0]["command"]["arguments"]) == ("unknown-key", [{"uri": uri}])


async def test_a_byte_order_mark_and_crlf_do_not_move_ranges(client: Client) -> None:
    client.open(URI, "\ufeff" + VALID.replace("name: echo\n", "nmae: echo\n", 1).replace("\n", "\r\n"))
    (found,) = await client.diagnostics(URI)
    assert found["range"] == {"start": {"line": 0, "character": 1}, "end": {"line": 0, "character": 5}}


async def test_line_ends_that_only_python_knows_are_none(client: Client) -> None:
    client.open(URI, "# \u2028\n" + VALID)
    await client.diagnostics(URI)
    client.change(
        URI, {"range": {"start": {"line": 10, "character": 8}, "end": {"line": 10, "character": 9}}, "text": "q"}
    )
    assert [one["range"]["start"]["line"] for one in await client.diagnostics_of(URI, 2)][-1:] == [10]


async def test_a_closed_document_has_no_diagnostics_any_more(client: Client) -> None:
    client.open(URI, "nonsense: 1\n" + VALID)
    assert len(await client.diagnostics(URI)) == 1
    client.close(URI)
    assert await client.diagnostics(URI) == []


@pytest.mark.parametrize(
    ("uri", "language", "text"),
    [
        ("file:///shop/values.yaml", "yaml", "workloads: 1\nfoo: [\n"),
        ("file:///shop/echo.py", "python", "handlers: 1\nworkloads: 1\n"),
        ("file:///shop/notes.md", "markdown", "kind: InterceptSpecification\n"),
        (MANIFEST, "yaml", DEPLOYMENT + "\tbroken: [\n"),
    ],
)
async def test_silence_on_other_documents(client: Client, uri: str, language: str, text: str) -> None:
    client.open(uri, text, language)
    client.change(uri, {"text": text + "\n"})
    client.open(URI, VALID)
    await client.diagnostics(URI)
    assert client.is_silent(uri)


async def test_a_document_becomes_a_specification_and_ceases_to_be_one(client: Client) -> None:
    uri = "file:///shop/one.yaml"
    client.open(uri, "handlers: 1\n")
    client.change(uri, {"text": "handlers: 1\nworkloads: []\n"})
    assert [one["code"] for one in await client.diagnostics(uri)] == ["wrong-type", "nothing-to-intercept"]
    client.change(uri, {"text": "handlers: 1\n"})
    assert await client.diagnostics(uri) == []


async def test_lenses_of_a_specification(client: Client) -> None:
    client.open(URI, VALID)
    lenses = await client.request("textDocument/codeLens", {"textDocument": {"uri": URI}})
    assert [(one["range"]["start"]["line"], one["command"]["title"]) for one in lenses] == [
        (0, "Run"),
        (0, "Debug"),
        (0, "Stop"),
        (8, "Intercept & Debug"),
    ]
    assert [one["command"]["command"] for one in lenses] == [
        "telelens.run",
        "telelens.debug",
        "telelens.stop",
        "telelens.interceptAndDebug",
    ]
    assert lenses[0]["command"]["arguments"] == [{"uri": URI}]
    assert lenses[3]["command"]["arguments"] == [
        {
            "uri": URI,
            "intercept": "echo",
            "workload": {"name": "echo", "namespace": "shop"},
            "port": "http",
            "place": {"specification": 0, "workload": 0, "intercept": 0},
        }
    ]


async def test_lenses_of_a_manifest(client: Client) -> None:
    client.open(MANIFEST, DEPLOYMENT)
    lenses = await client.request("textDocument/codeLens", {"textDocument": {"uri": MANIFEST}})
    assert [one["range"]["start"] for one in lenses] == [{"line": 7, "character": 0}] * 2
    arguments = [{"uri": MANIFEST, "kind": "Deployment", "name": "echo", "namespace": "shop", "occurrence": 0}]
    assert [one["command"] for one in lenses] == [
        {"title": "Intercept & Debug", "command": "telelens.interceptAndDebug", "arguments": arguments},
        {"title": "Intercept", "command": "telelens.intercept", "arguments": arguments},
    ]


async def test_it_ends_when_the_editor_says_so(client: Client) -> None:
    assert await client.stop() == 0


async def test_it_ends_when_the_editor_is_gone(client: Client) -> None:
    assert client.process.stdin is not None
    client.process.stdin.close()
    await asyncio.wait_for(client.process.wait(), 10)


async def test_a_template_bomb_is_named_and_keeps_nobody_waiting() -> None:
    uri = "file:///shop/bomb.ispec.yaml"
    text = (
        'name: {{ repeat 1000000000 "x" }}\nhandlers: [{name: a}]\nworkloads: [{name: w, intercepts: [{handler: a}]}]\n'
    )
    async with language_client() as client:
        client.notify("telelens/trust", {"trusted": True})
        client.open(uri, text)
        assert await client.diagnostics(uri) == [], "an editor's bounds are not the run's"
        assert await client.at("textDocument/hover", uri, 1, 2) is not None
        (found,) = await client.diagnostics(uri)
        where = {"start": {"line": 0, "character": 9}, "end": {"line": 0, "character": 30}}
        assert (found["code"], found["range"]) == ("bad-template", where)
