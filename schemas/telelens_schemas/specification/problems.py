"""What is wrong with a specification, where, and under which code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from telelens_schemas.specification.source import Range


class Severity(StrEnum):
    """As in the language server protocol."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


class Tag(StrEnum):
    """How an editor shows a stretch beyond underlining it: faded, or struck through."""

    UNUSED = "unused"
    DEPRECATED = "deprecated"


class Code(StrEnum):
    """Stable names of everything that can be wrong."""

    YAML_SYNTAX = "yaml-syntax"
    TAB = "tab-indentation"
    INVALID_CHARACTER = "invalid-character"
    UNDEFINED_ALIAS = "undefined-alias"
    TOO_LARGE = "too-large"
    NO_SPECIFICATION = "no-specification"
    NOT_A_SPECIFICATION = "not-a-specification"
    UNKNOWN_VERSION = "unknown-version"
    DEPRECATED = "deprecated"
    NOT_SUPPORTED_YET = "not-supported-yet"
    UNKNOWN_KEY = "unknown-key"
    DUPLICATE_KEY = "duplicate-key"
    MISSING_KEY = "missing-key"
    WRONG_TYPE = "wrong-type"
    BAD_VALUE = "bad-value"
    EXCLUSIVE_KEYS = "exclusive-keys"
    DUPLICATE_NAME = "duplicate-name"
    UNDEFINED_HANDLER = "undefined-handler"
    UNUSED_HANDLER = "unused-handler"
    UNDEFINED_CONNECTION = "undefined-connection"
    UNDEFINED_PREREQUISITE = "undefined-prerequisite"
    UNDEFINED_COMPOSE_SERVICE = "undefined-compose-service"
    DEBUG_WITHOUT_SCRIPT = "debug-without-script"
    SUPERFLUOUS_PREFIX = "superfluous-prefix"
    MISSING_PREFIX = "missing-prefix"
    HANDLER_NOT_ISOLATED = "handler-not-isolated"
    BAD_TEMPLATE = "bad-template"
    TYPOGRAPHIC_QUOTE = "typographic-quote"
    UNKNOWN_FUNCTION = "unknown-function"
    UNKNOWN_FIELD = "unknown-field"
    UNSET_VARIABLE = "unset-variable"
    TEMPLATED_REFERENCE = "templated-reference"
    GLOBAL_WITH_FILTERS = "global-with-filters"
    SAME_TRAFFIC = "same-traffic"
    SAME_LOCAL_PORT = "same-local-port"
    NOTHING_TO_INTERCEPT = "nothing-to-intercept"
    UNKNOWN_CONTEXT = "unknown-context"
    UNKNOWN_NAMESPACE = "unknown-namespace"
    UNKNOWN_WORKLOAD = "unknown-workload"
    UNKNOWN_SERVICE = "unknown-service"
    UNKNOWN_PORT = "unknown-port"
    UNKNOWN_CONTAINER = "unknown-container"
    PORT_NOT_SERVED = "port-not-served"


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a problem: where the name was first given, the key that clashes."""

    range: Range
    message: str
    file: str = ""
    """Empty: the one that the problem is in."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """What to write instead: the fix that the message names."""

    range: Range
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to make a problem go away: all of its edits together."""

    title: str
    edits: tuple[Replacement, ...]
    is_choice: bool = False
    """Whether it is what is wanted, only the user knows: nobody takes it without being asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem. Lines and columns are 1-based and count Unicode characters; the end is exclusive."""

    file: str
    range: Range
    severity: Severity
    code: Code
    message: str
    path: str = "$"
    """Of the key or value inside its document: ``$.workloads[0].intercepts[1].port``."""
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    """The best first."""
    tags: tuple[Tag, ...] = ()

    @property
    def replacement(self) -> Replacement | None:
        """What to write instead, where the best fix is that simple."""
        return self.fixes[0].edits[0] if self.fixes and len(self.fixes[0].edits) == 1 else None

    @property
    def is_error(self) -> bool:
        """Whether the specification cannot run because of it."""
        return self.severity is Severity.ERROR

    def to_object(self) -> dict[str, Any]:
        """The form of ``intercept validate --format json``."""
        return {
            "file": self.file,
            "line": self.range.line,
            "column": self.range.column,
            "endLine": self.range.end_line,
            "endColumn": self.range.end_column,
            "severity": self.severity.value,
            "code": self.code.value,
            "message": self.message,
        }

    def __str__(self) -> str:
        return f"{self.file}:{self.range.line}:{self.range.column}: {self.severity}: {self.message} [{self.code}]"


def said_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """In the order of the text. What several aliases lead to, or turns of a loop, is wrong once: where it stands."""
    found: dict[tuple[Range, Code, str], Problem] = {}
    for one in sorted(problems, key=lambda one: (one.range, one.path)):
        found.setdefault((one.range, one.code, one.message), one)
    return tuple(found.values())
