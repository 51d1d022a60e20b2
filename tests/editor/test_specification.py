"""A specification in the editor: written with its help, run and debugged by its buttons."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from fixtures.desk import Desk
from fixtures.namespace import Namespace
from fixtures.notes import Note
from fixtures.waiting import PATIENCE, eventually
from playwright.sync_api import expect
from realeditor.codeserver import Profile
from realeditor.window import AT_ONCE, Window
from telelens_schemas.matching.curl import INSIDE

from tests.editor.conftest import CHANNEL
from tests.editor.scene import PROGRAM, SAMPLES, STOP_AT, Echo, Scene

NAME = "echo.ispec.yaml"
MINE = {"x-user": "ada"}
FIRST = "first diagnostics"


def sample(scene: Scene) -> str:
    """The sample's specification, for the test's namespace."""
    return (SAMPLES / NAME).read_text().replace("telelens-demo", scene.desk.namespace)


def open_specification(scene: Scene, text: str) -> Window:
    scene.workspace.write(NAME, text)
    window = scene.open_window(NAME)
    window.editor().wait_for()
    return window


class Waits:
    """What the extension says of each start of the editor, from now on: how long after its activation something was
    there."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._told = set(profile.logs(CHANNEL))

    def _said(self) -> dict[Path, dict[str, float]]:
        """By new logs that are written this far."""
        found = {
            log: dict(re.findall(r"\[info\] (.+) ([\d.]+) s after activation", text))
            for log, text in self._profile.logs(CHANNEL).items()
            if log not in self._told
        }
        return {
            log: {what: float(seconds) for what, seconds in one.items()} for log, one in found.items() if FIRST in one
        }

    def next(self) -> dict[str, float]:
        """Of the next start; the log is written a while after it is said."""
        ((log, said),) = eventually(self._said).items()
        self._told.add(log)
        return said


def test_error_is_seen_and_mended_by_the_quick_fix(scene: Scene, profile: Profile, note: Note) -> None:
    text = sample(scene).replace("handler: echo", "handler: ecko")
    waits = Waits(profile)
    window = open_specification(scene, text)
    began = time.monotonic()
    window.squiggles().first.wait_for(timeout=90_000)
    note("text seen to first diagnostics", f"{time.monotonic() - began:.2f} s")
    for what, seconds in waits.next().items():
        note(what, f"{seconds} s after activation")

    line = scene.workspace.line_of(NAME, "ecko")
    window.go_to(line, text.splitlines()[line - 1].index("ecko") + 2)
    window.page.keyboard.press("Control+k")
    window.page.keyboard.press("Control+i")
    window.page.locator(".monaco-hover", has_text="ecko").first.wait_for()
    window.picture("seen")
    window.page.keyboard.press("Escape")
    window.fix("Change to echo", picture="offered", works=lambda: window.goes(window.line("ecko")))

    expect(window.squiggles()).to_have_count(0)
    window.save()
    eventually(lambda: (scene.workspace.folder / NAME).read_text() == sample(scene))


def test_findings_come_soon_after_the_editor_was_opened(scene: Scene, profile: Profile, note: Note) -> None:
    """Not the first time ever, when the private Python is made."""
    waits = Waits(profile)
    window = open_specification(scene, sample(scene).replace("handler: echo", "handler: ecko"))
    window.squiggles().first.wait_for(timeout=90_000)
    waits.next()
    measured: dict[str, list[float]] = {}
    for _ in range(5):
        window.page.reload(wait_until="commit")
        window.editor().wait_for()
        window.squiggles().first.wait_for()
        for what, seconds in waits.next().items():
            measured.setdefault(what, []).append(seconds)

    assert {len(all_of_it) for all_of_it in measured.values()} == {5}, measured
    for what, all_of_it in measured.items():
        note(what, f"{statistics.median(all_of_it)} s after activation, median of {sorted(all_of_it)}")
    assert statistics.median(measured[FIRST]) < 10, "a guard; what it is told above"


def test_name_of_a_live_workload_is_completed(scene: Scene) -> None:
    text = sample(scene).replace("  - name: echo\n    intercepts:", "  - name: \n    intercepts:")
    window = open_specification(scene, text)
    window.go_to(text.splitlines().index("  - name: ") + 1, 11)
    eventually(lambda: window.offers("Deployment"))
    window.picture("offered")
    window.suggestion("Deployment").click()
    window.save()
    eventually(lambda: (scene.workspace.folder / NAME).read_text() == sample(scene))


def stop(scene: Scene, window: Window) -> Future[Any]:
    """Ask until a request stops: the program runs on while the debugger is still telling it of the breakpoint."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = scene.echo.begin(headers=MINE)
        eventually(lambda answer=answer: answer.done() or window.is_stopped())
        if not answer.done():
            return answer
        assert "your program" in scene.body(answer)["answered_by"]
    raise AssertionError("no request stops")


def test_specification_runs_until_it_is_stopped(scene: Scene) -> None:
    window = open_specification(scene, sample(scene))
    window.lens("Run").click()
    eventually(lambda: scene.echo.answered_at_desk(headers=MINE))
    told_and_answered(scene, window, "running")
    stop_it(scene, window)

    window.open_file(PROGRAM)
    window.set_breakpoint(scene.workspace.line_of(PROGRAM, STOP_AT))
    window.open_file(NAME)
    window.lens("Debug").click()
    window.toolbar().wait_for()
    told_and_answered(scene, window, "debugged")
    answer = stop(scene, window)
    window.picture("stopped")
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    window.step("Restart")
    answer = stop(scene, window)
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    window.open_file(NAME)
    stop_it(scene, window)


def told_and_answered(scene: Scene, window: Window, picture: str) -> None:
    """How it is reached is told; everybody else's requests go on to the pod."""
    told = window.notification(f"{NAME} runs.")
    told.wait_for()
    assert f"{INSIDE} curl -H 'x-user: ada'" in told.inner_text()
    window.picture(picture)
    assert scene.echo.answered_by_pod()


def stop_it(scene: Scene, window: Window) -> None:
    """Nothing of it is left."""
    window.lens("Stop").click()
    eventually(lambda: not scene.intercepts())
    window.toolbar().wait_for(state="hidden")
    eventually(lambda: scene.echo.is_answered_by_pod(headers=MINE))
    window.picture("over")
    window.command("Notifications: Clear All Notifications")


def test_run_that_is_cancelled_in_the_middle_leaves_nothing(
    make_scene: Callable[..., Scene], desk: Desk, namespace: Namespace
) -> None:
    """Without an agent there is a rollout to wait for: time enough to think again."""
    echo = Echo(namespace)
    echo.apply(injected=False)
    scene = make_scene(desk, echo)
    window = open_specification(scene, sample(scene))
    window.lens("Run").click()
    window.notification(f"Running {NAME}").wait_for()
    eventually(scene.intercepts)
    window.picture("in the middle")
    running = window.notification(f"Running {NAME}")
    window.press_in_notification(f"Running {NAME}", "Cancel", works=lambda: window.goes(running, patience=AT_ONCE))
    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))
    window.status(f"Telelens: {NAME}").wait_for(state="hidden")
    window.notification(f"Running {NAME}").wait_for(state="hidden")
    window.picture("cancelled")
    eventually(lambda: not scene.programs())
    assert window.page.locator(".notification-toast").count() == 0, "who cancels needs not be told"
    scene.echo.wait_ready()
    assert scene.echo.answered_by_pod(headers=MINE)


def test_run_that_fails_is_over_though_nobody_has_read_why(scene: Scene) -> None:
    window = open_specification(scene, re.sub("run: .*", "run: exit 3", sample(scene)))
    window.lens("Run").wait_for()
    for _ in range(2):
        window.press_lens("Run", lambda: window.comes(window.notification("says why")))
        window.status(f"Telelens: {NAME}").wait_for(state="hidden")
        window.notification(f"Running {NAME}").wait_for(state="hidden")
        window.picture("failed")
        eventually(lambda: not scene.intercepts())
        window.command("Notifications: Clear All Notifications")
        window.notification("says why").wait_for(state="hidden")
    assert scene.echo.answered_by_pod(headers=MINE)


def test_intercept_of_a_specification_is_debugged_by_its_button_with_the_filters_written_there(scene: Scene) -> None:
    """In place of the handler of the same specification, which runs, and the other way round."""
    scene.workspace.write_launch(LAUNCH)
    window = open_specification(scene, sample(scene))
    window.lens("Run").click()
    window.notification(f"{NAME} runs.").wait_for()
    window.go_to(scene.workspace.line_of(NAME, "- handler: echo"))
    window.lens("Intercept & Debug").wait_for()
    dialog = window.page.locator(".monaco-dialog-box", has_text=f"{NAME} is running and has its intercepts")
    window.press_lens("Intercept & Debug", lambda: window.comes(dialog))
    window.picture("it runs")
    assert scene.programs(), "while the user has not answered"
    dialog.get_by_role("button", name="Stop It First").click()
    told = window.notification("arrive at port 9090")
    told.wait_for()
    window.picture("running")
    assert f"{INSIDE} curl -H 'x-user: ada'" in told.inner_text()
    (intercept,) = scene.desk.status()["intercepts"]
    assert intercept["namespace"] == scene.desk.namespace
    assert [(one["name"], one["value"]) for one in intercept["headers"]] == [("x-user", "ada")]
    assert scene.echo.answered_by_pod(), "everybody else's go on to the pod"
    assert not scene.echo.answered_by_pod(headers=MINE)

    window.command("Notifications: Clear All Notifications")
    window.step("Restart")
    told.wait_for()
    (intercept,) = scene.desk.status()["intercepts"]
    assert [(one["name"], one["value"]) for one in intercept["headers"]] == [("x-user", "ada")]
    window.command("Notifications: Clear All Notifications")

    window.go_to(1)
    dialog = window.page.locator(".monaco-dialog-box", has_text="Intercepted for this specification already: echo")
    window.press_lens("Run", lambda: window.comes(dialog))
    window.picture("it is debugged")
    assert window.toolbar().is_visible(), "while the user has not answered"
    dialog.get_by_role("button", name="Stop It First").click()
    window.notification(f"{NAME} runs.").wait_for()
    window.toolbar().wait_for(state="hidden")
    window.picture("it runs again")
    assert not scene.echo.answered_by_pod(headers=MINE)
    window.lens("Stop").click()
    eventually(lambda: not scene.intercepts())


LAUNCH = """\
{
  "configurations": [
    {
      "name": "echo here",
      "type": "telelens",
      "request": "launch",
      "program": "${workspaceFolder}/echo_local.py",
      "env": { "PORT": "9090" },
      "telelens": { "workload": "echo", "ports": ["7070"], "headers": { "x-user": "nobody" } }
    }
  ]
}
"""


KEPT = "${workspaceFolder} of the handler"
"""A value in which the editor would put its own variable."""


def test_what_is_asked_for_in_vain_is_said_before_an_intercept_is_made(scene: Scene) -> None:
    port, variables = "        port: http\n", "    environment:\n"
    text = sample(scene)
    assert port in text
    assert variables in text
    text = text.replace(port, f"{port}        replace: true\n")
    window = open_specification(
        scene, text.replace(variables, f'{variables}      - name: GREETING\n        value: "{KEPT}"\n')
    )
    dialog = window.page.locator(".monaco-dialog-box", has_text="replace: the container in the pod goes on running")
    window.press_lens("Intercept & Debug", lambda: window.comes(dialog))
    window.picture("asked")
    dialog.get_by_role("button", name="Cancel").click()
    dialog.wait_for(state="hidden")
    assert not scene.desk.status().get("connection")
    assert not window.picker().is_visible()

    window.press_lens("Intercept & Debug", lambda: window.comes(dialog))
    dialog.get_by_role("button", name="Intercept Anyway").click()
    window.picker().get_by_placeholder("In place of the handler echo").wait_for()
    window.picture("in place of the handler")
    window.pick(PROGRAM)
    window.notification("arrive at port 9090").wait_for()
    # The handler's own variables are the program's, not the pod's.
    eventually(lambda: f"{KEPT}, Ada" in scene.echo.said(headers=MINE))

    dialog = window.page.locator(".monaco-dialog-box", has_text="the variables of the handler echo into launch.json")
    save = window.told().filter(has_text="arrive at port 9090").locator(".monaco-button", has_text="Save Configuration")
    save.click()
    dialog.wait_for()
    window.picture("what is saved")
    assert "PORT" in dialog.inner_text()
    assert "mean something else in launch.json: GREETING" in dialog.inner_text()
    dialog.get_by_role("button", name="Cancel").click()
    dialog.wait_for(state="hidden")
    assert not scene.workspace.launch.exists()
    window.command("Telelens: Save Launch Configuration")
    dialog.get_by_role("button", name="Leave Them Out").click()
    eventually(scene.workspace.launch.exists)
    eventually(lambda: "Intercept echo" in scene.launch_text())
    (saved,) = scene.configurations()
    assert set(saved) == {"name", "type", "request", "program", "telelens"}
    before = scene.listeners(9090)
    window.step("Restart")
    eventually(lambda: scene.listeners(9090) - before)
    eventually(lambda: f"{KEPT}, Ada" in scene.echo.said(headers=MINE))
    window.step("Stop")
    eventually(lambda: not scene.intercepts())
