"""An editor in which something is not as it should be: the wrong Python, a folder that is not trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fixtures.desk import Desk
from fixtures.waiting import eventually
from playwright.sync_api import expect

from tests.editor.conftest import TRUST
from tests.editor.scene import MANIFEST, SAMPLES, Echo, Scene

pytestmark = pytest.mark.names_only

NAME = "echo.ispec.yaml"


def open_specification(scene: Scene, text: str | None = None, name: str = NAME) -> Any:
    scene.workspace.write(name, text or (SAMPLES / NAME).read_text())
    window = scene.open_window(name)
    window.line("handlers").wait_for()
    return window


class TestWrongPython:
    @pytest.fixture(params=["/nowhere/python", "/usr/bin/python3"])
    def python(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def settings(self, python: str) -> dict[str, Any]:
        return {"telelens.python": python}

    def test_is_named_once_with_what_to_do(self, scene: Scene, python: str) -> None:
        window = open_specification(scene)
        told = window.notification(f"does not start with {python}")
        told.wait_for()
        window.picture("told")
        assert "The setting telelens.python names it" in told.inner_text()
        window.page.keyboard.type("# not again")
        window.line("# not again").wait_for()
        window.page.wait_for_timeout(2000)
        assert window.page.locator(".notification-toast").count() == 1


class TestUntrusted:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {TRUST: True, "security.workspace.trust.startupPrompt": "never"}

    def test_is_read_and_nothing_is_run(self, scene: Scene) -> None:
        text = (SAMPLES / NAME).read_text().replace("handler: echo", "handler: ecko")
        window = open_specification(scene, text.replace('"9090"', '{{ env "SHELL" }}'))
        window.squiggles().first.wait_for()
        assert window.squiggles().count() == 1, "the template is no error, though nobody knows what it stands for"
        assert "→" not in window.text()
        window.lens("Run").click()
        window.notification("not trusted").wait_for()
        window.picture("untrusted")
        assert scene.desk.daemon() is None
        trust = window.page.locator(".workspace-trust-editor .monaco-button", has_text="Trust").first
        window.press_in_notification("not trusted", "Manage Workspace Trust", works=lambda: window.comes(trust))
        trust.click()
        window.open_file(NAME)
        window.line("→ /bin/sh").wait_for()
        window.lens("Run").click()
        window.notification('no handler "ecko"').wait_for()
        window.picture("trusted")


def test_who_may_list_nothing_is_told_once(
    make_scene: Callable[..., Scene],
    make_desk: Callable[..., Desk],
    stranger: Callable[..., Any],
    echo: Echo,
) -> None:
    desk = make_desk(stranger("eve"), "eve")
    desk.kubectl.run("config", "set-context", "--current", "--namespace", desk.namespace)
    scene = make_scene(desk, echo)
    text = (SAMPLES / NAME).read_text().replace("telelens-demo", desk.namespace)
    window = open_specification(scene, text.replace("  - name: echo\n    intercepts", "  - name: \n    intercepts"))
    window.lens("Run").wait_for()
    window.go_to(scene.workspace.line_of(NAME, "workloads:") + 1, 11)
    assert not window.offers("Deployment")
    assert not window.offers("Deployment")
    told = window.told()
    expect(told).to_have_count(1)
    window.picture("told")
    for part in ("you may not list", "deployments", desk.namespace):
        assert part in told.inner_text()


CRD_FORM = """\
apiVersion: getambassador.io/v1alpha4
kind: InterceptSpecification
metadata:
  name: shop
spec:
  handlers: []
  workloads: []
"""


def test_specification_is_told_from_other_yaml_by_what_it_says(scene: Scene) -> None:
    window = open_specification(scene, name="anything.yaml")
    expect(window.status("Intercept Specification")).to_be_visible()
    window.lens("Run").wait_for()
    window.open_file("echo.yaml")
    expect(window.status("YAML")).to_be_visible()
    beside = f"kind: Service\n---\n{CRD_FORM}"
    scene.workspace.write("beside.yaml", beside)
    window.open_file("beside.yaml")
    window.lens("Run").wait_for()
    expect(window.status("YAML")).to_be_visible()
    scene.workspace.write("templated.yaml", beside.replace("handlers: []", "handlers: [{name: {{ .x }}}]"))
    window.open_file("templated.yaml")
    expect(window.status("Intercept Specification")).to_be_visible()


OTHERS = {
    "compose.yaml": "services:\n  echo:\n    image: echo\n",
    "service.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: echo\n",
    "scaler.yaml": """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: echo
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: echo
""",
}


def test_no_language_server_is_started_for_what_is_none_of_its_business(scene: Scene) -> None:
    def servers() -> list[int]:
        return [one.pid for one in scene.desk.processes() if "telelens_server" in one.command]

    for name, text in OTHERS.items():
        scene.workspace.write(name, text)
    first, *more = OTHERS
    window = scene.open_window(first)
    window.line("services").wait_for()
    for name in more:
        window.open_file(name)
    window.page.wait_for_timeout(5_000)
    assert servers() == []
    window.open_file("echo.yaml")
    eventually(servers)


@pytest.mark.parametrize("first", [NAME, MANIFEST])
def test_empty_specification_is_indented_as_yaml_is(scene: Scene, first: str) -> None:
    """Whether the editor starts with it or has been there before."""
    scene.workspace.write(NAME, "")
    window = scene.open_window(first)
    window.editor().wait_for()
    if first != NAME:
        window.line("apiVersion").wait_for()
        window.open_file(NAME)
    expect(window.status("Intercept Specification")).to_be_visible()
    expect(window.status("Spaces: 2")).to_be_visible()
