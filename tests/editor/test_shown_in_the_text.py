"""What the editor shows in the text itself, beside what is wrong with it: hints, links, templates, signatures."""

from __future__ import annotations

import re

import pytest
from fixtures.waiting import eventually
from playwright.sync_api import expect
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
    window = scene.open_text(NAME, text)
    window.lens("Run").wait_for()
    return window


def test_what_is_not_written_is_hinted(shared_scene: Scene) -> None:
    window = opened(shared_scene)
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
    assert "→" not in (shared_scene.workspace.folder / NAME).read_text(), "a hint is no text"


def test_file_that_a_script_names_is_opened_by_its_link(shared_scene: Scene) -> None:
    window = opened(shared_scene)
    link = window.page.locator(f"{EDITOR} .detected-link")
    expect(link).to_have_text(["./echo_local.py"])
    window.picture("linked")
    line = shared_scene.workspace.line_of(NAME, "./echo_local.py")
    window.go_to(line, TEXT.splitlines()[line - 1].index("echo_local.py") + 1)
    window.command("Open Link")
    expect(window.page).to_have_title(re.compile(re.escape(PROGRAM)))


def test_signature_of_a_template_function_is_shown_while_it_is_called(shared_scene: Scene) -> None:
    window = opened(shared_scene, TEXT.replace('{{ env "SHELL" | base | default true }}', ""))
    line = shared_scene.workspace.line_of(NAME, "value: ")
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


def test_template_looks_like_none_of_the_yaml_around_it(shared_scene: Scene) -> None:
    action = '{{ env "PORT" | default 9090 }}'
    window = shared_scene.open_text(NAME, TEXT.replace("auto", action))
    line = window.line("default 9090")

    def colours() -> dict[str, str]:
        """By text: the class of each piece of the line."""
        pieces = line.evaluate(
            "line => [...line.querySelectorAll('span span')].map(one => [one.textContent, one.className])"
        )
        return {text.strip("\xa0 "): kind for text, kind in pieces}

    def differ() -> bool:
        found = colours()
        return len({found.get(word) for word in ("value", "env", '"PORT"', "9090")} - {None}) == 4

    eventually(lambda: differ() and len(set(colours().values())) >= 5)
    window.picture("template")
