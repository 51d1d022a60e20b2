"""Paths that somebody wrote, as seen from any folder."""

from __future__ import annotations

import os


def absolute(path: str, folder: str = "") -> str:
    """As seen from ``folder``, by default the process's own; empty stays empty."""
    return os.path.abspath(os.path.join(folder, os.path.expanduser(path))) if path else ""


def absolute_list(paths: str, folder: str = "") -> str:
    """The same of a list as KUBECONFIG is one; empty items are none."""
    return os.pathsep.join(absolute(path, folder) for path in paths.split(os.pathsep) if path)
