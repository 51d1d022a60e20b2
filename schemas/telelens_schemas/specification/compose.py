"""Compose files: their services, and whether a specification speaks of these. Somebody else reads the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from telelens_schemas.specification.language.docker import COMPOSE_SPEC
from telelens_schemas.specification.models import (
    Compose,
    ComposeService,
    ComposeSpec,
    ComposeSpecService,
    Specification,
)
from telelens_schemas.specification.nodes import Entries
from telelens_schemas.specification.parts import Finding, Part, Trail
from telelens_schemas.specification.problems import Code, Problem, Severity
from telelens_schemas.specification.reader import Reader
from telelens_schemas.specification.source import Source
from telelens_schemas.specification.tree import parse
from telelens_schemas.suggestions import closest, did_you_mean

FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""What a folder is searched for, in this order."""


@dataclass(frozen=True, slots=True)
class ComposeReading:
    """A compose file. ``services`` is ``None`` where it cannot be read."""

    services: tuple[ComposeSpecService, ...] | None
    problems: tuple[Problem, ...]


def read_compose(text: str, file: str) -> ComposeReading:
    """The services of a compose file, and what is wrong with what is said there of us (``x-telepresence``)."""
    tree = parse(text.removeprefix("\ufeff"))
    if not tree.documents:
        return ComposeReading((), ())
    document = tree.documents[0]
    if any(one.broken is not None for one in document.troubled) or not isinstance(document.root, Entries):
        return ComposeReading(None, ())
    reader = Reader(document)
    read = reader.read(COMPOSE_SPEC, document.root, Trail(reader.part))
    found = read.services if isinstance(read, ComposeSpec) else ()
    findings = [finding for part in reader.part.walk() for finding in part.findings]
    problems = sorted({one.problem(file): None for one in findings}, key=lambda one: (one.range, one.path))
    return ComposeReading(found, tuple(problems))


def contexts(specification: Specification) -> tuple[str, ...]:
    """The compose files or folders that a specification names, as written; empty for the folder that it is run in."""
    return tuple(dict.fromkeys(compose.context or "" for compose in _from_files(specification)))


def check_compose(specification: Specification, texts: Mapping[str, str], file: str) -> list[Problem]:
    """What of the compose services is in none of the files; ``texts`` are by ``contexts``, unreadable ones left out."""
    read = {context: read_compose(text, context).services for context, text in texts.items()}
    problems = []
    for compose in _from_files(specification):
        known = read.get(compose.context or "")
        if known is not None:
            problems += [finding.problem(file) for finding in undefined_services(compose, known)]
    return problems


def undefined_services(compose: Compose, known: Iterable[ComposeSpecService]) -> list[Finding]:
    """Services that are spoken of and are not there."""
    names = [one.name for one in known]
    return [_undefined(one, names) for one in compose.services if one.name and one.name not in names]


def _undefined(service: ComposeService, names: list[str]) -> Finding:
    hint = did_you_mean(service.name, names) or "it has none"
    return Finding(
        trail=_trail(service.source).to(".name"),
        where=service.source.value_range("name"),
        severity=Severity.ERROR,
        code=Code.UNDEFINED_COMPOSE_SERVICE,
        message=f'the compose file has no service "{service.name}": {hint}',
        replacement=closest(service.name, names),
    )


def _from_files(specification: Specification) -> list[Compose]:
    found = [handler.docker.compose for handler in specification.handlers if handler.docker is not None]
    return [one for one in found if one is not None and one.spec is None and "spec" not in one.source.places]


def _trail(source: Source) -> Trail:
    return source.trail if isinstance(source.trail, Trail) else Trail(Part(parse("").whole))
