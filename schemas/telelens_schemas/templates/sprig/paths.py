"""Paths with slashes, as Go's ``path`` reads them; the functions for files do the same, as on Linux."""

from __future__ import annotations

from telelens_schemas.templates.functions import Calling, Family

PATHS = Family()
function = PATHS.function


@function("base", "path string", "string", "The last part of a path.")
def base(calling: Calling, path: str) -> str:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@function("dir", "path string", "string", "All but the last part of a path, cleaned.")
def directory(calling: Calling, path: str) -> str:
    calling.budget.step(len(path) // 8)
    return cleaned(path[: path.rfind("/") + 1])


@function("clean", "path string", "string", "The shortest path that means the same.")
def clean(calling: Calling, path: str) -> str:
    calling.budget.step(len(path) // 8)
    return cleaned(path)


@function("ext", "path string", "string", "The extension of a path, with its dot.")
def ext(calling: Calling, path: str) -> str:
    last = path.rpartition("/")[2]
    return last[last.rfind(".") :] if "." in last else ""


@function("isAbs", "path string", "bool", "Whether the path begins at the root.")
def is_abs(calling: Calling, path: str) -> bool:
    return path.startswith("/")


def cleaned(path: str) -> str:
    """Without empty parts and dots, and without names that ``..`` takes back."""
    rooted = path.startswith("/")
    kept: list[str] = []
    for part in path.split("/"):
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part not in ("", ".") and not (part == ".." and rooted):
            kept.append(part)
    return "/" * rooted + "/".join(kept) or "."


for _name in ("base", "dir", "clean", "ext", "isAbs"):
    PATHS.alias(f"os{_name[0].upper()}{_name[1:]}", _name)
