"""Which versions a constraint allows: ``>=1.2 <2``, ``^1.4``, ``~1.2 || 2.x``, ``1.2 - 1.4``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from telelens_schemas.templates.functions import FunctionError
from telelens_schemas.templates.sprig.versions import IDENTIFIERS, Version, compare, compare_prereleases, parse_version

_PART: Final = r"[0-9|xX*]+"
_VERSION: Final = rf"v?({_PART})(\.{_PART})?(\.{_PART})?((?:-{IDENTIFIERS})?)((?:\+{IDENTIFIERS})?)"
_PLAIN_VERSION: Final = rf"v?{_PART}(?:\.{_PART})?(?:\.{_PART})?(?:-{IDENTIFIERS})?(?:\+{IDENTIFIERS})?"
_OPERATOR: Final = r"(?:!=|=>|=<|>=|<=|=|>|<|~>|~|\^|)"
_SPACE: Final = r"[\t\n\f\r ]"
_RANGE: Final = re.compile(rf"{_SPACE}*({_PLAIN_VERSION}){_SPACE}+-{_SPACE}+({_PLAIN_VERSION}){_SPACE}*")
_ALL: Final = re.compile(
    rf"{_SPACE}*{_OPERATOR}{_SPACE}*{_PLAIN_VERSION}{_SPACE}*"
    rf"(?:(?:{_SPACE}+|,{_SPACE}*){_OPERATOR}{_SPACE}*{_PLAIN_VERSION}{_SPACE}*)*"
)
_EACH: Final = re.compile(rf"{_OPERATOR}{_SPACE}*{_PLAIN_VERSION}")
_ONE: Final = re.compile(rf"({_OPERATOR}){_SPACE}*({_VERSION}){_SPACE}*")
LONGEST: Final = 1000
"""Characters; longer ones are refused, because matching them takes more than proportionally longer."""


@dataclass(frozen=True, slots=True)
class _Constraint:
    version: Version
    any_minor: bool
    any_patch: bool
    any_part: bool
    """Some part is left open, be it all of them."""


def allows(constraint: str, version: str) -> bool:
    """Whether it allows the version. Raises FunctionError with the words of the Go library."""
    alternatives = _parsed(constraint)
    candidate = parse_version(version)
    return any(all(_holds(operator, candidate, each) for operator, each in every) for every in alternatives)


def _parsed(text: str) -> list[list[tuple[str, _Constraint]]]:
    if len(text) > LONGEST:
        raise FunctionError(f"improper constraint: longer than {LONGEST} characters")
    text = _RANGE.sub(lambda found: f">= {found[1]}, <= {found[2]} ", text)
    alternatives: list[list[tuple[str, _Constraint]]] = []
    for every in text.split("||"):
        if not _ALL.fullmatch(every):
            raise FunctionError(f"improper constraint: {every}")
        alternatives.append([_one(found[0]) for found in _EACH.finditer(every)])
    return alternatives


def _one(text: str) -> tuple[str, _Constraint]:
    found = _ONE.fullmatch(text)
    if found is None:
        raise FunctionError(f"improper constraint: {text}")
    operator, _, major, minor, patch, prerelease, _ = found.groups()
    minor, patch = minor or "", patch or ""
    open_major = _is_open(major)
    open_minor = not open_major and _is_open(minor[1:])
    open_patch = not open_major and not open_minor and _is_open(patch[1:])
    spelt = "0.0.0" if open_major else f"{major}.0.0" if open_minor else f"{major}{minor}.0" if open_patch else ""
    try:
        version = parse_version(spelt + prerelease if spelt else found[2])
    except FunctionError as error:
        raise FunctionError("constraint Parser Error") from error
    return operator, _Constraint(version, open_minor, open_patch, open_major or open_minor or open_patch)


def _is_open(part: str) -> bool:
    return part in ("", "x", "X", "*")


def _holds(operator: str, version: Version, constraint: _Constraint) -> bool:
    if version.prerelease and not constraint.version.prerelease and (operator != "!=" or constraint.any_part):
        return False  # prereleases only for those who ask for one
    return _CHECKS[operator](version, constraint)


def _other(version: Version, constraint: _Constraint) -> bool:
    bound = constraint.version
    if not constraint.any_part or version.major != bound.major:
        return compare(version, bound) != 0
    if constraint.any_minor:
        return False
    if version.minor != bound.minor:
        return True
    if constraint.any_patch:
        return bool(version.prerelease or bound.prerelease) and (
            compare_prereleases(version.prerelease, bound.prerelease) != 0
        )
    return version.patch != bound.patch or compare(version, bound) != 0


def _greater(version: Version, constraint: _Constraint) -> bool:
    bound = constraint.version
    if not constraint.any_part:
        return compare(version, bound) > 0
    if version.major != bound.major:
        return version.major > bound.major
    if constraint.any_minor:
        return False
    if constraint.any_patch:
        return version.minor > bound.minor
    return compare(version, bound) > 0


def _at_most(version: Version, constraint: _Constraint) -> bool:
    bound = constraint.version
    if not constraint.any_part:
        return compare(version, bound) <= 0
    if version.major != bound.major:
        return version.major < bound.major
    return version.minor <= bound.minor or constraint.any_minor


def _near(version: Version, constraint: _Constraint) -> bool:
    """~1.2.3 is at least this and below 1.3; ~1 below 2."""
    bound = constraint.version
    if compare(version, bound) < 0:
        return False
    if bound.major == bound.minor == bound.patch == 0 and not constraint.any_minor and not constraint.any_patch:
        return True
    return version.major == bound.major and (constraint.any_minor or version.minor == bound.minor)


def _same(version: Version, constraint: _Constraint) -> bool:
    return _near(version, constraint) if constraint.any_part else compare(version, constraint.version) == 0


def _compatible(version: Version, constraint: _Constraint) -> bool:
    """^1.2.3 is at least this and below 2; below 1.0.0 the first part that is not 0 stays."""
    bound = constraint.version
    if compare(version, bound) < 0 or version.major != bound.major:
        return False
    if bound.major > 0 or constraint.any_minor:
        return True
    if bound.minor > 0 or constraint.any_patch:
        return version.minor == bound.minor
    return version.minor == 0 and version.patch == bound.patch


_CHECKS: Final[Mapping[str, Callable[[Version, _Constraint], bool]]] = {
    "": _same,
    "=": _same,
    "!=": _other,
    ">": _greater,
    "<": lambda version, constraint: compare(version, constraint.version) < 0,
    ">=": lambda version, constraint: compare(version, constraint.version) >= 0,
    "=>": lambda version, constraint: compare(version, constraint.version) >= 0,
    "<=": _at_most,
    "=<": _at_most,
    "~": _near,
    "~>": _near,
    "^": _compatible,
}
