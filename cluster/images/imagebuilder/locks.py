"""Lock files of the images: the part of the project's lock that each image needs.

They are kept in the repository, since the Dockerfiles read them too; `--check` finds a stale one.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from imagebuilder.errors import BuildError
from imagebuilder.places import IMAGES, REPOSITORY

EXTRAS = {"agent": "agent", "manager": "cluster"}
"""Which extra of our distribution an image needs."""

HEADER = "# Made by `python -m imagebuilder lock` from requirements.lock; do not edit.\n"


def texts() -> dict[str, str]:
    """The lock file of each image, by its name.

    Raises BuildError when the project's lock lacks something an image needs.
    """
    pinned = _pinned()
    made = {}
    for image, extra in EXTRAS.items():
        names = sorted(_closure([Requirement(f"telelens[{extra}]")]))
        if lacking := [name for name in names if name not in pinned]:
            raise BuildError(f"requirements.lock lacks {', '.join(lacking)}: lock the dependencies anew")
        made[f"{image}.lock"] = HEADER + "".join(pinned[name] for name in names)
    return made


def write() -> None:
    for name, text in texts().items():
        (IMAGES / name).write_text(text)


def stale() -> list[str]:
    """The names of lock files that `write` would change."""
    return [
        name for name, text in texts().items() if not (IMAGES / name).exists() or (IMAGES / name).read_text() != text
    ]


def _pinned() -> dict[str, str]:
    """Each package's entry in the project's lock: its pin and its hashes."""
    text = (REPOSITORY / "requirements.lock").read_text()
    entries = re.findall(r"^(?:[A-Za-z0-9][^\n]*\\\n)(?:[ \t]+--hash[^\n]*\n?)+", text, re.MULTILINE)
    return {canonicalize_name(re.split(r"[=\[ ]", entry)[0]): entry for entry in entries}


def _closure(wanted: Iterable[Requirement]) -> set[str]:
    """All that these requirements need, by the metadata of what is installed here."""
    found: set[str] = set()
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = list(wanted)
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if (name, frozenset(requirement.extras)) in seen:
            continue
        seen.add((name, frozenset(requirement.extras)))
        if name != "telelens":
            found.add(name)
        todo += _needs(requirement)
    return found


def _needs(requirement: Requirement) -> Iterator[Requirement]:
    try:
        lines = requires(requirement.name) or []
    except PackageNotFoundError as missing:
        raise BuildError(f"{requirement.name} is not installed here: run `make setup`") from missing
    for line in lines:
        needed = Requirement(line)
        environments = [{"extra": extra} for extra in ("", *requirement.extras)]
        if needed.marker is None or any(needed.marker.evaluate(each) for each in environments):
            yield needed
