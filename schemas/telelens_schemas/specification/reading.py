"""Text of a file → its specifications and everything that is wrong with it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import PurePath

from telelens_schemas.specification.checks import check
from telelens_schemas.specification.language import SPECIFICATION
from telelens_schemas.specification.models import Specification
from telelens_schemas.specification.nodes import Entries, Node, Scalar
from telelens_schemas.specification.parser import Document, parse
from telelens_schemas.specification.problems import Code, Problem, Severity
from telelens_schemas.specification.reader import IndexEntry, Reader
from telelens_schemas.specification.source import SourceText
from telelens_schemas.suggestions import closest, did_you_mean

KIND = "InterceptSpecification"
GROUP = "getambassador.io"
VERSION = "v1alpha4"
_DEPRECATED_SAME_FORM = "v1alpha2"
_DEPRECATED_OTHER_FORM = "v1alpha1"
_ENVELOPE = ("apiVersion", "kind", "metadata", "spec", "status")
_ENDINGS = (".yaml", ".yml", ".ispec")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds. With errors among the problems nothing may be run; the specifications are then as much
    as could be read. ``index`` has every known key in the order of reading."""

    specifications: tuple[Specification, ...]
    problems: tuple[Problem, ...]
    index: tuple[IndexEntry, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from running."""
        return tuple(problem for problem in self.problems if problem.is_error)


def read_specification(text: str, file: str) -> Reading:
    """Reads a specification file. ``file`` names it in problems and, where nothing else does, the specification.

    Never raises: whatever is wrong with the text is among the problems, in the order of the text. Kubernetes
    objects of other kinds are skipped.
    """
    # A lone surrogate cannot be handed to the parser; U+FFFF is refused there with its place.
    source = SourceText(
        "".join("\uffff" if "\ud800" <= one <= "\udfff" else one for one in text.removeprefix("\ufeff"))
    )
    reader = Reader(file, source)
    documents = list(parse(source))
    found = [one for one in (_read_document(document, reader) for document in documents) if one is not None]
    if not found and not any(problem.is_error for problem in reader.problems):
        reader.add(
            Code.NO_SPECIFICATION,
            f"there is no {KIND} in this file" if documents else "the file is empty",
            source.range(0, 0),
            "$",
        )
    problems = sorted(reader.problems, key=lambda problem: (problem.range, problem.path))
    return Reading(tuple(found), tuple(problems), tuple(reader.index))


def _read_document(document: Document, reader: Reader) -> Specification | None:
    if document.broken is not None:
        broken = document.broken
        reader.add(broken.code, broken.message, reader.source.range(broken.start, broken.end), "$")
        return None
    root = document.root
    if root is None or (isinstance(root, Scalar) and root.plain and not root.value):
        return None
    if not isinstance(root, Entries):
        reader.add(Code.NOT_A_SPECIFICATION, f"a specification is a mapping, this is {root.kind}", root, "$")
        return None
    envelope = {key.value: (key, value) for key, value in root.pairs if isinstance(key, Scalar)}
    if "kind" in envelope or "apiVersion" in envelope:
        return _read_object(root, envelope, document, reader)
    return _read_root(root, "$", _stem(reader.file), document, reader)


def _read_object(
    root: Entries, envelope: dict[str, tuple[Scalar, Node]], document: Document, reader: Reader
) -> Specification | None:
    """The CRD form."""
    kind = _text(envelope, "kind")
    group, _, version = _text(envelope, "apiVersion").rpartition("/")
    if kind != KIND:
        if group == GROUP and closest(kind, [KIND]) and "kind" in envelope:
            where = envelope["kind"][1]
            reader.add(Code.BAD_VALUE, f'unknown kind "{kind}": {did_you_mean(kind, [KIND])}', where, "$.kind")
        return None
    if not _is_known_version(group, version, envelope, reader):
        return None
    for key, _ in root.pairs:
        if isinstance(key, Scalar) and not key.templated and key.value not in _ENVELOPE:
            message = f'unknown key "{key.value}": {_misplaced(key.value)}'
            reader.add(Code.UNKNOWN_KEY, message, key, f"$.{key.value}")
    if "spec" not in envelope:
        reader.add(Code.MISSING_KEY, f'the {KIND} has no "spec"', envelope["kind"][0], "$")
        return None
    metadata = envelope["metadata"][1] if "metadata" in envelope else None
    name = next(
        (
            value.value
            for key, value in (metadata.pairs if isinstance(metadata, Entries) else ())
            if isinstance(key, Scalar) and key.value == "name" and isinstance(value, Scalar) and not value.templated
        ),
        "",
    )
    spec = envelope["spec"][1]
    return _read_root(spec, "$.spec", name or _stem(reader.file), document, reader)


def _is_known_version(group: str, version: str, envelope: dict[str, tuple[Scalar, Node]], reader: Reader) -> bool:
    where = envelope["apiVersion"][1] if "apiVersion" in envelope else envelope["kind"][0]
    written = f"{group}/{version}" if group else version
    if group == GROUP and version == VERSION:
        return True
    if group == GROUP and version == _DEPRECATED_SAME_FORM:
        message = f"{written} is deprecated: write {GROUP}/{VERSION}"
        reader.add(Code.DEPRECATED, message, where, "$.apiVersion", severity=Severity.WARNING)
        return True
    if group == GROUP and version == _DEPRECATED_OTHER_FORM:
        message = f"{written} is not supported by this version of Telelens yet: write {GROUP}/{VERSION}"
        reader.add(Code.NOT_SUPPORTED_YET, message, where, "$.apiVersion")
    else:
        said = f'unknown version "{written}"' if written else 'there is no "apiVersion"'
        reader.add(Code.UNKNOWN_VERSION, f"{said}: expected {GROUP}/{VERSION}", where, "$.apiVersion")
    return False


def _misplaced(key: str) -> str:
    return 'it belongs under "spec"' if key in SPECIFICATION.by_name else did_you_mean(key, _ENVELOPE)


def _read_root(node: Node, path: str, name: str, document: Document, reader: Reader) -> Specification | None:
    _add_document_problems(document, reader)
    if isinstance(node, Scalar) and node.plain and not node.value:
        node = Entries(node.start, node.end, ())
    specification: Specification | None = reader.read(SPECIFICATION, node, path)
    if specification is None:
        return None
    if not specification.name:
        specification = dataclasses.replace(specification, name=name)
    check(specification, reader)
    return specification


def _add_document_problems(document: Document, reader: Reader) -> None:
    for action in document.actions:
        reader.add(
            Code.NOT_SUPPORTED_YET,
            "templates ({{ }}) are not supported by this version of Telelens yet",
            reader.source.range(action.start, action.end),
            "$",
        )
    for alias in document.undefined_aliases:
        written = reader.source.text[alias.start : alias.end]
        reader.add(Code.UNDEFINED_ALIAS, f'"{written}" is not defined above', alias, "$")


def _text(envelope: dict[str, tuple[Scalar, Node]], key: str) -> str:
    found = envelope.get(key)
    return found[1].value if found is not None and isinstance(found[1], Scalar) else ""


def _stem(file: str) -> str:
    name = PurePath(file).name
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name or "specification"
