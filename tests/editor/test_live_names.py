"""What the cluster knows, in the editor: a name that is not there, and who has taken a workload already."""

from __future__ import annotations

from fixtures.caller import Place
from fixtures.desk import Desk
from fixtures.stage import PREVIEW_DOMAIN
from fixtures.waiting import eventually
from playwright.sync_api import expect
from realeditor.window import EDITOR

from tests.editor.scene import SAMPLES, Scene

NAME = "echo.ispec.yaml"


def test_a_wrong_name_is_mended_and_an_intercept_of_somebody_else_is_seen(scene: Scene, second_desk: Desk) -> None:
    text = (SAMPLES / NAME).read_text().replace("namespace: telelens-demo", f"namespace: {scene.desk.namespace}")
    wrong = text.replace("workloads:\n  - name: echo", "workloads:\n  - name: ecko")
    assert wrong != text
    scene.workspace.write(NAME, wrong)
    window = scene.open_window(NAME)
    window.line("handlers").wait_for()
    warnings = window.page.locator(f"{EDITOR} .squiggly-warning")
    warnings.first.wait_for()
    window.go_to(scene.workspace.line_of(NAME, "name: ecko"), 12)
    window.page.keyboard.press("F8")
    window.picture("no-such-workload")
    window.page.keyboard.press("Escape")
    window.fix("Change to echo", works=lambda: window.goes(window.line("ecko")))
    expect(warnings).to_have_count(0)
    assert "name: echo" in window.text()

    server = second_desk.local_server()
    second_desk.intercept("echo", port=server.port)
    status = window.page.locator(f"{EDITOR} .codelens-decoration", has_text=f"intercepted by {second_desk.user.name}")
    status.first.wait_for()
    window.picture("intercepted")
    second_desk.leave("echo")
    expect(status).to_have_count(0)


PREVIEWED = """\
connection: {{namespace: {namespace}}}
handlers:
  - name: echo
    script: {{run: exec python3 echo_local.py, shell: sh}}
    environment: [{{name: PORT, value: "9090"}}]
workloads:
  - name: echo
    intercepts:
      - {{handler: echo, port: http, localPort: 9090, headers: [{{name: x-user, value: ada}}], previewURL: true}}
"""


def test_the_preview_url_of_an_intercept_is_opened_by_its_lens(scene: Scene, gateway: Place) -> None:
    """A run makes it, the lens shows it, and whoever gets the URL sees the program on the desk."""
    scene.workspace.write(NAME, PREVIEWED.format(namespace=scene.desk.namespace))
    window = scene.open_window(NAME)
    preview = window.lens("Preview URL")
    window.lens("Run").click()
    preview.wait_for()
    window.picture("preview-url")

    dialog = window.page.locator(".monaco-dialog-box", has_text=PREVIEW_DOMAIN)
    window.press_lens("Preview URL", lambda: window.comes(dialog))
    window.picture("opened")
    dialog.get_by_text("Cancel").click()
    (intercept,) = scene.intercepts()
    host = intercept["status"]["preview"]["url"].removeprefix("http://")
    eventually(lambda: "your program" in gateway.ask("/?customer=Ada", headers={"Host": host}).body)

    window.press_lens("Stop", lambda: window.goes(preview))
    eventually(lambda: gateway.ask("/?customer=Ada", headers={"Host": host}).status == 404)
