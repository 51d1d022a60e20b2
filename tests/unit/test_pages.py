"""The repository's pages show what they say they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGES = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("*/*.md")]


def images(page: Path) -> list[str]:
    return re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))


def test_there_are_images() -> None:
    assert len(images(REPOSITORY / "README.md")) > 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_images_are_there(page: Path) -> None:
    assert [image for image in images(page) if "://" not in image and not (page.parent / image).is_file()] == []
