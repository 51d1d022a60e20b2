"""Desks that are not the plainest: two ports, two windows, several folders, a port that somebody has already."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from fixtures.waiting import eventually

from tests.editor.scene import MANIFEST, PROGRAM, SAMPLES, Scene, header_of
from tests.editor.test_intercept_and_debug import BUTTON, TOLD, open_at_button

SPECIFICATION = "echo.ispec.yaml"
ADMIN = """\
            - name: admin
              containerPort: 9000
"""
PORT = "containerPort: 8080\n"


def test_of_two_ports_one_is_chosen(scene: Scene) -> None:
    scene.workspace.write_launch(json.dumps({"configurations": []}))
    manifest = (SAMPLES / MANIFEST).read_text()
    assert PORT in manifest
    scene.workspace.write(MANIFEST, manifest.replace(PORT, PORT + ADMIN, 1))
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.picker().wait_for()
    window.picture("which")
    window.pick("container port 8080")
    window.picker().get_by_text(PROGRAM).first.wait_for()
    window.pick(PROGRAM)
    window.notification(TOLD).wait_for()
    (intercept,) = scene.desk.status()["intercepts"]
    assert [one["servicePortIdentifier"] for one in intercept["ports"]] == ["http"]
    window.step("Stop")
    eventually(lambda: not scene.intercepts())


def test_port_to_which_no_service_leads_is_refused_not_taken_for_another(scene: Scene) -> None:
    """Chosen beside its Service, or the only one that the manifest declares, without one."""
    declared = (SAMPLES / MANIFEST).read_text()
    scene.workspace.write(MANIFEST, declared.replace(PORT, f"{PORT}            - containerPort: 9000\n", 1))
    window = open_at_button(scene)
    refused = window.notification('no port of Service echo leads to container port "9000"')
    window.press_lens("Intercept", lambda: window.comes(window.picker()))
    window.pick("container port 9000")
    refused.wait_for()
    window.picture("chosen")
    window.command("Notifications: Clear All Notifications")
    window.command("View: Close All Editors")
    (scene.workspace.folder / MANIFEST).unlink()

    alone = declared.replace(PORT, "containerPort: 9000\n", 1).split("---\n")
    scene.workspace.write("alone.yaml", "---\n".join(one for one in alone if "kind: Service\n" not in one))
    window.open_file("alone.yaml")
    window.lens("Intercept").wait_for()
    window.press_lens("Intercept", lambda: window.comes(refused))
    window.picture("alone")
    assert not scene.intercepts()


def test_second_window_shares_the_connection_which_ends_with_the_last(scene: Scene) -> None:
    scene.workspace.write_launch()
    first = open_at_button(scene)
    first.lens(BUTTON).click()
    first.notification(TOLD).wait_for()
    text = (SAMPLES / SPECIFICATION).read_text().replace("telelens-demo", scene.desk.namespace)
    scene.workspace.write(SPECIFICATION, text)
    second = scene.open_window(SPECIFICATION, beside=True)
    second.press_lens("Run", lambda: second.comes(second.status(f"Telelens: {SPECIFICATION}")))
    eventually(lambda: len(scene.intercepts()) == 2)
    second.picture("second")
    first.page.bring_to_front()
    first.step("Stop")
    eventually(lambda: len(scene.intercepts()) == 1)
    assert scene.desk.status().get("connection"), "the second window's intercept needs it"
    second.page.bring_to_front()
    second.press_lens("Stop", lambda: second.goes(second.status(f"Telelens: {SPECIFICATION}")))
    eventually(lambda: not scene.intercepts())
    eventually(lambda: not scene.desk.status().get("connection"))


def test_several_folders_each_have_their_own_configurations(scene: Scene) -> None:
    """The manifest's folder says how its program is run, not the first one of the window."""
    scene.workspace.write_launch()
    empty = scene.workspace.folder.parent / "another"
    empty.mkdir()
    shutil.copy(SAMPLES / PROGRAM, empty / "unrelated.py")
    both = scene.workspace.folder.parent / "both.code-workspace"
    both.write_text(json.dumps({"folders": [{"path": "another"}, {"path": scene.workspace.folder.name}]}))
    window = scene.open_window(MANIFEST, folders=both)
    window.go_to(scene.workspace.line_of(MANIFEST, "kind: Deployment"))
    window.lens(BUTTON).click()
    window.notification(TOLD).wait_for()
    window.picture("running")
    window.command("Telelens: Import Environment into launch.json")
    window.pick("echo here")
    eventually(lambda: "Hello from the cluster" in scene.launch_text())
    assert not (empty / ".vscode").exists()
    window.step("Stop")
    window.toolbar().wait_for(state="hidden")
    eventually(lambda: not scene.intercepts())

    # A folder of manifests alone: the program's own folder says how it is run.
    shutil.copy(SAMPLES / MANIFEST, empty / "elsewhere.yaml")
    window.command("Notifications: Clear All Notifications")
    window.open_file("elsewhere.yaml")
    window.go_to(scene.workspace.line_of(MANIFEST, "kind: Deployment"))
    window.lens(BUTTON).wait_for()
    window.press_lens(BUTTON, lambda: window.comes(window.notification(TOLD)))
    running = [one.pid for one in scene.desk.processes() if any(PROGRAM in word for word in one.command)]
    assert {Path(f"/proc/{pid}/cwd").resolve() for pid in running} == {scene.workspace.folder}
    window.step("Stop")
    eventually(lambda: not scene.intercepts())


def test_port_that_another_program_has_is_asked_about_before_anything_is_done(scene: Scene) -> None:
    scene.workspace.write_launch()
    server = scene.desk.local_server(port=8080)
    window = open_at_button(scene)
    dialog = window.page.locator(".monaco-dialog-box", has_text="listens on port 8080")
    window.lens(BUTTON).click()
    dialog.wait_for()
    window.picture("asked")
    dialog.get_by_role("button", name="Cancel").click()
    dialog.wait_for(state="hidden")
    assert not scene.desk.status().get("connection")

    window.lens(BUTTON).click()
    dialog.get_by_role("button", name="Use Port 8081").click()
    window.notification("arrive at port 8081").wait_for()
    answer = scene.echo.begin(headers=header_of(scene.curl()))
    window.stopped()
    window.picture("on another port")
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    window.command("Notifications: Clear All Notifications")
    before = scene.listeners(8081)
    window.step("Restart")
    window.notification("arrive at port 8081").wait_for()
    eventually(lambda: scene.listeners(8081) - before)  # a slow program is not waited for before it is told
    answer = scene.echo.begin(headers=header_of(scene.curl()))
    window.stopped()
    window.step("Continue")
    assert "your program" in scene.body(answer)["answered_by"]
    window.step("Stop")
    eventually(lambda: not scene.intercepts())
    server.close()


def test_intercept_of_a_session_on_another_port_is_the_one_there_is(scene: Scene) -> None:
    """And what is saved of it is what was written: the port was for this time alone."""
    server = scene.desk.local_server(port=8080)
    window = open_at_button(scene)
    window.lens(BUTTON).click()
    window.pick(PROGRAM)
    dialog = window.page.locator(".monaco-dialog-box", has_text="listens on port 8080")
    dialog.get_by_role("button", name="Use Port 8081").click()
    told = "arrive at port 8081, where your program has to listen"
    window.press_in_notification(told, "Save Configuration", works=lambda: window.comes(window.line("Intercept echo")))
    eventually(scene.workspace.launch.exists)
    eventually(lambda: "Intercept echo" in scene.launch_text())
    window.picture("saved")
    (saved,) = scene.configurations()
    assert saved["telelens"]["ports"] == ["8080"]
    assert "8081" not in scene.launch_text()
    assert set(saved) == {"name", "type", "request", "program", "telelens"}

    (before,) = scene.intercepts()
    window.open_file(MANIFEST)
    window.command("Notifications: Clear All Notifications")
    window.press_lens("Intercept", lambda: window.comes(window.notification("arrive at port 8081")))
    window.step("Stop")
    window.toolbar().wait_for(state="hidden")
    eventually(lambda: not scene.programs())
    window.picture("left")
    assert [one["metadata"]["uid"] for one in scene.intercepts()] == [before["metadata"]["uid"]]
    window.status("Telelens: echo").click()
    window.pick("Leave")
    eventually(lambda: not scene.intercepts())
    server.close()
