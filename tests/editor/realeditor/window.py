"""One window of the editor, as a user sees it and works in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from playwright.sync_api import BrowserContext, Locator, Page, expect
from playwright.sync_api import Error as PageError

EDITOR = ".editor-instance .monaco-editor"
PATIENCE = 60_000
"""How long anything is waited for, in milliseconds, unless said otherwise: a guard, no statement of speed."""
SETTING_UP = 3 * PATIENCE
"""In the first window of a profile, in which the extension makes its private Python environment first."""
TRY = 6_000
"""For what a user does again when nothing comes of it, in milliseconds."""
AT_ONCE = 1_500
"""For what a click does by itself, and something else does later."""
SOONER = (1_500, 1_500, 3_000, *[TRY] * 6)
"""For what nothing comes of now and then on a machine that is not busy, either: a list made before a file was there."""


class Window:
    """Everything waits until it is so, and fails with what it waited for."""

    def __init__(
        self, context: BrowserContext, pictures: Path, *, beside: bool = False, patience: int = PATIENCE
    ) -> None:
        self.page: Page = context.pages[0] if context.pages and not beside else context.new_page()
        self.page.set_default_timeout(patience)
        self._pictures = pictures
        self._taken = 0
        self._folder = ""

    def open(self, url: str) -> None:
        """Until the workbench is there."""
        self.page.goto(url, wait_until="commit")
        self.page.locator(".monaco-workbench").wait_for()

    def close(self) -> None:
        """As with the browser's x; what asks whether one is sure is not asked."""
        self.page.close(run_before_unload=False)

    def begin_anew(self, pictures: Path, *, folder: str) -> None:
        """Without editors and notifications; files are found in that folder from now on, not in one that was."""
        self._pictures = pictures
        self._taken = 0
        self.command("File: Save All Files")
        self.command("View: Close All Editors")
        self.command("Notifications: Clear All Notifications")
        self._folder = folder

    def picture(self, name: str) -> Path:
        """For people to look at."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        self._taken += 1
        path = self._pictures / f"{self._taken:02}-{name}.png"
        self.page.screenshot(path=path)
        return path

    # Finding one's way

    def command(self, title: str) -> None:
        """Run a command by its title in the palette."""
        self._choose("F1", f">{title}", title)

    def open_file(self, name: str) -> None:
        """By quick open; returns when it is the active editor."""
        self._choose("Control+p", f"{self._folder}/{name}" if self._folder else name, name, beside=self._folder)
        expect(self.page).to_have_title(re.compile(f"^\\W*{re.escape(name)} "))
        self.editor().wait_for()

    def pick(self, text: str) -> None:
        """An entry of the quick pick that is open."""
        row = self.entry(text)
        row.wait_for()
        for _ in range(5):
            # A picker that is gone cannot be opened again from here.
            if self._is_taken(row) or not row.is_visible():
                return
        raise AssertionError(f"{text!r} cannot be picked")

    def entry(self, text: str, *, beside: str = "") -> Locator:
        """Of the quick pick that is open."""
        return self.page.locator(".quick-input-widget .monaco-list-row", has_text=text).filter(has_text=beside).first

    def picker(self) -> Locator:
        """The quick pick that is open."""
        return self.page.locator(".quick-input-widget")

    def _choose(self, key: str, typed: str, wanted: str, *, beside: str = "") -> None:
        """Open the palette by its key, type, and take what it then shows under that name, with the text `beside` it:
        what was opened before is shown first, wherever it was."""
        box = self.page.locator(".quick-input-widget input.input").first
        row = self.entry(wanted, beside=beside)
        for patience in SOONER:
            self.page.keyboard.press(key)
            try:
                box.fill("", timeout=TRY)
                box.fill(typed, timeout=TRY)
                row.wait_for(timeout=patience)
            except PageError:
                continue
            if self._is_taken(row):
                return
        raise AssertionError(f"{wanted!r} cannot be found in the palette")

    def _is_taken(self, row: Locator) -> bool:
        """Click on it. A click on a row that is drawn anew in that moment chooses nothing; a row that goes before the
        click was not chosen: an editor that was still being opened has taken the focus."""
        try:
            row.click(timeout=TRY)
        except PageError:
            return False
        return self._becomes(row, "hidden", patience=TRY)

    # The text

    def editor(self) -> Locator:
        return self.page.locator(EDITOR).first

    def line(self, text: str) -> Locator:
        """The line that has this text."""
        return self.page.locator(f"{EDITOR} .view-line", has_text=text).first

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the cursor there. An editor that is still being opened takes the focus, and with it what is asked for."""
        self.editor().wait_for()
        box = self.page.locator(".quick-input-widget input.input").first
        there = self.page.locator(".statusbar-item", has_text=re.compile(rf"Ln {line}, Col {column}(?!\d)")).first
        for _ in range(8):
            self.page.keyboard.press("Control+g")
            try:
                box.fill(f":{line}:{column}", timeout=TRY)
                box.press("Enter", timeout=TRY)
                self.picker().wait_for(state="hidden", timeout=TRY)
                there.wait_for(timeout=TRY)
            except PageError:
                self.page.keyboard.press("Escape")
                continue
            return
        raise AssertionError(f"the cursor does not come to {line}:{column}")

    def text(self) -> str:
        """What can be seen of the active editor's text."""
        lines = self.page.locator(f"{EDITOR} .view-line").all_inner_texts()
        return "\n".join(line.replace("\xa0", " ") for line in lines)

    def squiggles(self) -> Locator:
        return self.page.locator(f"{EDITOR} .squiggly-error")

    def lens(self, title: str, index: int = 0) -> Locator:
        return self.page.locator(f"{EDITOR} .codelens-decoration a", has_text=re.compile(f"^{re.escape(title)}$")).nth(
            index
        )

    def press_lens(self, title: str, works: Callable[[], bool]) -> None:
        """Press until it ``works``, which may take a while to say so. A lens that is drawn anew in the moment of a
        click swallows it: the text was scrolled, or somebody came or went."""
        for _ in range(5):
            self.lens(title).click()
            if works():
                return
        raise AssertionError(f"the lens {title!r} does nothing")

    def comes(self, locator: Locator) -> bool:
        """Whether it is there before long."""
        return self._becomes(locator, "visible")

    def goes(self, locator: Locator, *, patience: int = 2 * TRY) -> bool:
        """Whether it is gone before long, ms."""
        return self._becomes(locator, "hidden", patience=patience)

    def _becomes(self, locator: Locator, state: Literal["visible", "hidden"], *, patience: int = 2 * TRY) -> bool:
        try:
            locator.wait_for(state=state, timeout=patience)
        except PageError:
            return False
        return True

    def suggestion(self, text: str) -> Locator:
        return self.page.locator(".suggest-widget .monaco-list-row", has_text=text).first

    def offers(self, text: str) -> bool:
        """Whether completion, asked anew, offers it where the cursor is."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Control+Space")
        try:
            self.suggestion(text).wait_for(timeout=2_000)
        except PageError:
            return False
        return True

    def complete(self, typed: str, wanted: str) -> None:
        """Type the beginning and take what completion then offers under that name, first or not. What was taken may
        offer something at once: the words of a choice."""
        self.page.keyboard.type(typed)
        row = self.page.locator(f'.suggest-widget.visible .monaco-list-row[aria-label^="{wanted}"]').first
        try:
            row.wait_for(timeout=2_000)
        except PageError:
            self.page.keyboard.press("Control+Space")
            row.wait_for()
        row.click()
        row.wait_for(state="hidden")

    def fix(self, title: str, *, picture: str = "", works: Callable[[], bool] | None = None) -> None:
        """The quick fix of that title, for what the cursor is in. The key means nothing while the editor has no focus
        yet, and nothing is offered before the findings are there. What is offered may be taken back in the moment of
        a click, for new findings: where it is not seen in the text, `works` says, before long, whether something came
        of it. A ``picture`` shows what is offered."""
        action = self.page.locator(".action-widget .monaco-list-row", has_text=title).first
        pressed = False
        for _ in range(5):
            self.page.keyboard.press("Control+.")
            try:
                action.wait_for(timeout=4_000)
                if picture:
                    self.picture(picture)
                action.click(timeout=4_000)
                action.wait_for(state="hidden", timeout=TRY)
                pressed = True
            except PageError:
                self.page.keyboard.press("Escape")
            # Also where it is offered no more: what came of it may have come late.
            if pressed and (works is None or works()):
                return
        raise AssertionError(f"no quick fix {title!r} is offered, or nothing comes of it")

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        expect(self.page.locator(".tab.active.dirty")).to_have_count(0)

    # What the editor says

    def notification(self, text: str | re.Pattern[str]) -> Locator:
        return self.page.locator(".notification-toast", has_text=text).first

    def told(self) -> Locator:
        """All notifications there have been, also those that nobody looked at in time."""
        self.command("Notifications: Show Notifications")
        return self.page.locator(".notifications-center .notification-list-item")

    def press_in_notification(self, text: str | re.Pattern[str], button: str, *, works: Callable[[], bool]) -> None:
        """A button of a notification; buttons that are only shown on hover, too. Until it ``works``, which may take a
        while to say so: a toast whose text becomes longer is drawn anew, and a click in that moment is lost."""
        toast = self.notification(text)
        toast.wait_for()
        wanted = toast.locator(".monaco-button", has_text=button).first
        pressed = False
        for _ in range(8):
            with suppress(PageError):
                toast.hover(timeout=TRY)
                wanted.click(timeout=TRY)
                pressed = True
            # Also where the toast is gone: what came of it may have come late.
            if pressed and works():
                return
        raise AssertionError(f"{button!r} cannot be pressed in {text!r}, or nothing comes of it")

    def status(self, text: str) -> Locator:
        return self.page.locator(".statusbar-item", has_text=text).first

    # Debugging

    def set_breakpoint(self, line: int) -> None:
        """Where the cursor goes. The command is offered once the extension is known that brings the language's
        breakpoints; its key means nothing before that."""
        self.go_to(line)
        mark = self.page.locator(f"{EDITOR} .codicon-debug-breakpoint").first
        for _ in range(10):
            self.command("Debug: Toggle Breakpoint")
            try:
                mark.wait_for(timeout=TRY)
                return
            except PageError:
                continue
        raise AssertionError(f"no breakpoint can be set in line {line}")

    def stopped(self) -> None:
        """Until a session stops at a line."""
        self._stopped().wait_for()

    def is_stopped(self) -> bool:
        """Now."""
        return self._stopped().is_visible()

    def _stopped(self) -> Locator:
        return self.page.locator(".codicon-debug-stackframe, .debug-top-stack-frame-column").first

    def toolbar(self) -> Locator:
        """Of debugging; there as long as a session is."""
        return self.page.locator(".debug-toolbar")

    def step(self, title: str) -> None:
        """Press a button of the toolbar by how its title begins: Continue, Stop, …"""
        self.toolbar().locator(f'a[aria-label^="{title}"]').first.click()

    def evaluate(self, expression: str) -> None:
        """In the debug console."""
        self.page.locator(".repl-input-wrapper .monaco-editor").first.click()
        self.page.keyboard.type(expression)
        self.page.keyboard.press("Enter")

    def said_in_console(self, text: str) -> Locator:
        return self.page.locator(".repl .monaco-list-row", has_text=text).first

    def value_of(self, name: str) -> str:
        """Of a variable, whole: what the row has no room for stands in what is said of it."""
        row = self.variable(name)
        return f"{row.get_attribute('aria-label')} {row.inner_text()}"

    def variable(self, text: str) -> Locator:
        """A row of the variables; opens the scope of locals when it is folded."""
        scope = self.page.locator(".debug-variables .monaco-list-row", has_text="Locals").first
        scope.wait_for()
        row = self.page.locator(".debug-variables .monaco-list-row", has_text=text).first
        for _ in range(8):
            # It is opened by the editor itself a moment after it is shown: a click then would fold it.
            try:
                row.wait_for(timeout=TRY)
                break
            except PageError:
                if scope.get_attribute("aria-expanded") == "false":
                    scope.click()
        return row
