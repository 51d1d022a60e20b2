"""Compose files: their services, and whether a specification speaks of these. Somebody else reads the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from telelens_schemas.specification.checks.where import first_line
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
from telelens_schemas.specification.problems import Code, Problem, Related, Severity
from telelens_schemas.specification.reader import Reader
from telelens_schemas.specification.source import Range, Source
from telelens_schemas.specification.tree import parse
from telelens_schemas.suggestions import closest, did_you_mean

FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""What a folder is searched for, in this order."""


@dataclass(frozen=True, slots=True)
class ComposeReading:
    """A compose file. ``services`` is ``None`` where it cannot be read."""

    file: str
    services: tuple[ComposeSpecService, ...] | None
    problems: tuple[Problem, ...]


ComposeFiles = Mapping[str, ComposeReading]
"""By ``contexts``; those that cannot be read may be left out."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a compose file says of one of its services, and where a specification leads to that."""

    service: ComposeService
    name: str
    file: str
    where: Range
    path: str

    def told(self, problem: Problem, file: str) -> Problem:
        """A problem of the compose file as one of the specification."""
        return replace(
            problem,
            file=file,
            range=self.where,
            path=self.path,
            message=f'the compose service "{self.name}": {problem.message}',
            related=(Related(problem.range, "this is meant", self.file),),
            fixes=(),
        )


def read_compose(text: str, file: str) -> ComposeReading:
    """The services of a compose file, and what is wrong with what is said there of us (``x-telepresence``)."""
    tree = parse(text.removeprefix("\ufeff"))
    if not tree.documents:
        return ComposeReading(file, (), ())
    document = tree.documents[0]
    if any(one.broken is not None for one in document.troubled) or not isinstance(document.root, Entries):
        return ComposeReading(file, None, ())
    reader = Reader(document)
    read = reader.read(COMPOSE_SPEC, document.root, Trail(reader.part))
    found = read.services if isinstance(read, ComposeSpec) else ()
    findings = [finding for part in reader.part.walk() for finding in part.findings]
    problems = sorted({one.problem(file): None for one in findings}, key=lambda one: (one.range, one.path))
    return ComposeReading(file, found, tuple(problems))


def contexts(specification: Specification) -> tuple[str, ...]:
    """The compose files or folders that a specification names, as written; empty for the folder that it is run in."""
    return tuple(dict.fromkeys(compose.context or "" for compose in _from_files(specification)))


def check_compose(specification: Specification, files: ComposeFiles, file: str) -> list[Problem]:
    """What of the compose services is in none of the files."""
    return [
        finding.problem(file)
        for compose, one in _with_files(specification, files)
        for finding in undefined_services(compose, one.services or ())
    ]


def described_in(specification: Specification, files: ComposeFiles) -> Iterator[Described]:
    """What the files say of services that the specification itself does not map."""
    for compose, one in _with_files(specification, files):
        here = {service.name: service.source for service in compose.services}
        for service in one.services or ():
            source = here.get(service.name)
            if service.extension is None or (source is not None and "mapping" in source.places):
                continue
            owner, key = (source, "name") if source is not None else (compose.source, "context")
            where, path = first_line(owner.value_range(key)), _trail(owner).to(f".{key}").path
            yield Described(service.extension, service.name, one.file, where, path)


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


def _with_files(specification: Specification, files: ComposeFiles) -> Iterator[tuple[Compose, ComposeReading]]:
    for compose in _from_files(specification):
        file = files.get(compose.context or "")
        if file is not None and file.services is not None:
            yield compose, file


def _from_files(specification: Specification) -> list[Compose]:
    found = [handler.docker.compose for handler in specification.handlers if handler.docker is not None]
    return [one for one in found if one is not None and one.spec is None and "spec" not in one.source.places]


def _trail(source: Source) -> Trail:
    return source.trail if isinstance(source.trail, Trail) else Trail(Part(parse("").whole))
