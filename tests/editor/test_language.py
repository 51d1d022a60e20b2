"""The language in the editor: a specification written by completion alone, broken and mended, and a name changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from fixtures.waiting import eventually
from playwright.sync_api import expect
from realeditor.window import EDITOR, PATIENCE, TRY, Window

from tests.editor.scene import SAMPLES, Scene

pytestmark = pytest.mark.names_only

NAME = "echo.ispec.yaml"
SAMPLE = (SAMPLES / NAME).read_text()


@dataclass(frozen=True)
class Breakage:
    """What somebody did to the sample, and the title of what mends it."""

    name: str
    whole: str
    broken: str
    fix: str
    mended: str = ""
    """Where that is not what stood there before."""
    source: str = SAMPLE

    @property
    def text(self) -> str:
        assert self.whole in self.source
        return self.source.replace(self.whole, self.broken, 1)

    @property
    def result(self) -> str:
        return self.source.replace(self.whole, self.mended or self.whole, 1)


RUN = "    script:\n      run: exec python3 echo_local.py\n      shell: sh\n"
PORT = "        port: http\n"
AWKWARD = (
    Breakage("unclosed quote", 'value: "9090"', 'value: "9090', 'Add "'),
    Breakage("bad indentation", PORT, PORT[1:], "Indent by 8 blanks"),
    Breakage("half typed key above another", PORT, "        serv\n" + PORT, "Remove the line"),
    Breakage(
        "template while it is typed",
        '"9090"',
        "{{ 9090 | quot }}",
        "Replace it with quote",
        mended="{{ 9090 | quote }}",
    ),
    Breakage(
        "typographic quotes",
        '"9090"',
        "{{ env \u201cHOME\u201d }}",
        'Replace all with "',
        mended='{{ env "HOME" }}',
    ),
    Breakage("tab", "      shell: sh", "\t\t\tshell: sh", "Indent by spaces"),
    Breakage("duplicate key", "      shell: sh\n", "      shell: sh\n      shell: sh\n", 'Remove "shell"'),
    Breakage("first of two documents", "shell: sh", "shell: 'sh", "Add '", "shell: 'sh'", f"{SAMPLE}---\n{SAMPLE}"),
    Breakage("line ends of Windows", "shell: sh", "shell: ssh", "Change to sh", source=SAMPLE.replace("\n", "\r\n")),
    Breakage("byte order mark", "localPort", "localport", "Change to localPort", source=f"\ufeff{SAMPLE}"),
    Breakage(
        "after a character of two units",
        "shell: sh",
        "shell: ssh",
        "Change to sh",
        source=SAMPLE.replace(RUN, '    script: {run: "echo 😋; exec python3 echo_local.py", shell: sh}\n'),
    ),
)
MISTAKEN = (
    Breakage("misspelt key", "localPort", "localport", "Change to localPort"),
    Breakage("misspelt value", "shell: sh", "shell: ssh", "Change to sh"),
    Breakage("unknown handler", "handler: echo", "handler: ecko", "Change to echo"),
    Breakage("number for text", 'value: "9090"', "value: 9090", 'Change to "9090"'),
    Breakage(
        "nothing to debug",
        "    script:\n      run: exec python3 echo_local.py\n      shell: sh\n",
        "",
        'Remove "debug"',
    ),
    Breakage(
        "two of a name",
        "workloads:",
        "  - name: echo\nworkloads:",
        "Rename to echo-2",
        mended="  - name: echo-2\nworkloads:",
    ),
    Breakage(
        "two paths",
        "        headers:",
        "        pathPrefix: /a\n        pathEqual: /b\n        headers:",
        'Remove "pathEqual"',
        mended="        pathPrefix: /a\n        headers:",
    ),
)


@pytest.mark.parametrize("breakages", [AWKWARD, MISTAKEN], ids=["awkward", "mistaken"])
def test_ways_to_break_a_specification_are_mended_by_quick_fixes(
    shared_scene: Scene, breakages: tuple[Breakage, ...]
) -> None:
    window = None
    for number, breakage in enumerate(breakages):
        name = f"case-{number}.ispec.yaml"
        shared_scene.workspace.write(name, breakage.text)
        if window is None:
            window = shared_scene.open_window(name)
            window.line("handlers").wait_for()
            window.squiggles().first.wait_for()
        else:
            window.open_file(name)
            window.squiggles().first.wait_for()
        show_next_problem(window)
        window.picture(f"{breakage.name} seen")
        window.page.keyboard.press("Escape")
        window.fix(breakage.fix, works=lambda window=window: window.goes(window.squiggles().first))
        expect(window.squiggles()).to_have_count(0)
        window.picture(f"{breakage.name} mended")
        window.save()
        path = shared_scene.workspace.folder / name
        if breakage.name == "nothing to debug":
            eventually(lambda path=path: "debug:" not in path.read_text())
        else:
            eventually(lambda path=path, wanted=breakage.result: path.read_bytes().decode() == wanted)


def show_next_problem(window: Window) -> None:
    """An editor that is still being opened takes what is asked for for another's."""
    problem = window.page.locator(".peekview-widget, .marker-widget").first
    for _ in range(4):
        window.page.keyboard.press("Control+Home")
        window.command("Go to Next Problem in Files (Error, Warning, Info)")
        if window.comes(problem):
            return
    raise AssertionError("the next problem is not shown")


def test_what_a_finding_means_is_read_in_the_reference(shared_scene: Scene) -> None:
    shared_scene.workspace.write(NAME, SAMPLE.replace("localPort", "localport"))
    window = shared_scene.open_window(NAME)
    window.squiggles().first.wait_for()
    page = window.page.frame_locator("iframe.webview.ready").frame_locator("iframe")
    # A busy editor scrolls before the page has its shape, and stays where the place was then: one comes again.
    for patience in (TRY, TRY, PATIENCE):
        window.command("Go to Next Problem in Files (Error, Warning, Info)")
        window.page.locator(".marker-widget .code-link").click()
        expect(window.page).to_have_title(re.compile("specification.md"))
        page.locator("#unknown-key").wait_for(state="attached")
        try:
            expect(page.locator("#unknown-key")).to_be_in_viewport(timeout=patience)
        except AssertionError:
            if patience == PATIENCE:
                raise
            window.command("View: Close Editor")
            for key in ("Escape", "Control+Home"):
                window.page.keyboard.press(key)
        else:
            break
    window.picture("reference")


def test_what_is_known_is_shown_where_one_asks_for_it(shared_scene: Scene) -> None:
    shared_scene.workspace.write(NAME, SAMPLE)
    window = shared_scene.open_window(NAME)
    window.lens("Run").wait_for()
    defined = shared_scene.workspace.line_of(NAME, "handlers:") + 1
    used = shared_scene.workspace.line_of(NAME, "handler: echo")

    window.line("localPort: 9090").get_by_text("localPort").hover()
    window.page.locator(".monaco-hover", has_text="Where the handler listens").first.wait_for()
    window.picture("hover")

    window.go_to(used, SAMPLE.splitlines()[used - 1].index("echo") + 2)
    window.page.keyboard.press("F12")
    window.status(f"Ln {defined}, ").wait_for()

    window.command("Peek References")
    window.page.locator(".reference-zone-widget .monaco-list-row", has_text="handler: echo").wait_for()
    window.picture("references")
    window.page.keyboard.press("Escape")

    window.page.keyboard.press("Control+Shift+o")
    for entry in ("connection", "handlers", "workloads"):
        window.picker().locator(".monaco-list-row", has_text=entry).first.wait_for()
    window.picture("outline")
    window.page.keyboard.press("Escape")

    window.page.keyboard.press("Control+t")
    window.page.keyboard.type("ech")
    window.picker().locator(".monaco-list-row", has_text=NAME).first.wait_for()
    window.picture("workspace")
    window.page.keyboard.press("Escape")

    window.command("Fold All")
    window.line("exec python3").wait_for(state="hidden")
    window.line("handlers:").wait_for()
    window.picture("folded")


def rename(window: Window, name: str) -> None:
    """What the cursor stands on."""
    window.page.keyboard.press("F2")
    box = window.page.locator(".rename-box input")
    box.wait_for()
    window.picture("asked")
    box.fill(name)
    box.press("Enter")


def test_handler_is_renamed_wherever_it_is_named(shared_scene: Scene) -> None:
    shared_scene.workspace.write(NAME, SAMPLE)
    window = shared_scene.open_window(NAME)
    window.lens("Run").wait_for()
    line = shared_scene.workspace.line_of(NAME, "handler: echo")
    window.go_to(line, SAMPLE.splitlines()[line - 1].index("echo") + 2)
    rename(window, "kitchen")
    window.line("handler: kitchen").wait_for()
    window.picture("renamed")
    window.save()
    wanted = SAMPLE.replace("handler: echo", "handler: kitchen").replace(
        "handlers:\n  - name: echo", "handlers:\n  - name: kitchen"
    )
    eventually(lambda: (shared_scene.workspace.folder / NAME).read_text() == wanted)


COMPOSED = """\
handlers:
  - name: composed
    docker:
      compose:
        services:
          - {name: web, behavior: interceptHandler}
workloads:
  - name: echo
    intercepts:
      - {handler: composed, port: http}
"""


def test_service_is_renamed_from_its_compose_file(shared_scene: Scene) -> None:
    shared_scene.workspace.write(NAME, COMPOSED)
    file = shared_scene.workspace.write("compose.yaml", "services:\n  web: {image: echo}\n")
    window = shared_scene.open_window(NAME)
    window.lens("Intercept & Debug").wait_for()
    window.open_file("compose.yaml")
    window.go_to(2, 4)
    rename(window, "front")
    window.line("front: {image: echo}").wait_for()
    window.picture("renamed")
    window.command("File: Save All")
    eventually(lambda: "front" in file.read_text())
    wanted = COMPOSED.replace("name: web", "name: front")
    eventually(lambda: (shared_scene.workspace.folder / NAME).read_text() == wanted)


def write_by_completion(window: Window) -> None:
    """From the first letter: only beginnings are typed, and what nobody else can know."""
    keys = window.page.keyboard
    window.complete("h", "handlers")
    keys.type("local\n")
    window.complete("s", "script")
    keys.type("python3 echo_local.py\n")
    window.complete("sh", "shell")
    window.complete("b", "bash")
    keys.press("Enter")
    keys.press("Shift+Home")
    keys.press("Delete")
    window.complete("w", "workloads")
    eventually(lambda: window.offers("Deployment"))
    window.picture("a live name")
    window.suggestion("Deployment").click()
    keys.press("Enter")
    window.complete("i", "intercepts")
    window.complete("h", "handler")
    window.complete("l", "local")
    keys.press("Enter")
    window.complete("p", "port")
    eventually(lambda: window.offers("http"))
    keys.press("Escape")
    window.complete("ht", "http")
    keys.press("Enter")
    window.complete("he", "headers")
    keys.type("x-user")
    # What is offered for it is there, so that it does not come in between.
    eventually(lambda: window.offers("x-user-id"))
    for key in ("Escape", "Escape", "ArrowDown", "End"):
        keys.press(key)
    keys.type("ada")


WRITTEN = """\
handlers:
  - name: local
    script:
      run: python3 echo_local.py
      shell: bash
workloads:
  - name: echo
    intercepts:
      - handler: local
        port: http
        headers:
          - name: x-user
            value: ada"""


def test_specification_is_written_by_completion_alone(shared_scene: Scene) -> None:
    shared_scene.workspace.write(NAME, "")
    window = shared_scene.open_window(NAME)
    window.editor().wait_for()
    window.go_to(1)
    eventually(lambda: window.offers("workloads"))
    window.picture("offered at the beginning")
    window.page.keyboard.press("Escape")
    write_by_completion(window)
    window.picture("written")
    window.save()
    eventually(lambda: (shared_scene.workspace.folder / NAME).read_text().rstrip() == WRITTEN)
    expect(window.squiggles()).to_have_count(0)


def test_specification_is_known_by_the_end_of_its_name_or_by_its_first_line(shared_scene: Scene) -> None:
    window = shared_scene.open_text("echo.ispec.yml", "handlers: []\nconnection: {hostname: there}\n")
    expect(window.status("Intercept Specification")).to_be_visible()
    buttons = window.page.locator(f"{EDITOR} .codelens-decoration").first
    expect(buttons).to_contain_text("This version cannot run: hostname (line 2)")
    expect(window.lens("Stop")).to_be_visible()
    expect(window.lens("Run")).to_have_count(0)
    window.picture("cannot be run yet")
    for name, first in (("shop", "# An intercept specification."), ("crd", "kind: InterceptSpecification")):
        shared_scene.workspace.write(name, f"{first}\n")
        window.open_file(name)
        expect(window.status("Intercept Specification")).to_be_visible()
    shared_scene.workspace.write("plain", "# Nothing of ours.\n")
    window.open_file("plain")
    expect(window.status("Plain Text")).to_be_visible()


def test_lines_of_a_specification_are_commented_out_and_in_again(shared_scene: Scene) -> None:
    window = shared_scene.open_text(NAME, SAMPLE)
    line = shared_scene.workspace.line_of(NAME, "shell: sh")
    path = shared_scene.workspace.folder / NAME
    window.go_to(line)
    window.command("Toggle Line Comment")
    window.save()
    eventually(lambda: path.read_text() == SAMPLE.replace("      shell: sh", "      # shell: sh"))
    window.command("Toggle Line Comment")
    window.save()
    eventually(lambda: path.read_text() == SAMPLE)
