"""What the editor shows of an intercept that is not all that it could be."""

from __future__ import annotations

from fixtures.desk import Desk
from fixtures.users import Rights
from fixtures.waiting import eventually

from tests.editor.scene import LAUNCH, MANIFEST, Scene, header_of
from tests.editor.test_intercept_and_debug import BUTTON, TOLD, open_at_button


def test_item_warns_while_requests_find_no_program(scene: Scene) -> None:
    window = scene.open_window(MANIFEST)
    window.go_to(scene.workspace.line_of(MANIFEST, "kind: Deployment"))
    window.lens("Intercept").click()
    window.notification(TOLD).wait_for()
    headers = header_of(scene.curl())
    item = window.status("Telelens: echo")
    item.locator(".codicon-debug-alt").wait_for()
    item.hover()
    hover = window.page.locator(".monaco-hover", has_text="Deployment echo").first
    hover.get_by_text("ACTIVE").wait_for()
    window.picture("well")

    scene.echo.said(headers=headers)
    item.locator(".codicon-warning").wait_for()
    window.editor().hover()
    item.hover()
    hover.get_by_text("nothing is listening on 127.0.0.1:8080").wait_for()
    window.picture("warned")

    server = scene.desk.local_server("a program of Ada's", port=8080)
    assert scene.echo.ask(headers=headers).who == "a program of Ada's"
    item.locator(".codicon-debug-alt").wait_for()
    item.click()
    window.pick("Leave echo")
    eventually(lambda: not scene.intercepts())
    server.close()


def test_environment_that_one_may_not_see_is_said_to_be_missing(scene: Scene, desk: Desk, rights: Rights) -> None:
    """And the session goes on without it."""
    rights.take(desk.user, "exec", namespace=desk.namespace)
    scene.workspace.write_launch(LAUNCH.replace('"request":', '"env": { "PORT": "8080" }, "request":'))
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.notification("the environment of echo is not imported").get_by_text("pods/exec").wait_for()
    window.picture("told")
    window.notification(TOLD).wait_for()
    answer = scene.echo.begin(headers=header_of(scene.curl()))
    window.stopped()
    assert "no greeting" in window.value_of("greeting")
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    window.step("Stop")
    eventually(lambda: not scene.intercepts())
