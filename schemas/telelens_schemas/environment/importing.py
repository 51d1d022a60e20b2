"""Which of a container's variables reach a program on the workstation, and how they join its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping

EXCLUDED_NAMES = frozenset({"PATH", "HOME", "HOSTNAME", "PWD", "OLDPWD", "SHELL", "SHLVL", "TERM", "PYTHONHOME", "_"})
"""They describe the place where a program runs, not the program: the container's would break it here."""
EXCLUDED_PREFIXES = ("LD_", "DYLD_")
"""The dynamic linker's: they name libraries that are only in the container."""
APPENDED_NAMES = frozenset({"PYTHONPATH"})
"""Lists of folders: the container's come after the workstation's own."""


def is_excluded(name: str, *, also: Collection[str] = ()) -> bool:
    """Whether the variable is never imported; ``also`` is the user's own list."""
    return name in EXCLUDED_NAMES or name.startswith(EXCLUDED_PREFIXES) or name in also


def importable(environment: Mapping[str, str], *, also_excluded: Collection[str] = ()) -> dict[str, str]:
    """The part of a container's environment that may be imported."""
    return {name: value for name, value in environment.items() if not is_excluded(name, also=also_excluded)}


def merge(
    own: Mapping[str, str], imported: Mapping[str, str], *, also_excluded: Collection[str] = ()
) -> dict[str, str]:
    """The environment of a program here: its ``own``, over it what may be imported."""
    merged = dict(own)
    for name, value in importable(imported, also_excluded=also_excluded).items():
        if name in APPENDED_NAMES and merged.get(name):
            merged[name] = ":".join(part for part in (merged[name], value) if part)
        else:
            merged[name] = value
    return merged
