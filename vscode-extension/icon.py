"""`python vscode-extension/icon.py`: draws images/icon.png from images/icon.svg, with the tests' chromium."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent / "images"
SIZE = 128
"""Pixels, each way: what an extension's icon must at least have."""


def main() -> None:
    """Write the file."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("icon: chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": SIZE, "height": SIZE})
        page.set_content(f"<style>body {{ margin: 0 }}</style>{(IMAGES / 'icon.svg').read_text()}")
        page.locator("svg").screenshot(path=IMAGES / "icon.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
