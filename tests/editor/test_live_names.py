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
    window.fix("Change to echo")
    expect(warnings).to_have_count(0)
    assert "name: echo" in window.text()

    server = second_desk.local_server()
    second_desk.intercept("echo", port=server.port)
    status = window.page.locator(f"{EDITOR} .codelens-decoration", has_text=f"intercepted by {second_desk.user.name}")
    status.first.wait_for()
    window.picture("intercepted")
    second_desk.leave("echo")
    expect(status).to_have_count(0)


def test_the_preview_url_of_an_intercept_is_opened_by_its_lens(scene: Scene, gateway: Place) -> None:
    """A run makes it, the lens shows it, and whoever gets the URL sees the program on the desk."""
    text = (SAMPLES / NAME).read_text().replace("namespace: telelens-demo", f"namespace: {scene.desk.namespace}")
    scene.workspace.write(NAME, text.rstrip("\n") + "\n        previewURL: true\n")
    window = scene.open_window(NAME)
    window.lens("Run").click()
    window.lens("Preview URL").wait_for()
    window.go_to(scene.workspace.line_of(NAME, "previewURL"))
    window.picture("preview-url")

    window.lens("Preview URL").click()
    dialog = window.page.locator(".monaco-dialog-box", has_text=PREVIEW_DOMAIN)
    dialog.wait_for()
    window.picture("opened")
    dialog.get_by_text("Cancel").click()
    (intercept,) = scene.intercepts()
    host = intercept["status"]["preview"]["url"].removeprefix("http://")
    eventually(lambda: "your program" in gateway.ask("/?customer=Ada", headers={"Host": host}).body)

    window.go_to(1)
    window.lens("Stop").click()
    expect(window.lens("Preview URL")).to_have_count(0)
    eventually(lambda: gateway.ask("/?customer=Ada", headers={"Host": host}).status == 404)
