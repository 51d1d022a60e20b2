"""What the editor shows in the text itself, beside what is wrong with it: hints, links, colours, layout, signatures."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fixtures.waiting import eventually
from playwright.sync_api import expect
from realeditor.codeserver import Profile
from realeditor.window import EDITOR, Window

from tests.editor.scene import PROGRAM, Scene

pytestmark = pytest.mark.names_only

NAME = "shown.ispec.yaml"
TEXT = """\
handlers:
  - name: echo
    script:
      run: exec python3 ./echo_local.py
    environment:
      - name: SHELL_NAME
        value: {{ env "SHELL" | base | default true }}
workloads:
  - name: echo
    intercepts:
      - handler: echo
        port: http
        headers:
          - name: x-user
            value: auto
"""


def opened(scene: Scene, text: str = TEXT) -> Window:
    """Once the server knows it."""
    scene.workspace.write(NAME, text)
    window = scene.open_window(NAME)
    window.lens("Run").wait_for()
    return window


def test_what_is_not_written_is_hinted(scene: Scene) -> None:
    window = opened(scene)
    window.line("localPort 8080").wait_for()
    window.picture("hints")
    shown = [" ".join(line.split()) for line in window.text().splitlines()]
    # What is between a hint and the text is no character.
    assert [line for line in shown if "→" in line or "shell:" in line] == [
        "run: exec python3 ./echo_local.pyshell: sh",
        'value: {{ env "SHELL" | base | default true }}→ sh',
        "port: http→ localPort 8080",
        "value: auto→ SESSION:echo",
    ]
    window.page.keyboard.press("Control+End")
    window.page.keyboard.type("name: shown")
    window.save()
    assert "→" not in (scene.workspace.folder / NAME).read_text(), "a hint is no text"


def test_file_that_a_script_names_is_opened_by_its_link(scene: Scene) -> None:
    window = opened(scene)
    link = window.page.locator(f"{EDITOR} .detected-link")
    expect(link).to_have_text(["./echo_local.py"])
    window.picture("linked")
    line = scene.workspace.line_of(NAME, "./echo_local.py")
    window.go_to(line, TEXT.splitlines()[line - 1].index("echo_local.py") + 1)
    window.command("Open Link")
    expect(window.page).to_have_title(re.compile(re.escape(PROGRAM)))


class TestLayout:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"editor.detectIndentation": False}

    MESS = """\
# kept
handlers:
   - name: echo\x20\x20
     script:
         run: exec python3 echo_local.py # kept too
         shell: sh
workloads:
- name: echo
  intercepts:
      -   handler: echo
          port: {{ "http" }}


"""
    FIRST = """\
# kept
handlers:
  - name: echo
    script:
      run: exec python3 echo_local.py # kept too
      shell: sh
"""
    REST = """\
workloads:
  - name: echo
    intercepts:
      - handler: echo
        port: {{ "http" }}
"""

    def test_selected_lines_are_laid_out_and_then_all(self, scene: Scene) -> None:
        window = opened(scene, self.MESS)
        file = scene.workspace.folder / NAME
        window.go_to(1)
        for _ in self.FIRST.splitlines():
            window.page.keyboard.press("Shift+ArrowDown")
        window.command("Format Selection")
        window.save()
        rest = self.MESS[self.MESS.index("workloads") :]
        eventually(lambda: file.read_text() == self.FIRST + rest)
        window.command("Format Document")
        window.save()
        eventually(lambda: file.read_text() == self.FIRST + self.REST)
        window.picture("laid out")


def test_signature_of_a_template_function_is_shown_while_it_is_called(scene: Scene) -> None:
    window = opened(scene, TEXT.replace('{{ env "SHELL" | base | default true }}', ""))
    line = scene.workspace.line_of(NAME, "value: ")
    window.go_to(line, len("        value: ") + 1)
    window.page.keyboard.type("{{ replace ")
    signature = window.page.locator(".parameter-hints-widget.visible .signature")
    signature.wait_for()
    active = signature.locator(".parameter.active")
    window.picture("first argument")
    first = active.inner_text()
    assert "replace" in signature.inner_text()
    window.page.keyboard.type('"a" ')
    expect(active).not_to_have_text(first)
    window.picture("second argument")
    window.page.keyboard.press("Escape")
    assert 'value: {{ replace "a" }}' in window.text()


THEMES = ["Dark Modern", "Light 2026"]
ACTIONS = [
    '{{ env "SHELL" | base | default true }}',
    "{{ if and .Telepresence nil }}{{ . }}{{ else }}{{ $x := 1 }}{{ $x }}{{ end }}",
    "{{/* nothing */}}",
]


class TestColours:
    @pytest.fixture(params=THEMES)
    def theme(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def settings(self, theme: str) -> dict[str, Any]:
        return {"workbench.colorTheme": theme, "editor.inlayHints.enabled": "off"}

    def test_of_a_template_stay_when_the_server_has_read_it(
        self, scene: Scene, profile: Profile, settings: dict[str, Any]
    ) -> None:
        """The grammar gives the first ones, at once; names are told from other text by the server alone."""
        environment = "".join(f"      - name: A{number}\n        value: {one}\n" for number, one in enumerate(ACTIONS))
        window = opened(scene, TEXT.replace("workloads:", environment + "workloads:", 1))
        seen: list[dict[str, list[tuple[str, str]]]] = []

        def told_and_settled() -> bool:
            seen.append({one: colours(window, one) for one in ACTIONS})
            return are_names_told(window) and seen[-1] == seen[-2:][0] and len(seen) > 1

        eventually(told_and_settled, every=0.5)
        window.picture("told")
        told = seen[-1]
        profile.settings({**settings, "editor.semanticHighlighting.enabled": False})
        window.page.reload(wait_until="commit")
        window.lens("Run").wait_for()

        def by_grammar_alone() -> bool:
            # Text that is not coloured yet has no names that are told, either.
            return not are_names_told(window) and {one: colours(window, one) for one in ACTIONS} == told

        eventually(by_grammar_alone)
        window.picture("at once")
        braces, function, text, truth = (dict(told[ACTIONS[0]])[one] for one in ("{", "v", '"', "u"))
        assert len({braces, function, text, truth}) == 4


COLOURS = """
line => {
  const found = [];
  for (const piece of line.querySelectorAll("span span"))
    if (!piece.querySelector("span"))
      for (const letter of piece.textContent) found.push([letter, getComputedStyle(piece).color]);
  return found;
}
"""


def colours(window: Window, text: str) -> list[tuple[str, str]]:
    """Of each letter of a line, blanks left out."""
    found = window.line(text).evaluate(COLOURS)
    return [(letter, colour) for letter, colour in found if letter.strip("\xa0 ")]


def are_names_told(window: Window) -> bool:
    """Whether a handler's looks other than what is a text like any other."""
    return colours(window, "- handler: echo")[-1][1] != colours(window, "name: x-user")[-1][1]
