"""One window for the tests of a file that look at texts alone: to open one takes longer than most of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fixtures.caller import Caller
from fixtures.cluster import Cluster
from fixtures.desk import Desk
from fixtures.manager import Manager
from fixtures.namespace import Namespace, new_name
from fixtures.users import Rights, make_user
from playwright.sync_api import BrowserContext
from playwright.sync_api import Error as PageError
from realeditor.codeserver import CodeServer
from realeditor.window import Window

from tests.editor.scene import Echo, Scene, Workspace


class OneWindow:
    """Opened by the first test that opens a file. Each test has a folder of its own in the window's: an editor
    remembers of a file where the cursor was, and what was folded."""

    def __init__(
        self, desk: Desk, echo: Echo, server: CodeServer, context: BrowserContext, folder: Path, *, patience: int
    ) -> None:
        self.desk = desk
        self.echo = echo
        self._server = server
        self._context = context
        self._folder = folder
        self._window: Window | None = None
        self._begun = 0
        self._patience = patience

    def begin(self, pictures: Path) -> Scene:
        """For the next test."""
        self._begun += 1
        workspace = Workspace(self._folder / f"place-{self._begun:02}")
        if self._window is not None:
            try:
                self._window.begin_anew(pictures, folder=workspace.folder.name)
            except (PageError, AssertionError):
                self._close()
                raise
        for folder in self._folder.iterdir():
            if folder != workspace.folder:
                shutil.rmtree(folder)

        def open_window(name: str) -> Window:
            if self._window is None:
                self._window = Window(self._context, pictures, patience=self._patience)
                self._window.open(self._server.url(self._folder, workspace.folder / name))
            else:
                self._window.open_file(name)
            return self._window

        return Scene(self.desk, self.echo, workspace, open_window)

    def end(self, *, failed: bool) -> None:
        """Of a test. The one after one that failed has a new window."""
        try:
            if self._window is not None:
                self._window.picture("end")
        finally:
            if failed:
                self._close()

    def _close(self) -> None:
        if self._window is not None:
            window, self._window = self._window, None
            window.close()


@contextmanager
def desk_of_a_reader(cluster: Cluster, caller: Caller, folder: Path) -> Iterator[tuple[Desk, Echo]]:
    """Ada's desk, and what an editor finds of the sample application in her namespace. Nothing of it is left."""
    with ExitStack() as stack:
        namespace = Namespace(new_name(), cluster.kubectl, caller)
        rights = Rights(cluster, manager_namespace=Manager.namespace)
        delete = ("delete", "namespace", namespace.name, "--wait=false", "--ignore-not-found")
        stack.callback(cluster.kubectl.run, *delete, check=False)
        stack.callback(rights.close)
        namespace.create({})
        user = make_user(cluster, "ada", namespace=namespace.name, folder=folder)
        rights.grant_intercepting(user, namespace=namespace.name)
        desk = Desk(cluster, user, name="ada", namespace=namespace.name, manager_namespace=Manager.namespace)
        stack.callback(desk.forget)
        stack.callback(desk.close)
        desk.kubectl.run("config", "set-context", "--current", "--namespace", namespace.name)
        echo = Echo(namespace)
        echo.declare()
        yield desk, echo
        if desk.daemon() is not None:
            desk.quit().succeeded()
        desk.assert_nothing_left()
