"""What is wrong with templates, and with what they become, is said as one types, and mended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from telelens_server.templating import judgement
from unit.server.features.editor import Editor
from unit.server.in_process import URI, InProcess
from unit.waiting import until

REST = "\nhandlers:\n  - name: a\nworkloads:\n  - name: w\n    intercepts: [{handler: a, port: 80}]\n"
HANDLER = "handlers:\n  - name: a\n    script: {run: x}\n"
WORKLOAD = "workloads:\n  - name: w\n    intercepts: [{handler: a, port: 80}]\n"
SECONDS = 60
"""A template that would take hours is given up after two seconds of a processor's time, which others may need, too."""


async def opened(marked: str, *, trusted: bool = False, **capabilities: Any) -> Editor:
    server = InProcess()
    options = {"trusted": trusted}
    params = {"processId": None, "rootUri": None, "capabilities": capabilities, "initializationOptions": options}
    await server.ask("initialize", params)
    editor = await Editor.opened(marked, server=server)
    if not capabilities:
        await until(lambda: server.published() is not None)
    return editor


def found(editor: Editor) -> list[tuple[str, str]]:
    """Codes, and what of the text each is about."""
    return [(one["code"], editor.cut(one["range"])) for one in editor.server.published() or []]


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize(
    ("text", "code", "stretch"),
    [
        ("name: {{ if 1 }}x", "bad-template", "{{ if 1 }}"),
        ("name: 😋{{ uper `x` }}", "unknown-function", "uper"),
        ("name: {{ .Username }}", "unknown-field", ".Username"),
        ("name: {{ env “A” }}", "typographic-quote", "“"),
    ],
)
async def test_what_is_wrong_is_marked(text: str, code: str, stretch: str, trusted: bool) -> None:
    assert (code, stretch) in found(await opened(text + REST, trusted=trusted))


async def test_it_goes_with_what_was_wrong() -> None:
    editor = await opened("name: {{ uper `x` }}" + REST)
    assert [code for code, _ in found(editor)] == ["unknown-function"]
    editor.change(editor.text.replace("uper", "upper"))
    await until(lambda: found(editor) == [])


async def test_an_unset_variable_is_marked_only_where_the_workspace_is_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TELELENS_NOWHERE", raising=False)
    text = 'name: x{{ env "TELELENS_NOWHERE" }}' + REST
    assert found(await opened(text)) == []
    assert found(await opened(text, trusted=True)) == [("unset-variable", '{{ env "TELELENS_NOWHERE" }}')]


@pytest.mark.parametrize(
    ("marked", "mended"),
    [
        ("name: {{ up‸er `x` }}", "name: {{ upper `x` }}"),
        ("name: {{ env ‸“A” }}-“b”", 'name: {{ env "A" }}-“b”'),
    ],
)
async def test_a_fix_mends_it(marked: str, mended: str) -> None:
    editor = await opened(marked + REST)
    where = {"start": editor.cursor, "end": editor.cursor}
    actions: list[dict[str, Any]] = await editor.ask("codeAction", range=where, context={"diagnostics": []})
    fixes = [one for one in actions if one["kind"] == "quickfix" and one.get("edit")]
    assert editor.applied(fixes[0]["edit"]["changes"][URI]) == mended + REST


RANGE = 'handlers:\n  {{- range list "a" "b" }}\n  - name: {{ . }}\n    script: {run: x}\n  {{- end }}\n' + WORKLOAD
ARMS = (
    'handlers:\n  {{- if env "X" }}\n  - name: a\n    script: {run: x}\n  {{- else }}\n'
    "  - name: a\n    script: {run: y}\n  {{- end }}\n" + WORKLOAD
)
SECOND = (
    "workloads:\n  - name: w\n    intercepts: [{handler: a, port: 80}, {handler: b, port: 81, localPort: 1, name: b}]\n"
)


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("text", [RANGE.replace(WORKLOAD, SECOND), ARMS], ids=["range", "arms"])
async def test_nothing_is_wrong_with_names_that_templates_make(text: str, trusted: bool) -> None:
    assert found(await opened(text, trusted=trusted)) == []


@pytest.mark.parametrize("trusted", [False, True])
async def test_what_is_wrong_beside_templates_is_said_and_mended(trusted: bool) -> None:
    editor = await opened(RANGE.replace(WORKLOAD, SECOND).replace("port: 80", "pr‸ot: 80"), trusted=trusted)
    assert found(editor) == [("unknown-key", "prot")]
    where = {"start": editor.cursor, "end": editor.cursor}
    actions = await editor.ask("codeAction", range=where, context={"diagnostics": [], "only": ["quickfix"]})
    assert "Change to port" in {one["title"] for one in actions}


WRONG_ONCE_EXPANDED = [
    ("fail", 'name: {{ fail "not today" }}' + REST, ("bad-template", 'fail "not today"')),
    ("repeat", 'name: {{ repeat 1000000000 "x" }}' + REST, ("bad-template", 'repeat 1000000000 "x"')),
    (
        "recursion",
        'name: {{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}' + REST,
        ("bad-template", '{{ template "a" . }}'),
    ),
    (
        "value",
        HANDLER + WORKLOAD.replace("80", '80, localPort: {{ print "70000" }} '),
        ("bad-value", '{{ print "70000" }}'),
    ),
    ("key", HANDLER + "    {{ `scirpt` }}: x\n" + WORKLOAD, ("unknown-key", "{{ `scirpt` }}")),
    ("handler", RANGE.replace('"a" "b"', '"b" "c"'), ("undefined-handler", "a")),
    ("twice", RANGE.replace('"a" "b"', '"a" "a"'), ("duplicate-name", "{{ . }}")),
]


@pytest.mark.parametrize(
    ("text", "expected"), [one[1:] for one in WRONG_ONCE_EXPANDED], ids=[one[0] for one in WRONG_ONCE_EXPANDED]
)
async def test_what_is_wrong_once_it_is_expanded_is_said_where_it_is_trusted(
    text: str, expected: tuple[str, str]
) -> None:
    assert found(await opened(text)) == []
    editor = await opened(text, trusted=True)
    await until(lambda: expected in found(editor))
    assert [one for one in found(editor) if one[0] not in ("unused-handler", "unset-variable")] == [expected]


NESTED = "{{ range until 1000 }}{{ range until 1000 }}{{ range until 1000 }}{{ end }}{{ end }}{{ end }}"


async def test_nested_loops_end_and_nobody_waits_for_them() -> None:
    editor = await opened(f"name: x{NESTED}" + REST, trusted=True)
    assert found(editor) == [], "an editor's bounds are not the run's"
    hover = await editor.ask("hover", position=editor.position(editor.text.index("handlers")))
    assert "handlers" in hover["contents"]["value"]
    await _until_late(lambda: bool(found(editor)))
    ((code, stretch),) = found(editor)
    assert (code, stretch in NESTED) == ("bad-template", True)


@pytest.mark.parametrize("ends", [0, 2000])
async def test_blocks_that_are_nested_too_deep_are_judged_too(ends: int) -> None:
    editor = await opened("# {{ if 1 }}\n" * 2000 + "# {{ end }}\n" * ends + REST.lstrip(), trusted=True)
    await until(lambda: {code for code, _ in found(editor)} == {"bad-template"})


async def test_what_only_costs_more_than_an_editor_spends_is_not_wrong() -> None:
    # 3,000,000 characters: more than an editor's four mebibytes with the copy, and less than a run's.
    text = 'name: x{{ if eq (len (repeat 3000000 "xx")) 1 }}-{{ end }}' + REST
    editor = await opened(text, trusted=True)
    assert found(editor) == []
    versions = len(editor.server.written)
    await _until_late(lambda: len(editor.server.written) > versions)
    assert found(editor) == []


async def test_an_edit_ends_what_takes_long() -> None:
    editor = await opened(f"name: x{NESTED}" + REST, trusted=True)
    editor.change(editor.text.replace(NESTED, "{{ fail `now` }}"))
    await until(lambda: found(editor) == [("bad-template", "fail `now`")])


class Held:
    """Lets a judgement begin, and go on only when the test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self._go_on = Event(), Event()
        monkeypatch.setattr(judgement, "judge", self._judge)

    def go_on(self) -> None:
        self._go_on.set()

    def _judge(self, question: judgement.Question, stale: Event, judge: Any = judgement.judge) -> Any:
        self.begun.set()
        assert self._go_on.wait(SECONDS)
        return judge(question, stale)


async def test_who_asks_while_it_is_judged_gets_the_whole_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # So many turns that the clock is looked at.
    text = "x-many: [{{ range until 500 }}{{ . }},{{ end }}]\n" + RANGE.replace('"a"', '"c"')
    editor = await opened(text, trusted=True, textDocument={"diagnostic": {}})
    held = Held(monkeypatch)
    editor.server.say("textDocument/diagnostic", editor.document, id=98)
    await until(held.begun.is_set)
    editor.server.say("textDocument/diagnostic", editor.document, id=99)
    await editor.ask("hover", position=editor.position(0))  # answered after the one before has begun
    held.go_on()
    for number in (98, 99):
        report = await _answer(editor.server, number)
        assert "undefined-handler" in [one["code"] for one in report["items"]]


@pytest.mark.parametrize("function", ["genPrivateKey `rsa`", "getHostByName `example.org`", "bcrypt `x`"])
async def test_what_is_left_to_the_run_is_not_wrong(function: str) -> None:
    assert found(await opened(f"name: x{{{{ if {function} }}}}{{{{ end }}}}" + REST, trusted=True)) == []


async def test_everything_is_said_as_soon_as_the_workspace_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELELENS_NOWHERE", raising=False)
    editor = await opened('name: x{{ env "TELELENS_NOWHERE" }}{{ fail "x" }}' + REST)
    assert found(editor) == []
    editor.server.say("telelens/trust", {"trusted": True})
    await until(lambda: [code for code, _ in found(editor)] == ["unset-variable", "bad-template"])
    editor.server.say("telelens/trust", {"trusted": False})
    await until(lambda: found(editor) == [])


async def test_an_editor_that_asks_is_answered_when_it_is_known() -> None:
    editor = await opened(RANGE.replace('"a"', '"c"'), trusted=True, textDocument={"diagnostic": {}})
    report = await editor.ask("diagnostic")
    assert [(one["code"], editor.cut(one["range"])) for one in report["items"] if one["severity"] == 1] == [
        ("undefined-handler", "a")
    ]
    editor.change(RANGE.replace(WORKLOAD, SECOND))
    assert (await editor.ask("diagnostic", previousResultId=report["resultId"]))["items"] == []


async def test_an_editor_that_asks_is_told_to_ask_again_once_it_is_trusted() -> None:
    capabilities = {
        "textDocument": {"diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": True}},
    }
    editor = await opened('name: x{{ fail "x" }}' + REST, **capabilities)
    assert (await editor.ask("diagnostic"))["items"] == []
    editor.server.say("telelens/trust", {"trusted": True})
    await until(lambda: any(one.get("method") == "workspace/diagnostic/refresh" for one in editor.server.written))
    assert [one["code"] for one in (await editor.ask("diagnostic"))["items"]] == ["bad-template"]


async def test_an_editor_that_asks_is_not_told_to_ask_again_for_what_it_is_answered() -> None:
    capabilities = {"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}}}
    editor = await opened("name: x{{ upper `x` }}" + REST, trusted=True, **capabilities)
    for number in range(5):
        editor.change(editor.text + f"# {number}\n")
        await editor.ask("diagnostic")
    assert [one for one in editor.server.written if one.get("method") == "workspace/diagnostic/refresh"] == []


async def test_a_document_that_is_closed_while_it_is_judged_is_forgotten() -> None:
    editor = await opened(f"name: x{NESTED}" + REST, trusted=True, textDocument={"diagnostic": {}})
    editor.server.say("textDocument/diagnostic", editor.document, id=99)
    await asyncio.sleep(0)
    editor.server.say("textDocument/didClose", editor.document)
    assert (await _answer(editor.server, 99))["items"] == []


FILES = {
    "range.ispec.yaml": (RANGE.replace(WORKLOAD, SECOND), [], []),
    "fail.ispec.yaml": ("name: {{ fail `x` }}" + REST, [], ["bad-template"]),
    "bomb.ispec.yaml": ("name: {{ repeat 1000000000 `x` }}" + REST, [], ["bad-template"]),
    "quote.ispec.yaml": ("name: {{ env “A” }}" + REST, ["typographic-quote"], ["typographic-quote"]),
    "compose.ispec.yaml": (
        "handlers: [{name: a, docker: {compose: {services: [{name: wbe, behavior: local}]}}}]\n" + WORKLOAD,
        ["undefined-compose-service"],
        ["undefined-compose-service"],
    ),
}


async def test_files_that_are_not_open_are_judged_like_those_that_are(tmp_path: Path) -> None:
    for name, (text, _, _) in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "compose.yaml").write_text("services: {web: {image: x}}\n")
    server = InProcess()
    folders = [{"uri": tmp_path.as_uri(), "name": "shop"}]
    capabilities = {"textDocument": {"diagnostic": {}}}
    params = {"processId": None, "rootUri": None, "workspaceFolders": folders, "capabilities": capabilities}
    await server.ask("initialize", params)
    assert await _codes(server) == {name: codes for name, (_, codes, _) in FILES.items()}
    server.say("telelens/trust", {"trusted": True})
    assert await _codes(server) == {name: codes for name, (_, _, codes) in FILES.items()}
    (tmp_path / "compose.yaml").write_text("services: {wbe: {image: x}}\n")
    server.say("workspace/didChangeWatchedFiles", {"changes": []})
    assert (await _codes(server))["compose.ispec.yaml"] == []


async def test_trust_that_comes_while_a_file_is_judged_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fail.ispec.yaml").write_text("name: {{ fail `x` }}" + REST)
    server = InProcess()
    params = {"processId": None, "rootUri": tmp_path.as_uri(), "capabilities": {"textDocument": {"diagnostic": {}}}}
    await server.ask("initialize", params)
    held = Held(monkeypatch)
    server.say("workspace/diagnostic", {"previousResultIds": []}, id=99)
    await until(held.begun.is_set)
    server.say("telelens/trust", {"trusted": True})
    held.go_on()
    await _answer(server, 99)
    assert await _codes(server) == {"fail.ispec.yaml": ["bad-template"]}


async def _answer(server: InProcess, number: int) -> Any:
    await _until_late(lambda: any(one.get("id") == number for one in server.written))
    (answer,) = [one for one in server.written if one.get("id") == number]
    return answer["result"]


async def _codes(server: InProcess) -> dict[str, list[str]]:
    answer = await server.ask("workspace/diagnostic", {"previousResultIds": []})
    return {Path(one["uri"]).name: [each["code"] for each in one["items"]] for one in answer["items"]}


async def _until_late(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not true():  # noqa: ASYNC110 (nothing tells when)
            await asyncio.sleep(0.02)
