"""Where the sources are and where finished layers are kept."""

import os
import tomllib
from pathlib import Path

IMAGES = Path(__file__).resolve().parent.parent
REPOSITORY = IMAGES.parent.parent
INSTALLED = "/opt/telelens"
"""Where our programs and what they need lie in an image."""

USER = "7777:7777"
"""Who runs in an image; the redirect's rules know the agent by this group."""


def cache_folder() -> Path:
    """Layers and images built before; a relative XDG_CACHE_HOME is ignored, as its specification asks."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(given) if os.path.isabs(given) else Path.home() / ".cache"
    return base / "telelens" / "layers"


def version() -> str:
    """The project's version, which is the images' tag."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    return str(project["version"])
