"""Debian's chromium, where the editor is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

from realeditor.installation import Installation

SIZE = {"width": 1280, "height": 800}
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def browser(playwright: Playwright, folder: Path, *, prefix: Sequence[str]) -> Iterator[BrowserContext]:
    """`prefix` runs it elsewhere, in another network namespace say."""
    program = folder / "chromium"
    program.write_text(f'#!/bin/sh\nexec {" ".join(prefix)} {Installation.chromium()} "$@"\n')
    program.chmod(0o755)
    context = playwright.chromium.launch_persistent_context(
        folder / "profile",
        executable_path=program,
        headless=True,
        viewport={"width": SIZE["width"], "height": SIZE["height"]},
        args=list(ARGUMENTS),
        chromium_sandbox=False,
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    # The server would compress the whole workbench for each window: a second of a processor, between two neighbours.
    context.set_extra_http_headers({"Accept-Encoding": "identity"})
    try:
        yield context
    finally:
        context.close()
