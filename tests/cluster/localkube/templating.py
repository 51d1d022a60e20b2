"""Fills the configuration files of `templates/`."""

from collections.abc import Mapping
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).with_name("templates")


def fill(template: str, values: Mapping[str, object]) -> str:
    """The template's text with each `$name` replaced; KeyError names a value that is missing."""
    return Template((TEMPLATES / template).read_text()).substitute(values)


def write(template: str, file: Path, values: Mapping[str, object]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(fill(template, values))
