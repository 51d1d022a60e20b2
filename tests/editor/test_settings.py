"""What the editor's own settings make of a text: how it is laid out, and its colours."""

from __future__ import annotations

from typing import Any

import pytest
from fixtures.waiting import eventually
from realeditor.codeserver import Profile
from realeditor.window import Window

from tests.editor.scene import SAMPLES, Scene

pytestmark = pytest.mark.names_only

NAME = "shown.ispec.yaml"


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
        window = scene.open_text(NAME, self.MESS)
        window.lens("Run").wait_for()
        file = scene.workspace.folder / NAME
        window.go_to(1)
        for _ in self.FIRST.splitlines():
            window.page.keyboard.press("Shift+ArrowDown")

        def saved() -> str:
            """Anew until it is laid out: that comes a while after it was asked for."""
            window.save()
            return file.read_text()

        window.command("Format Selection")
        rest = self.MESS[self.MESS.index("workloads") :]
        eventually(lambda: saved() == self.FIRST + rest)
        window.command("Format Document")
        eventually(lambda: saved() == self.FIRST + self.REST)
        window.picture("laid out")


THEMES = ["Dark Modern", "Light 2026"]
ACTIONS = [
    '{{ env "SHELL" | base | default true }}',
    "{{ if and .Telepresence nil }}{{ . }}{{ else }}{{ $x := 1 }}{{ $x }}{{ end }}",
    "{{/* nothing */}}",
]
ENVIRONMENT = "".join(f"      - name: A{number}\n        value: {one}\n" for number, one in enumerate(ACTIONS))
COLOURED = (
    (SAMPLES / "echo.ispec.yaml").read_text().replace("    environment:\n", f"    environment:\n{ENVIRONMENT}", 1)
)


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
        window = scene.open_text(NAME, COLOURED)
        window.lens("Run").wait_for()
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
