"""Which launch configuration debugs a workload, what it gets, and that a session of it can be begun anew."""

from __future__ import annotations

import json
from collections.abc import Callable

from fixtures.desk import Desk
from fixtures.namespace import Namespace
from fixtures.waiting import eventually
from realeditor.window import Window

from tests.editor.scene import MANIFEST, PROGRAM, Echo, Scene, header_of
from tests.editor.test_intercept_and_debug import BUTTON, NODE_LAUNCH, NODE_PROGRAM, TOLD, open_at_button


def configuration(name: str, **more: object) -> dict[str, object]:
    """Of the sample's program."""
    return {"name": name, "type": "telelens", "request": "launch", "program": f"${{workspaceFolder}}/{PROGRAM}", **more}


def write(scene: Scene, *configurations: dict[str, object]) -> None:
    scene.workspace.write_launch(json.dumps({"version": "0.2.0", "configurations": configurations}))


def test_of_several_that_name_the_workload_one_is_chosen(scene: Scene) -> None:
    block = {"workload": "echo", "ports": ["8080:http"]}
    write(
        scene,
        configuration("one", telelens=block),
        configuration("two", telelens=block, env={"GREETING": "Hello from the second"}),
        configuration("of something else", telelens={"workload": "kitchen"}),
        configuration("of nothing"),
    )
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.picker().get_by_text("two").wait_for()
    window.picture("which")
    assert window.picker().locator(".monaco-list-row").count() == 2
    window.pick("two")
    window.notification(TOLD).wait_for()
    answer = scene.echo.begin(headers=header_of(scene.curl()))
    window.stopped()
    assert "Hello from the second" in window.value_of("greeting")
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    window.step("Stop")
    eventually(lambda: not scene.intercepts())


def test_program_that_is_not_there_is_named_and_nothing_stays_intercepted(scene: Scene) -> None:
    write(scene, configuration("gone", program="${workspaceFolder}/gone.py", telelens={"workload": "echo"}))
    window = open_at_button(scene)
    window.command("Debug: Select and Start Debugging")
    window.pick("gone")
    window.notification('the program of "gone" is not there').wait_for()
    window.picture("not there")
    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))
    assert not window.toolbar().is_visible()


def test_one_that_names_no_workload_is_offered_and_remembered(scene: Scene) -> None:
    write(scene, configuration("another"), configuration("echo alone", env={"GREETING": "Hello from the file"}))
    before = scene.launch_text()
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.picker().get_by_text("echo alone").first.wait_for()
    assert window.picker().get_by_text("as before").count() == 0
    window.pick("echo alone")
    window.notification(TOLD).wait_for()
    answer = scene.echo.begin(headers=header_of(scene.curl()))
    window.stopped()
    assert "Hello from the file" in window.value_of("greeting")
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    window.step("Stop")
    window.toolbar().wait_for(state="hidden")
    eventually(lambda: not scene.intercepts())
    assert scene.launch_text() == before, "nothing is written that nobody asked for"

    window.command("Notifications: Clear All Notifications")
    window.open_file(MANIFEST)
    window.press_lens(BUTTON, lambda: window.comes(window.picker().get_by_text("as before")))
    window.picture("as before")
    first = window.picker().locator(".monaco-list-row").first
    assert "echo alone" in first.inner_text()
    window.page.keyboard.press("Enter")
    window.toolbar().wait_for()
    window.notification(TOLD).wait_for()
    window.command("Notifications: Clear All Notifications")
    # The editor reads the file again, which has no block.
    window.step("Restart")
    window.notification(TOLD).wait_for()
    assert len(scene.intercepts()) == 1
    window.step("Stop")
    eventually(lambda: not scene.intercepts())


def test_session_that_is_begun_anew_has_one_intercept_and_stops_again(scene: Scene) -> None:
    """Begun by the button or by its name."""
    scene.workspace.write_launch()
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    begin_anew_and_stop(scene, window, "the button")
    window.command("Debug: Select and Start Debugging")
    window.pick("echo here")
    begin_anew_and_stop(scene, window, "launch.json")


def test_session_of_a_program_that_was_picked_is_begun_anew_and_stops_again(scene: Scene) -> None:
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.picker().wait_for()
    window.pick(PROGRAM)
    begin_anew_and_stop(scene, window, "no launch.json")


def begin_anew_and_stop(scene: Scene, window: Window, way: str) -> None:
    """Of the session that is being begun."""
    window.notification(TOLD).wait_for()
    answer = scene.echo.begin(headers=header_of(scene.curl()))
    window.stopped()
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    before = programs(scene)
    window.command("Notifications: Clear All Notifications")

    window.step("Restart")
    eventually(lambda: programs(scene) and before.isdisjoint(programs(scene)))
    window.notification(TOLD).wait_for()
    eventually(lambda: scene.listeners(8080) - before)  # a slow program is not waited for before it is told
    window.picture(f"begun anew, {way}")
    assert len(scene.intercepts()) == 1
    headers = header_of(scene.curl())
    answer = scene.echo.begin(headers=headers)
    window.stopped()
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    assert len(scene.intercepts()) == 1
    window.step("Stop")
    window.toolbar().wait_for(state="hidden")
    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))
    eventually(lambda: not scene.programs())
    assert scene.echo.answered_by_pod(headers=headers)
    window.command("Notifications: Clear All Notifications")
    window.open_file(MANIFEST)


def programs(scene: Scene) -> set[int]:
    """The processes that run the sample's program at the desk."""
    return {one.pid for one in scene.desk.processes() if any(PROGRAM in word for word in one.command)}


GREETING = "${env:HOME} ${command:telelens.menu} ${workspaceFolder}"


def test_variables_of_the_pod_arrive_as_they_are(
    make_scene: Callable[..., Scene], desk: Desk, namespace: Namespace
) -> None:
    """What looks like a variable of the editor's is none of it: the cluster's words do not run commands here."""
    echo = Echo(namespace)
    echo.apply(greeting=GREETING)
    desk.kubectl.run("config", "set-context", "--current", "--namespace", desk.namespace)
    scene = make_scene(desk, echo)
    scene.workspace.write("server.js", NODE_PROGRAM)
    here = configuration("python here", telelens={"workload": "echo", "ports": ["8080:http"]})
    write(scene, here, *json.loads(NODE_LAUNCH)["configurations"])
    window = scene.open_window(PROGRAM)
    window.line("def greet").wait_for()
    # Its own debugger puts in the folder, and nothing else; ours puts in nothing.
    of_node = GREETING.replace("${workspaceFolder}", str(scene.workspace.folder))
    for name, greeting in (("python here", GREETING), ("node there", of_node)):
        window.command("Debug: Select and Start Debugging")
        window.pick(name)
        window.notification(TOLD).wait_for()
        headers = header_of(scene.curl())
        eventually(lambda headers=headers, greeting=greeting: greeting_here(scene, headers) == greeting)
        window.picture(f"{name} running")
        window.step("Stop")
        window.toolbar().wait_for(state="hidden")
        eventually(lambda: not scene.intercepts())
        window.command("Notifications: Clear All Notifications")


def greeting_here(scene: Scene, headers: dict[str, str]) -> str:
    """What the program at the desk says; "" while it does not."""
    said = scene.echo.said(headers=headers)
    if not said.startswith("{"):
        return said
    answer = json.loads(said)
    return str(answer["answer"]).rpartition(",")[0] if "your program" in answer["answered_by"] else ""
