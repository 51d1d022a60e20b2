"""From the click on a manifest's button to a stop at the breakpoint, and back to where one was."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from fixtures.caller import CallFailed
from fixtures.desk import Desk
from fixtures.notes import Note
from fixtures.waiting import eventually
from playwright.sync_api import expect
from realeditor.codeserver import Profile
from realeditor.window import AT_ONCE, Window

from tests.editor.conftest import CHANNEL, EXTENSION
from tests.editor.scene import LAUNCH, MANIFEST, PROGRAM, SAMPLES, STOP_AT, Echo, Scene, header_of

SPECIFICATION = "echo.ispec.yaml"
IMPORT = "Import the environment into launch.json"
BUTTON = "Intercept & Debug"
TOLD = "arrive at port 8080"


def open_at_button(scene: Scene) -> Window:
    """A window with a breakpoint in the program and the button of the Deployment in sight."""
    window = scene.open_window(PROGRAM)
    window.line("def greet").wait_for()
    window.set_breakpoint(scene.workspace.line_of(PROGRAM, STOP_AT))
    window.open_file(MANIFEST)
    window.go_to(scene.workspace.line_of(MANIFEST, "kind: Deployment"))
    window.lens(BUTTON).wait_for()
    return window


def test_click_stops_at_the_breakpoint_and_stop_undoes_everything(scene: Scene, note: Note) -> None:
    scene.workspace.write_launch()
    before = scene.workspace.launch.read_bytes()
    window = open_at_button(scene)
    window.picture("manifest")

    began = time.monotonic()
    window.lens(BUTTON).click()
    window.notification(TOLD).wait_for()
    running = time.monotonic() - began
    window.picture("running")
    headers = header_of(scene.curl())
    assert headers, f"a header of one's own: {scene.curl()}"
    answer = scene.echo.begin(headers=headers)
    window.stopped()
    note("click to breakpoint", f"{time.monotonic() - began:.2f} s (running after {running:.2f} s)")
    window.variable("greeting").wait_for()
    window.picture("stopped")
    assert "Hello from the cluster" in window.value_of("greeting"), "the pod's environment"
    assert scene.echo.answered_by_pod(), "a request without the header goes on to the pod while we are stopped"

    window.evaluate("os.environ['PASSWORD']")
    window.said_in_console("""'p$a\\'ss "word"'""").wait_for()
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    window.step("Stop")
    window.toolbar().wait_for(state="hidden")

    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))
    assert scene.echo.answered_by_pod(headers=headers)
    assert scene.workspace.launch.read_bytes() == before
    window.picture("over")


def test_child_of_the_program_is_debugged_under_the_same_intercept(scene: Scene, profile: Profile) -> None:
    scene.workspace.write_launch(LAUNCH.replace(PROGRAM, "parent.py"))
    parent = f"import subprocess, sys\n\nsys.exit(subprocess.call([sys.executable, {PROGRAM!r}]))\n"
    scene.workspace.write("parent.py", parent)
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.notification(TOLD).wait_for()
    answer = scene.echo.begin(headers=header_of(scene.curl()))
    window.stopped()
    window.picture("stopped")
    assert len(scene.intercepts()) == 1
    assert window.status("Telelens: echo").inner_text().strip() == "Telelens: echo"
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    window.step("Stop")
    window.toolbar().wait_for(state="hidden")
    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))
    eventually(lambda: not scene.programs())

    def said() -> str:
        *_, last = profile.logs(CHANNEL).values()
        return last if "left echo" in last else ""

    log = eventually(said)  # written a while after it is said
    assert log.count("left echo") == 1
    assert "[error]" not in log


def test_again_and_again(scene: Scene, note: Note) -> None:
    """Five times in one window: what stops once stops each time, and how long it takes. Of a program that then ends at
    once nobody is told where its requests arrive."""
    scene.workspace.write_launch()
    window = open_at_button(scene)
    took = []
    for _ in range(5):
        began = time.monotonic()
        window.lens(BUTTON).click()
        toast = window.notification(TOLD)
        toast.wait_for()
        answer = scene.echo.begin(headers=header_of(toast.inner_text()))
        window.stopped()
        took.append(time.monotonic() - began)
        window.step("Continue")
        assert "your program" in scene.body(answer)["answered_by"]
        window.step("Stop")
        window.toolbar().wait_for(state="hidden")
        eventually(lambda: not scene.intercepts())
        window.command("Notifications: Clear All Notifications")
        window.open_file(MANIFEST)
    # The program's file, not launch.json: the editor takes its time to see what is written there from outside.
    serving = "ThreadingHTTPServer(address, Echo).serve_forever()"
    scene.workspace.write(PROGRAM, (SAMPLES / PROGRAM).read_text().replace(serving, "print('not today')"))
    window.lens(BUTTON).click()
    window.said_in_console("not today").wait_for()
    window.toolbar().wait_for(state="hidden")
    eventually(lambda: not scene.intercepts())
    window.picture("ended")
    assert not [said for said in window.told().all_inner_texts() if TOLD in said]
    note("click to breakpoint, median of 5", f"{statistics.median(took):.2f} s of {[round(one, 2) for one in took]}")


def test_without_a_launch_configuration_the_program_is_picked_and_can_be_kept(scene: Scene) -> None:
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.picker().wait_for()
    window.picture("picker")
    window.page.keyboard.press("Escape")
    window.picker().wait_for(state="hidden")
    eventually(lambda: not scene.desk.status().get("connection"))
    assert scene.intercepts() == []
    assert window.page.locator(".notification-toast").count() == 0, "who cancels needs not be told"

    window.lens(BUTTON).click()
    window.picker().wait_for()
    window.pick(PROGRAM)
    window.notification(TOLD).wait_for()
    assert not scene.workspace.launch.exists(), "nothing is written that nobody asked for"
    window.press_lens(BUTTON, lambda: window.comes(window.notification("being debugged already")))
    assert not window.picker().is_visible(), "for what runs already no program is picked"

    # The toast may be gone by now: the editor takes it away after ten seconds.
    window.told().filter(has_text=TOLD).locator(".monaco-button", has_text="Save Configuration").click()
    eventually(scene.workspace.launch.exists)
    eventually(lambda: "Intercept echo" in scene.launch_text())
    saved = scene.launch_text()
    assert '"workload": "echo"' in saved
    assert "telelensIntercept" not in saved
    assert "GREETING" not in saved
    window.picture("saved")
    window.step("Stop")
    eventually(lambda: not scene.intercepts())
    assert scene.launch_text() == saved


def test_environment_is_imported_into_launch_json_and_its_comments_stay(scene: Scene) -> None:
    scene.workspace.write_launch()
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.notification(TOLD).wait_for()
    window.command("Telelens: Import Environment into launch.json")
    window.pick("echo here")
    eventually(lambda: '"GREETING": "Hello from the cluster"' in scene.launch_text())
    text = scene.launch_text()
    assert "// pressed by everybody" in text
    assert "// What runs here is what the cluster runs." in text
    assert json.dumps('p$a\'ss "word"') in text


def test_environment_is_imported_into_a_configuration_that_is_saved_for_it(scene: Scene) -> None:
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.pick(PROGRAM)
    window.notification(TOLD).wait_for()
    window.command("Telelens: Import Environment into launch.json")
    saved = window.entry("Intercept echo")
    window.press_in_notification("has no launch configuration", "Save Configuration", works=lambda: window.comes(saved))
    window.pick("Intercept echo")
    eventually(lambda: '"GREETING": "Hello from the cluster"' in scene.launch_text())


def test_environment_of_the_workload_whose_fix_was_pressed_is_imported(scene: Scene) -> None:
    """Not of the one that happens to be held."""
    scene.workspace.write_launch()
    before = scene.launch_text()
    text = (SAMPLES / SPECIFICATION).read_text().replace("telelens-demo", scene.desk.namespace)
    text += "  - name: kitchen\n    intercepts:\n      - handler: echo\n        port: http\n        localPort: 9091\n"
    scene.workspace.write(SPECIFICATION, text)
    window = scene.open_window(MANIFEST)
    window.go_to(scene.workspace.line_of(MANIFEST, "kind: Deployment"))
    window.lens("Intercept").click()
    window.notification(TOLD).wait_for()
    window.open_file(SPECIFICATION)
    window.go_to(scene.workspace.line_of(SPECIFICATION, "localPort: 9091"), 12)
    window.fix(IMPORT, works=lambda: window.comes(window.notification("no intercept of kitchen")))
    window.picture("another one")
    assert scene.launch_text() == before
    window.go_to(scene.workspace.line_of(SPECIFICATION, "localPort: 9090"), 12)
    window.fix(IMPORT, works=lambda: window.comes(window.entry("echo here")))
    window.pick("echo here")
    eventually(lambda: '"GREETING": "Hello from the cluster"' in scene.launch_text())
    window.line("GREETING").wait_for()
    window.status("Telelens: echo").click()
    window.pick("Leave echo")
    eventually(lambda: not scene.intercepts())


def test_cancelling_in_the_middle_leaves_nothing(make_scene: Callable[..., Scene], desk: Desk, namespace: Any) -> None:
    """Without an agent there is a rollout to wait for: time enough to think again."""
    echo = Echo(namespace)
    echo.apply(injected=False)
    desk.kubectl.run("config", "set-context", "--current", "--namespace", desk.namespace)
    scene = make_scene(desk, echo)
    scene.workspace.write_launch()
    before = scene.workspace.launch.read_bytes()
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.notification("Intercepting echo").wait_for()
    eventually(scene.intercepts)
    window.picture("in-the-middle")
    intercepting = window.notification("Intercepting echo")
    window.press_in_notification(
        "Intercepting echo", "Cancel", works=lambda: window.goes(intercepting, patience=AT_ONCE)
    )
    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))
    window.notification("Intercepting echo").wait_for(state="hidden")
    window.page.wait_for_timeout(1000)
    window.picture("cancelled")
    assert window.toolbar().count() == 0 or not window.toolbar().is_visible()
    assert window.page.locator(".notification-toast").count() == 0, "who cancels needs not be told"
    assert scene.workspace.launch.read_bytes() == before
    scene.echo.wait_ready()
    assert scene.echo.answered_by_pod()


def test_intercept_that_was_there_outlives_the_debug_session(scene: Scene) -> None:
    scene.workspace.write_launch()
    window = open_at_button(scene)
    window.lens("Intercept").click()
    window.status("Telelens: echo").wait_for()
    (before,) = scene.intercepts()
    window.command("Notifications: Clear All Notifications")
    window.lens(BUTTON).click()
    window.toolbar().wait_for()
    window.press_lens(BUTTON, lambda: window.comes(window.notification("being debugged already")))
    window.picture("twice")
    window.step("Stop")
    window.toolbar().wait_for(state="hidden")
    eventually(lambda: window.status("Telelens: echo").is_visible() and not scene.programs())
    (after,) = scene.intercepts()
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    window.status("Telelens: echo").click()
    window.pick("Leave")
    eventually(lambda: not scene.intercepts())


def test_intercept_without_a_debugger_stays_until_it_is_left(scene: Scene) -> None:
    """Whatever listens on the port takes the requests: here a program that was started elsewhere."""
    server = scene.desk.local_server("a program of Ada's", port=8080)
    window = scene.open_window(MANIFEST)
    window.go_to(scene.workspace.line_of(MANIFEST, "kind: Deployment"))
    window.lens("Intercept").click()
    toast = window.notification(TOLD)
    toast.wait_for()
    assert "curl" in toast.inner_text()
    headers = header_of(toast.inner_text())
    assert headers == header_of(scene.curl())
    item = window.status("Telelens: echo")
    item.wait_for()
    window.command("Telelens: Copy curl Command of Intercept")
    eventually(lambda: window.page.evaluate("navigator.clipboard.readText()") == scene.curl())
    window.picture("intercepted")
    assert not window.toolbar().is_visible(), "nothing is debugged"
    assert scene.echo.ask(headers=headers).who == "a program of Ada's"
    assert scene.echo.answered_by_pod(), "a request without the header"

    item.click()
    window.picker().get_by_text("Leave echo").wait_for()
    window.picture("menu")
    window.pick("Leave echo")
    item.wait_for(state="hidden")
    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))
    assert scene.echo.answered_by_pod(headers=headers)
    server.close()


@pytest.mark.parametrize("way", ["close", "reload", "kill"])
def test_window_that_goes_in_the_middle_leaves_nothing(scene: Scene, way: str) -> None:
    scene.workspace.write_launch()
    before = scene.workspace.launch.read_bytes()
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.notification(TOLD).wait_for()
    answer = scene.echo.begin(headers=header_of(scene.curl()))
    window.stopped()
    go(scene, window, way)
    eventually(lambda: not scene.intercepts())
    assert_no_answer(answer)
    eventually(lambda: not scene.desk.status().get("connection"))
    assert scene.echo.answered_by_pod()
    # The program that was debugged.
    eventually(lambda: not scene.programs())
    assert scene.workspace.launch.read_bytes() == before


@pytest.mark.parametrize("way", ["close", "reload", "kill"])
def test_window_that_goes_while_the_intercept_is_made_leaves_nothing(
    make_scene: Callable[..., Scene], desk: Desk, namespace: Any, way: str
) -> None:
    """Without an agent there is a rollout to wait for, and nobody is there any more when it is over."""
    echo = Echo(namespace)
    echo.apply(injected=False)
    desk.kubectl.run("config", "set-context", "--current", "--namespace", desk.namespace)
    scene = make_scene(desk, echo)
    scene.workspace.write_launch()
    before = scene.workspace.launch.read_bytes()
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    eventually(scene.intercepts)
    assert window.notification("Intercepting echo").is_visible(), "it is still being made"
    assert not window.notification(TOLD).is_visible()
    go(scene, window, way)
    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))
    scene.echo.wait_ready()
    assert scene.echo.answered_by_pod()
    assert scene.workspace.launch.read_bytes() == before


def go(scene: Scene, window: Window, way: str) -> None:
    """The ways in which a window goes."""
    if way == "close":
        window.close()
    elif way == "reload":
        window.page.reload(wait_until="commit")
    else:
        for process in scene.desk.processes():
            if "--type=extensionHost" in process.command:
                process.kill()


def assert_no_answer(answer: Future[Any]) -> None:
    """It was told within a few seconds that nothing comes any more: nobody left it hanging until it gave up."""
    failure = answer.exception(20)
    if failure is None:
        assert answer.result()["status"] == 502, answer.result()
    else:
        assert isinstance(failure, CallFailed)
        assert "TimeoutError" not in str(failure)


def test_without_rights_one_message_says_which(
    make_scene: Callable[..., Scene],
    make_desk: Callable[..., Desk],
    stranger: Callable[..., Any],
    echo: Echo,
) -> None:
    desk = make_desk(stranger("eve"), "eve")
    desk.kubectl.run("config", "set-context", "--current", "--namespace", desk.namespace)
    scene = make_scene(desk, echo)
    scene.workspace.write_launch()
    before = scene.workspace.launch.read_bytes()
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.notification("telelens-user").wait_for()
    window.picture("no-rights")
    expect(window.page.locator(".notification-toast")).to_have_count(1)
    assert scene.intercepts() == []
    assert not desk.status().get("connection")
    assert scene.workspace.launch.read_bytes() == before


def test_without_a_cluster_one_message_says_where_it_was_sought(scene: Scene) -> None:
    scene.workspace.write_launch()
    before = scene.workspace.launch.read_bytes()
    known = scene.desk.kubectl.run("config", "view", "--output", "jsonpath={.clusters[0].name}")
    scene.desk.kubectl.run("config", "set-cluster", known, "--server", "https://127.0.0.1:9")
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.notification("127.0.0.1:9").wait_for()
    window.picture("no-cluster")
    expect(window.page.locator(".notification-toast")).to_have_count(1)
    assert window.page.locator(".monaco-dialog-box").count() == 0
    assert scene.programs() == []
    assert scene.workspace.launch.read_bytes() == before


def test_clean_editor_sets_itself_up_without_network(
    make_scene: Callable[..., Scene], make_profile: Callable[[], Profile], desk: Desk, echo: Echo, note: Note
) -> None:
    """From the installed file to the breakpoint, with no other extension; the desk reaches the API server alone."""
    desk.kubectl.run("config", "set-context", "--current", "--namespace", desk.namespace)
    scene = make_scene(desk, echo, profile=make_profile())
    scene.workspace.write_launch()
    began = time.monotonic()
    window = scene.open_window(MANIFEST)
    window.notification("Telelens: setting up").wait_for()
    window.picture("setting-up")
    window.go_to(scene.workspace.line_of(MANIFEST, "kind: Deployment"))
    window.lens(BUTTON).wait_for(timeout=120_000)
    note("opened for the first time to the button", f"{time.monotonic() - began:.1f} s")
    window.open_file(PROGRAM)
    window.set_breakpoint(scene.workspace.line_of(PROGRAM, STOP_AT))
    window.open_file(MANIFEST)
    before = scene.workspace.launch.read_bytes()
    window.lens(BUTTON).click()
    window.notification(TOLD).wait_for()
    headers = header_of(scene.curl())
    answer = scene.echo.begin(headers=headers)
    window.stopped()
    window.variable("greeting").wait_for()
    assert "Hello from the cluster" in window.value_of("greeting"), "the pod's environment"
    assert scene.echo.answered_by_pod(), "everybody else's request, while this one waits"
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    window.step("Stop")
    window.toolbar().wait_for(state="hidden")
    eventually(lambda: not scene.intercepts())
    eventually(lambda: scene.echo.is_answered_by_pod(headers=headers))
    assert scene.workspace.launch.read_bytes() == before


def test_setting_up_can_be_cancelled_and_begun_anew(
    make_scene: Callable[..., Scene], make_profile: Callable[[], Profile], desk: Desk, echo: Echo
) -> None:
    profile = make_profile()
    scene = make_scene(desk, echo, profile=profile)
    window = scene.open_window(MANIFEST)
    eventually(lambda: pip_at_work(profile))
    setting_up = window.notification("Telelens: setting up")
    window.press_in_notification("installing packages", "Cancel", works=lambda: window.goes(setting_up))
    assert_nothing_made(scene, profile)
    window.status("setting up").wait_for(state="hidden")
    window.picture("cancelled")
    assert window.page.locator(".notification-toast").count() == 0, "who cancels needs not be told"

    window.command("Telelens: Restart Language Server")
    eventually(lambda: pip_at_work(profile))
    window.close()
    assert_nothing_made(scene, profile)

    window = scene.open_window(MANIFEST)
    eventually(lambda: pip_at_work(profile))
    (being_made,) = profile.storage(EXTENSION).iterdir()
    go(scene, window, "kill")
    eventually(lambda: not being_made.exists())
    eventually(lambda: not working_in(being_made, scene))
    window.close()
    assert_nothing_made(scene, profile)

    lost = profile.storage(EXTENSION) / "making-lost"
    lost.mkdir()
    os.utime(lost, (0, 0))
    window = scene.open_window(MANIFEST)
    window.go_to(scene.workspace.line_of(MANIFEST, "kind: Deployment"))
    window.lens(BUTTON).wait_for(timeout=120_000)
    (made,) = profile.storage(EXTENSION).iterdir()
    assert made.name.startswith("python-")
    assert [path.name for path in made.iterdir() if path.name == "tmp"] == []


def pip_at_work(profile: Profile) -> bool:
    """Its own files are in what is thrown away with it."""
    return bool(list(profile.storage(EXTENSION).glob("making-*/tmp/pip-*")))


def assert_nothing_made(scene: Scene, profile: Profile) -> None:
    """Neither an environment nor a part of one, nor a program that goes on making one."""
    storage = profile.storage(EXTENSION)
    eventually(lambda: not list(storage.iterdir()))
    eventually(lambda: not working_in(storage, scene))


def working_in(folder: Path, scene: Scene) -> list[Sequence[str]]:
    """Programs that are still at it."""
    return [one.command for one in scene.desk.processes() if any(str(folder) in word for word in one.command)]


NODE_PROGRAM = """\
const http = require("node:http");
const server = http.createServer((request, response) => {
  response.setHeader("Content-Length", Buffer.byteLength(process.env.GREETING));
  response.end(process.env.GREETING);
});
server.listen(8080, "127.0.0.1", () => console.log("ready"));
"""

NODE_LAUNCH = """\
{
  "configurations": [
    {
      "name": "node here",
      "type": "node",
      "request": "launch",
      "program": "${workspaceFolder}/server.js",
      "env": { "GREETING": "Hello from ${workspaceFolderBasename}" },
      "telelens": { "workload": "echo", "ports": ["8080"] }
    },
    {
      "name": "node there",
      "type": "node",
      "request": "launch",
      "program": "${workspaceFolder}/server.js",
      "telelens": { "workload": "echo", "ports": ["8080"] }
    }
  ]
}
"""


def test_block_works_in_a_configuration_of_another_debugger(scene: Scene) -> None:
    """The pod's environment, under the configuration's own; and the intercept, as long as the session."""
    scene.workspace.write_launch(NODE_LAUNCH)
    scene.workspace.write("server.js", NODE_PROGRAM)
    window = scene.open_window("server.js")
    window.line("createServer").wait_for()
    for name, greeting in (("node here", "Hello from shop"), ("node there", "Hello from the cluster")):
        window.command("Debug: Select and Start Debugging")
        window.pick(name)
        window.notification(TOLD).wait_for()
        headers = header_of(scene.curl())
        eventually(lambda headers=headers, greeting=greeting: scene.echo.said(headers=headers) == greeting)
        window.picture(f"{name} running")
        window.step("Stop")
        window.toolbar().wait_for(state="hidden")
        eventually(lambda: not scene.intercepts())
        eventually(lambda headers=headers: scene.echo.is_answered_by_pod(headers=headers))
        window.command("Notifications: Clear All Notifications")


def write_task(scene: Scene, script: str) -> None:
    """A configuration with a task that runs before it."""
    scene.workspace.write_launch(LAUNCH.replace('"request":', '"preLaunchTask": "prepare", "request":'))
    task = {"label": "prepare", "type": "process", "command": "/bin/sh", "args": ["-c", script]}
    tasks = {"version": "2.0.0", "tasks": [{**task, "problemMatcher": []}]}
    scene.workspace.launch.with_name("tasks.json").write_text(json.dumps(tasks))


def test_intercept_is_there_before_the_task_runs(scene: Scene) -> None:
    marker, going = (scene.workspace.folder / name for name in ("marker", "going"))
    write_task(scene, f"touch '{marker}'; while [ ! -e '{going}' ]; do sleep 0.1; done")
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    eventually(marker.exists)
    assert header_of(scene.curl())
    assert not window.notification(TOLD).is_visible(), "the session waits for its task"
    going.touch()
    window.notification(TOLD).wait_for()
    window.step("Stop")
    eventually(lambda: not scene.intercepts())


def test_task_that_fails_ends_the_intercept(scene: Scene) -> None:
    """Also while the editor still asks whether to debug anyway."""
    marker = scene.workspace.folder / "marker"
    write_task(scene, f"touch '{marker}'; exit 1")
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    eventually(marker.exists)
    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))
    window.picture("failed")
    assert not window.toolbar().is_visible()
    assert scene.echo.answered_by_pod()


def test_server_that_is_killed_takes_its_intercepts_along_and_says_so(scene: Scene) -> None:
    scene.workspace.write_launch()
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.notification(TOLD).wait_for()
    for process in scene.desk.processes():
        if "telelens_server" in process.command:
            process.kill()
    window.notification("server ended").wait_for()
    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))
    window.picture("server-killed")
    window.step("Stop")
    window.toolbar().wait_for(state="hidden")
    window.lens(BUTTON).click()
    eventually(scene.intercepts)


def test_daemon_that_is_killed_is_followed_by_another_that_takes_its_intercepts_away(scene: Scene) -> None:
    scene.workspace.write_launch()
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.notification(TOLD).wait_for()
    headers = header_of(scene.curl())
    for process in scene.desk.processes():
        if "telelens_daemons.daemon" in process.command:
            process.kill()
    window.notification("the user daemon died").get_by_text("Show Log").wait_for()
    eventually(lambda: not scene.intercepts())
    eventually(lambda: scene.echo.is_answered_by_pod(headers=headers))
    window.picture("daemon-killed")
    window.step("Stop")
    window.toolbar().wait_for(state="hidden")
    window.command("Notifications: Clear All Notifications")
    window.lens(BUTTON).click()
    window.notification(TOLD).wait_for()
    assert scene.intercepts()
