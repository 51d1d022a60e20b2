"""The open documents that are our business, each with one index that every feature reads."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pygls.protocol import LanguageServerProtocol
from telelens_schemas.specification import Reading, read_specification
from telelens_schemas.specification.templates import find_actions, mask

from telelens_server.index import Index
from telelens_server.manifests import Workload, find_workloads
from telelens_server.rows import Rows, reading_rows
from telelens_server.steps import Steps, at_once
from telelens_server.text import EditorText, split_lines

if TYPE_CHECKING:
    from telelens_schemas.templates import Template

_SPECIFICATION_NAME = re.compile(r".*\.ispec\.ya?ml")
_YAML_NAME = re.compile(r".*\.ya?ml")
_LANGUAGES = frozenset({"yaml", "intercept-specification", "helm", "dockercompose", "kubernetes"})
_KIND = re.compile(r"^\ufeff?([\"']?)kind\1[ \t]*:[ \t]*[\"']?InterceptSpecification\b", re.MULTILINE)
_ROOT_KEY = re.compile(r"^\ufeff?([\"']?)(kind|workloads|handlers)\1[ \t]*:|^(---)(?!\S)", re.MULTILINE)
_STRIDE = 10_000


class Document:
    """One document and what is known of it; worked out when first asked for after a change."""

    def __init__(self, text: EditorText) -> None:
        self.text = text
        self._reading: Reading | None = None
        self._read: str | None = None
        self._index: Index | None = None
        self._rows: tuple[str, Rows] | None = None
        self._template: Template | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return PurePosixPath(self.text.path).name

    @property
    def is_specification(self) -> bool:
        """Whether it is, or holds, an InterceptSpecification."""
        source = self.text.source
        return (
            _SPECIFICATION_NAME.fullmatch(self.name) is not None
            or self.text.language_id == "intercept-specification"
            # Looking for words first makes the answer for everybody else's documents quick.
            or ("InterceptSpecification" in source and _KIND.search(source) is not None)
            or ("handlers" in source and "workloads" in source and _has_file_form(source))
        )

    @property
    def reading(self) -> Reading:
        """The specification as it stands now."""
        if self._reading is None or self._read is not self.text.source:
            self._read = self.text.source
            self._reading = read_specification(self._read, self.name, self._reading)
        return self._reading

    @property
    def unread(self) -> int:
        """About how many characters the next reading has to read anew."""
        source = self.text.source
        if self._reading is None or self._read is None:
            return len(source)
        return _changed(self._read, source) if self._read is not source else 0

    async def read_aside(self) -> None:
        """Reads what stands there now, in a thread. Until then there is no earlier reading to begin from."""
        source, earlier, self._reading = self.text.source, self._reading, None
        self._reading = await asyncio.to_thread(read_specification, source, self.name, earlier)
        self._read = source

    @property
    def index(self) -> Index:
        """What stands where in it now."""
        reading = self.reading
        if self._index is None or self._index.reading is not reading:
            self._index = Index(reading, self._index)
        return self._index

    @property
    def rows(self) -> Rows:
        """What each of its lines is."""
        return at_once(self.reading_rows())

    def reading_rows(self) -> Steps[Rows]:
        """The same in steps: a large document's lines take their time when they are looked at first."""
        source = self.text.source
        if self._rows is None or self._rows[0] is not source:
            actions = find_actions(source)
            lines = split_lines(mask(source, actions) if actions else source)
            rows = yield from reading_rows(lines, self._rows[1] if self._rows is not None else None)
            self._rows = source, rows
        return self._rows[1]

    @property
    def is_templated(self) -> bool:
        """Whether it holds an action of a template."""
        return "{{" in self.text.source

    @property
    def template(self) -> Template | None:
        """What it is as a template; ``None`` where it holds no action."""
        if not self.is_templated:
            return None
        if self.known_template is None:
            # Most specifications hold no template: only one that does waits for the import.
            from telelens_schemas.templates import parse

            self._template = parse(self.text.source)
        return self._template

    @property
    def known_template(self) -> Template | None:
        """The same where it is known; nothing is parsed for it."""
        template = self._template
        return template if template is not None and template.text is self.text.source else None

    def adopt(self, template: Template) -> None:
        """Somebody else has parsed it, maybe an older text's."""
        if self.known_template is None and template.text is self.text.source:
            self._template = template

    @property
    def manifests(self) -> list[Workload]:
        """The workloads whose manifests stand in it."""
        return find_workloads(self.text.source)


def _has_file_form(source: str) -> bool:
    """Whether one of the documents has both keys at its root, and is no object of Kubernetes, which may have them
    for something else."""
    seen: set[str] = set()
    for found in _ROOT_KEY.finditer(source):
        if found[3]:
            if seen == {"workloads", "handlers"}:
                return True
            seen.clear()
        else:
            seen.add(found[2])
    return seen == {"workloads", "handlers"}


class Documents:
    """The documents of one editor."""

    def __init__(self, protocol: LanguageServerProtocol) -> None:
        self._protocol = protocol
        self._documents: dict[str, Document] = {}
        self._on_close: list[Callable[[], None]] = []

    def on_close(self, listener: Callable[[], None]) -> None:
        """Call it whenever a document was closed."""
        self._on_close.append(listener)

    def get(self, uri: str) -> Document | None:
        """The open YAML document; ``None`` for everything else."""
        text = self._protocol.workspace.text_documents.get(unquote(uri))
        if not isinstance(text, EditorText) or not _is_yaml(text):
            self._documents.pop(uri, None)
            return None
        known = self._documents.get(uri)
        if known is None or known.text is not text:
            self._documents[uri] = known = Document(text)
        return known

    def opened(self) -> list[Document]:
        """Those that were asked for and are open still."""
        return list(self._documents.values())

    def specification(self, uri: str) -> Document | None:
        """The document if it is, or holds, a specification."""
        document = self.get(uri)
        return document if document is not None and document.is_specification else None

    def forget(self, uri: str) -> None:
        """It was closed."""
        self._documents.pop(uri, None)
        for listener in self._on_close:
            listener()


def _changed(earlier: str, source: str) -> int:
    """How long the stretch is that two texts do not share, found in strides: none too short."""
    shorter = min(len(earlier), len(source))
    same = 0
    while same + _STRIDE <= shorter and earlier.startswith(source[same : same + _STRIDE], same):
        same += _STRIDE
    left = shorter - same
    behind = 0
    while behind + _STRIDE <= left:
        end = len(source) - behind
        if not earlier.endswith(source[end - _STRIDE : end], 0, len(earlier) - behind):
            break
        behind += _STRIDE
    return len(source) - same - behind


def _is_yaml(text: EditorText) -> bool:
    return text.language_id in _LANGUAGES or _YAML_NAME.fullmatch(PurePosixPath(text.path).name) is not None
