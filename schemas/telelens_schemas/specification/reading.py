"""Text of a file → its specifications and everything that is wrong with it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from telelens_schemas.specification.checks import check
from telelens_schemas.specification.checks.twice import Names, check_own_name
from telelens_schemas.specification.dashes import BLANK_EXPECTED, stuck_dash
from telelens_schemas.specification.fragments import BrokenFix, Fragment
from telelens_schemas.specification.indenting import holders
from telelens_schemas.specification.language import (
    CRD_FORMS,
    GROUP,
    KIND,
    METADATA,
    SPECIFICATION,
    VERSION,
    VERSIONS,
    Version,
)
from telelens_schemas.specification.margins import Margins
from telelens_schemas.specification.mending import Fault, mend
from telelens_schemas.specification.models import Metadata, Specification
from telelens_schemas.specification.nodes import Entries, Kind, Node, Scalar
from telelens_schemas.specification.parser import INDENT_BY_SPACES, KEY_EXPECTED
from telelens_schemas.specification.parts import Finding, FoundKey, NamedFix, Part, Trail
from telelens_schemas.specification.problems import Code, Problem, Severity, Tag, said_once
from telelens_schemas.specification.reader import Reader
from telelens_schemas.specification.shapes import Struct
from telelens_schemas.specification.slips import Slip
from telelens_schemas.specification.source import Range
from telelens_schemas.specification.tree import Tree, parse
from telelens_schemas.suggestions import closest, did_you_mean, listing

_SURROGATE = re.compile("[\ud800-\udfff]")
_SAME_FORM = frozenset({"v1alpha2"})
"""Versions of which only the name has to be changed."""
_ENVELOPE = ("apiVersion", "kind", "metadata", "spec", "status")
_ENDINGS = (".yaml", ".yml", ".ispec")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds. With errors among the problems nothing may be run; the specifications are then as much
    as could be read."""

    specifications: tuple[Specification, ...]
    problems: tuple[Problem, ...]
    tree: Tree | None = field(default=None, compare=False, repr=False)
    parts: tuple[Part, ...] = field(default=(), compare=False, repr=False)
    """One for each document that is a specification."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from running."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def index(self) -> Iterator[FoundKey]:
        """Every known key."""
        return (key for root in self.parts for part in root.walk() for key in part.keys)


def read_specification(text: str, file: str, earlier: Reading | None = None) -> Reading:
    """Reads a specification file. ``file`` names it in problems and, where nothing else does, the specification.

    Never raises: whatever is wrong with the text is among the problems, in the order of the text. Kubernetes
    objects of other kinds are skipped. With the ``earlier`` reading of the same file, which must not be used any
    more then, only what has changed is read.
    """
    # A lone surrogate cannot be handed to the parser; U+FFFF is refused there with its place.
    clean = text if text.isascii() else _SURROGATE.sub("\uffff", text.removeprefix("\ufeff"))
    tree = parse(clean, earlier.tree if earlier is not None else None)
    specifications, parts, findings = [], [], []
    documents, names = [], Names()
    for written in tree.documents:
        read = _read_document(written, file)
        documents.append(read.document)
        if read.found is not None:
            check_own_name(read.found, names, read.reader)
            specifications.append(read.found)
            parts.append(read.reader.part)
        findings += read.findings
    tree = dataclasses.replace(tree, documents=tuple(documents))
    if not specifications and not any(finding.severity is Severity.ERROR for finding in findings):
        message = f"there is no {KIND} in this file" if tree.documents else "the file is empty"
        where = tree.whole.range(0, 0)
        findings.append(_finding(Code.NO_SPECIFICATION, message, where, Trail(Part(tree.whole))))
    problems = said_once(finding.problem(file) for finding in findings)
    return Reading(tuple(specifications), problems, tree, tuple(parts))


def _finding(code: Code, message: str, where: Range, trail: Trail) -> Finding:
    return Finding(trail=trail, where=where, severity=Severity.ERROR, code=code, message=message)


@dataclass(frozen=True, slots=True)
class _Read:
    """One document, as it is or as it was meant."""

    document: Fragment
    reader: Reader
    found: Specification | None

    @property
    def findings(self) -> list[Finding]:
        """Those that are noted by now."""
        return [finding for part in self.reader.part.walk() for finding in part.findings]

    @property
    def faults(self) -> list[Fault] | None:
        """Its errors; ``None``: nobody looked for any, since it is no specification."""
        findings, above = self.findings, self.document.first_line + 1
        if self.found is None and not findings:
            return None
        errors = (one for one in findings if one.severity is Severity.ERROR)
        return [Fault(one.where.range.line - above, _elsewhere(one)) for one in errors]


def _read_document(document: Fragment, file: str) -> _Read:
    read = as_written = _read_yaml(document, file)

    def judge(attempt: Fragment) -> list[Fault] | None:
        return (as_written if attempt is document else _read_yaml(attempt, file)).faults

    mended = mend(document, judge)
    if mended is not None:
        read = _read_yaml(mended.document, file)
        for slip in mended.slips:
            _add_slip(slip, read)
    _add_broken(read)
    return read


def _elsewhere(finding: Finding) -> str | None:
    """An unknown key for which nothing better can be done than to move it."""
    if finding.code is not Code.UNKNOWN_KEY or finding.fixes or finding.replacement is not None:
        return None
    return finding.where.value if isinstance(finding.where, Scalar) else None


def _read_yaml(document: Fragment, file: str) -> _Read:
    reader = Reader(document)
    return _Read(document, reader, _read_whole(document, reader, file))


def _add_slip(slip: Slip, read: _Read) -> None:
    above, where = read.document.first_line, slip.where
    edits = tuple(
        (Range(above + line + 1, edit.start + 1, above + line + 1, edit.start + 1 + len(edit.old)), edit.new)
        for line, edit in slip.edits.items()
    )
    place = Range(above + where.line, where.column, above + where.line, where.end_column)
    read.reader.add(slip.code, slip.message, place, Trail(read.reader.part), fixes=((slip.title, edits),))


def _add_broken(read: _Read) -> None:
    document, reader = read.document, read.reader
    trail, margins = Trail(reader.part), Margins(document, reader.part)
    for one in document.troubled:
        if one.broken is not None:
            broken = one.broken
            dash = stuck_dash(document, one, broken.start) if broken.message == KEY_EXPECTED else None
            if dash is not None:
                fix = ("Put a blank after the dash", ((document.exact_range(dash, dash), " "),))
                reader.add(broken.code, BLANK_EXPECTED, document.range(dash - 1, dash), trail, fixes=(fix,))
                continue
            reader.add(
                broken.code,
                broken.message,
                one.range(broken.start, broken.end),
                trail,
                fixes=(_named(one, margins, broken.fix),) if broken.fix is not None else (),
                choices=tuple(_named(one, margins, choice) for choice in broken.choices),
            )


def _named(broken: Fragment, margins: Margins, fix: BrokenFix) -> NamedFix:
    title, start, end, text = fix
    if title == INDENT_BY_SPACES:
        text = " " * margins.of(broken, start, end)
    return title, ((broken.exact_range(start, end), text),)


def _read_whole(document: Fragment, reader: Reader, file: str) -> Specification | None:
    trail = Trail(reader.part)
    root = document.root
    if root is None or (isinstance(root, Scalar) and root.plain and not root.value):
        return None
    if not isinstance(root, Entries):
        reader.add(Code.NOT_A_SPECIFICATION, f"a specification is a mapping, this is {root.kind}", root, trail)
        return None
    envelope = {key.value: (key, value) for key, value in root.pairs if isinstance(key, Scalar)}
    if "kind" in envelope or "apiVersion" in envelope:
        return _read_object(root, envelope, document, reader, file)
    return _read_root(root, trail, _stem(file), document, reader, SPECIFICATION)


def _read_object(
    root: Entries, envelope: dict[str, tuple[Scalar, Node]], document: Fragment, reader: Reader, file: str
) -> Specification | None:
    """The CRD form."""
    trail = Trail(reader.part)
    kind = _text(envelope, "kind")
    group, _, version = _text(envelope, "apiVersion").rpartition("/")
    if kind != KIND:
        if group == GROUP and closest(kind, [KIND]) and "kind" in envelope:
            where = envelope["kind"][1]
            message = f'unknown kind "{kind}": {did_you_mean(kind, [KIND])}'
            reader.add(Code.BAD_VALUE, message, where, trail.to(".kind"), replacement=KIND)
        return None
    found = _version(group, version, envelope, reader)
    if found is None:
        return None
    form = CRD_FORMS[found.name]
    held = holders(root, {**dict.fromkeys(_ENVELOPE), **{name: key.shape for name, key in form.by_name.items()}})
    for key, _ in root.pairs:
        if isinstance(key, Scalar) and not key.templated and key.value not in _ENVELOPE:
            below = held[id(key)].name if id(key) in held else None
            message = f'unknown key "{key.value}": {_misplaced(key.value, below)}'
            near = closest(key.value, _ENVELOPE) if key.value not in SPECIFICATION.by_name else None
            fixes = held[id(key)].fixes(root) if id(key) in held else ()
            reader.add(Code.UNKNOWN_KEY, message, key, trail.to(f".{key.value}"), replacement=near, fixes=fixes)
    if "spec" not in envelope:
        reader.add(Code.MISSING_KEY, f'the {KIND} has no "spec"', envelope["kind"][0], trail)
        return None
    for name, about in form.by_name.items():
        if name in envelope:
            reader.part.keys.append(FoundKey(trail.to(f".{name}"), *envelope[name], about))
    is_indented = all(one.name != "metadata" for one in held.values())
    metadata = _read_metadata(envelope, form, reader) if is_indented else None
    name = (metadata.name if metadata is not None else "") or _stem(file)
    specification = _read_root(envelope["spec"][1], trail.to(".spec"), name, document, reader, found.specification)
    return dataclasses.replace(specification, metadata=metadata) if specification is not None else None


def _read_metadata(envelope: dict[str, tuple[Scalar, Node]], form: Struct, reader: Reader) -> Metadata | None:
    if "metadata" not in envelope:
        return None
    key, node = envelope["metadata"]
    trail = Trail(reader.part, ".metadata")
    reader.check_empty(form.by_name["metadata"], key, node, trail)
    metadata: Metadata | None = reader.read(METADATA, node, trail)
    return metadata


def _version(group: str, version: str, envelope: dict[str, tuple[Scalar, Node]], reader: Reader) -> Version | None:
    where = envelope["apiVersion"][1] if "apiVersion" in envelope else envelope["kind"][0]
    trail = Trail(reader.part, ".apiVersion")
    current = f"{GROUP}/{VERSION}"
    known = VERSIONS.get(version) if group == GROUP else None
    if known is None:
        written = f"{group}/{version}" if group else version
        said = f'unknown version "{written}"' if written else 'there is no "apiVersion"'
        near = current if written else None
        older = listing(name for name in VERSIONS if name != VERSION)
        message = f"{said}: expected {current} ({older} are read, too)"
        reader.add(Code.UNKNOWN_VERSION, message, where, trail, replacement=near)
    elif not known.is_current:
        is_same = version in _SAME_FORM
        hint = f"write {current}" if is_same else f"{current} has lists where it has mappings"
        reader.add(
            Code.DEPRECATED,
            f"{known.api_version} is deprecated: {hint}",
            where,
            trail,
            severity=Severity.WARNING,
            replacement=current if is_same else None,
            tags=(Tag.DEPRECATED,),
        )
    return known


def _misplaced(key: str, below: str | None) -> str:
    if below is not None:
        return f'it belongs under "{below}"'
    return 'it belongs under "spec"' if key in SPECIFICATION.by_name else did_you_mean(key, _ENVELOPE)


def _read_root(
    node: Node, trail: Trail, name: str, document: Fragment, reader: Reader, shape: Struct
) -> Specification | None:
    _add_document_problems(document, reader)
    if isinstance(node, Scalar) and node.kind is Kind.NOTHING and not node.templated:
        node = Entries(node.home, node.start, node.end, ())
    specification: Specification | None = reader.read(shape, node, trail)
    if specification is None:
        return None
    if not specification.name:
        specification = dataclasses.replace(specification, name=name)
    is_whole = not document.reworded and all(one.broken is None for one in document.troubled)
    check(specification, reader, is_whole=is_whole)
    return specification


def _add_document_problems(document: Fragment, reader: Reader) -> None:
    trail = Trail(reader.part)
    for one in document.troubled:
        for alias in one.undefined:
            written = one.text[alias.start : alias.end]
            above = [f"*{name}" for name, node in document.anchors.items() if node.range < alias.range]
            known = did_you_mean(written, above)
            message = f'"{written}" is not defined above{f": {known}" if known else ""}'
            reader.add(Code.UNDEFINED_ALIAS, message, alias, trail, replacement=closest(written, above))


def _text(envelope: dict[str, tuple[Scalar, Node]], key: str) -> str:
    found = envelope.get(key)
    return found[1].value if found is not None and isinstance(found[1], Scalar) else ""


def _stem(file: str) -> str:
    name = PurePath(file).name
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name or "specification"
