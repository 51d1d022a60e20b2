"""The fixtures of the tests in the editor: the cluster's own ones, and an editor at a desk."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fixtures.caller import Caller
from fixtures.cluster import Cluster
from fixtures.desk import Desk
from fixtures.manager import Manager
from fixtures.namespace import Namespace
from fixtures.stage import Stage
from localkube.places import REPOSITORY
from playwright.sync_api import BrowserContext, Playwright, expect, sync_playwright
from realeditor.browser import browser
from realeditor.codeserver import CodeServer, Profile
from realeditor.installation import Installation
from realeditor.window import PATIENCE, SETTING_UP, Window

from tests.editor.one_window import OneWindow, desk_of_a_reader
from tests.editor.scene import Echo, Scene, Workspace

HERE = Path(__file__).parent
VSIX = "TELELENS_VSIX"
"""Another file than the one that `make vsix` writes."""

TRUST = "security.workspace.trust.enabled"

EXTENSION = "telelens.telelens"
CHANNEL = "Telelens"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.editor)


@pytest.fixture(scope="session")
def installation() -> Installation:
    found = Installation.current()
    found.install()
    return found


@pytest.fixture(scope="session")
def vsix() -> Path:
    path = Path(os.environ.get(VSIX) or REPOSITORY / "dist" / "telelens.vsix")
    if not path.exists():
        pytest.fail(f"{path} is not there: make vsix")
    return path


@pytest.fixture(scope="session")
def make_profile(
    installation: Installation, vsix: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Profile]:
    """Clean editors with our extension and no other."""

    def make() -> Profile:
        folder = tmp_path_factory.mktemp("editor")
        profile = Profile(installation, folder)
        profile.install(vsix, {"PATH": os.environ["PATH"], "HOME": str(folder)})
        return profile

    return make


@pytest.fixture(scope="session")
def profile(make_profile: Callable[[], Profile]) -> Profile:
    """Shared by the tests: the private Python environment is made once."""
    return make_profile()


def patience_with(profile: Profile) -> int:
    """For how long a window of it waits."""
    return PATIENCE if profile.is_set_up(EXTENSION) else SETTING_UP


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Not for longer: while it is there, its event loop counts as running, and other files' tests cannot run theirs."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as running:
        yield running


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own for screenshots, to be looked at."""
    name = re.sub(r"[^a-z0-9-]+", "-", request.node.name.lower().removeprefix("test_").replace("_", "-")).strip("-")
    return REPOSITORY / "test-results" / "editor" / name


@pytest.fixture
def settings() -> dict[str, Any]:
    """The user's settings beside those that make the editor calm."""
    return {}


@pytest.fixture
def echo(request: pytest.FixtureRequest, namespace: Namespace) -> Echo:
    """The sample application, with its agent; only its objects where a test is marked `names_only`."""
    made = Echo(namespace)
    if request.node.get_closest_marker("names_only"):
        made.declare()
    else:
        made.apply()
    return made


@pytest.fixture
def make_scene(
    make_desk: object,
    playwright: Playwright,
    profile: Profile,
    pictures: Path,
    settings: dict[str, Any],
    tmp_path: Path,
) -> Iterator[Callable[..., Scene]]:
    """An editor at a desk. It is ended before the desk is looked at for what was left there: hence `make_desk`."""
    with ExitStack() as stack:

        def make(desk: Desk, echo: Echo, *, profile: Profile = profile) -> Scene:
            workspace = Workspace(tmp_path / "shop")
            profile.settings(settings)
            trust = settings.get(TRUST, False)
            server, context = stack.enter_context(_editor(desk, profile, playwright, tmp_path, asks_for_trust=trust))
            windows: list[Window] = []

            def open_window(name: str | None = None, *, beside: bool = False, folders: Path | None = None) -> Window:
                window = Window(context, pictures, beside=beside, patience=patience_with(profile))
                windows.append(window)
                stack.callback(_last_picture, window)
                file = workspace.folder / name if name else None
                window.open(server.url(folders or workspace.folder, file))
                return window

            return Scene(desk, echo, workspace, open_window)

        yield make


@contextmanager
def _editor(
    desk: Desk, profile: Profile, playwright: Playwright, folder: Path, *, asks_for_trust: bool = False
) -> Iterator[tuple[CodeServer, BrowserContext]]:
    """Both its halves, at the desk."""
    prefix = desk.cluster.desk_prefix
    log = folder / "code-server.log"
    with (
        CodeServer(
            profile, environment=desk.environment, prefix=prefix, log=log, asks_for_trust=asks_for_trust
        ) as server,
        browser(playwright, folder, prefix=prefix) as context,
    ):
        yield server, context


def _last_picture(window: Window) -> None:
    """What could be seen at the end, whatever that was."""
    if not window.page.is_closed():
        window.picture("end")


@pytest.fixture
def scene(make_scene: Callable[..., Scene], desk: Desk, echo: Echo) -> Scene:
    """Ada's editor, with the context's namespace set to the test's."""
    desk.kubectl.run("config", "set-context", "--current", "--namespace", desk.namespace)
    return make_scene(desk, echo)


@pytest.fixture(scope="module")
def one_window(
    cluster: Cluster,
    caller: Caller,
    manager: Manager,
    playwright: Playwright,
    profile: Profile,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OneWindow]:
    folder = tmp_path_factory.mktemp("one-window")
    workspaces = folder / "workspaces"
    workspaces.mkdir()
    profile.settings({})
    with (
        desk_of_a_reader(cluster, caller, folder) as (desk, echo),
        _editor(desk, profile, playwright, folder) as (server, context),
    ):
        yield OneWindow(desk, echo, server, context, workspaces, patience=patience_with(profile))


@pytest.fixture
def shared_scene(
    one_window: OneWindow, stage: Stage, pictures: Path, request: pytest.FixtureRequest
) -> Iterator[Scene]:
    """A reader's editor, whose window is there already unless the test is the first of its file that asks for it, or
    the one before it failed. The editor's settings are the usual ones."""
    stage.looked_at = [one_window.desk.namespace], [one_window.desk]
    failed_before = request.session.testsfailed
    yield one_window.begin(pictures)
    one_window.end(failed=request.session.testsfailed > failed_before)
