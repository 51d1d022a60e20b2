"""Functions on semantic versions, and a version as a value with methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from telelens_schemas.templates.functions import Calling, Family, Function
from telelens_schemas.templates.sprig.binding import bound
from telelens_schemas.templates.sprig.versions import (
    Version,
    check_metadata,
    check_prerelease,
    compare,
    parse_version,
)
from telelens_schemas.templates.values import GoObject, Kind, Uint64, Value

SEMVER = Family()
function = SEMVER.function
METHODS = Family()
_method = METHODS.function

POINTER: Final = "*semver.Version"
STRUCT: Final = "semver.Version"


class VersionValue(GoObject):
    """A version in a template, as Go gives it: a pointer from ``semver``, a struct from its own methods."""

    def __init__(self, version: Version, go_type: str = POINTER) -> None:
        self.version = version
        self.go_type = go_type
        self.go_kind: Kind = "ptr" if go_type == POINTER else "struct"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VersionValue) and (self.version, self.go_type) == (other.version, other.go_type)

    def __hash__(self) -> int:
        return hash(self.version)

    def fields(self) -> Mapping[str, Value]:
        return {}

    def method(self, name: str) -> Function | None:
        return bound(METHODS, name, self)

    def text(self) -> str:
        return str(self.version)


@function(
    "semver", "version string", POINTER, "A version with .Major, .Minor, .Patch, .Prerelease, .Metadata, .Compare …"
)
def semver(calling: Calling, version: str) -> VersionValue:
    calling.budget.step(len(version))
    return VersionValue(parse_version(version))


@function(
    "semverCompare",
    "constraint string, version string",
    "bool",
    "Whether the version is allowed: >=1.2 <2, ^1.4, ~1.2.3, 1.x",
)
def semver_compare(calling: Calling, constraint: str, version: str) -> bool:
    from telelens_schemas.templates.sprig.constraints import allows

    calling.budget.step(len(constraint) + len(version))
    return allows(constraint, version)


def _numbers() -> None:
    pick: Mapping[str, Callable[[Version], int]] = {
        "Major": lambda version: version.major,
        "Minor": lambda version: version.minor,
        "Patch": lambda version: version.patch,
    }
    for name, part in pick.items():
        METHODS.function(name, f"version {POINTER}", "uint64", f"The {name.lower()} number.")(
            lambda calling, version, part=part: Uint64(part(version.version))
        )


def _texts() -> None:
    pick: Mapping[str, tuple[Callable[[Version], str], str]] = {
        "Prerelease": (lambda version: version.prerelease, "What stands behind the -."),
        "Metadata": (lambda version: version.metadata, "What stands behind the +."),
        "Original": (lambda version: version.original, "The text that the version was read from."),
        "String": (str, "The version in full."),
    }
    for name, (part, documentation) in pick.items():
        METHODS.function(name, f"version {POINTER}", "string", documentation)(
            lambda calling, version, part=part: part(version.version)
        )


def _next_ones() -> None:
    change: Mapping[str, tuple[Callable[[Version], Version], str]] = {
        "IncPatch": (Version.next_patch, "The next patch version."),
        "IncMinor": (Version.next_minor, "The next minor version."),
        "IncMajor": (Version.next_major, "The next major version."),
    }
    for name, (step, documentation) in change.items():
        METHODS.function(name, f"version {POINTER}", STRUCT, documentation)(
            lambda calling, version, step=step: VersionValue(step(version.version), STRUCT)
        )


def _comparisons() -> None:
    holds: Mapping[str, tuple[Callable[[int], bool], str]] = {
        "Equal": (lambda order: order == 0, "Whether both are the same version."),
        "LessThan": (lambda order: order < 0, "Whether it comes before the other."),
        "LessThanEqual": (lambda order: order <= 0, "Whether it is the other or comes before it."),
        "GreaterThan": (lambda order: order > 0, "Whether it comes after the other."),
        "GreaterThanEqual": (lambda order: order >= 0, "Whether it is the other or comes after it."),
    }
    for name, (test, documentation) in holds.items():
        METHODS.function(name, f"version {POINTER}, other {POINTER}", "bool", documentation)(
            lambda calling, version, other, test=test: test(compare(version.version, other.version))
        )


_numbers()
_texts()
_next_ones()
_comparisons()


@_method("Compare", f"version {POINTER}, other {POINTER}", "int", "-1, 0 or 1: before, the same, after.")
def compared(calling: Calling, version: VersionValue, other: VersionValue) -> int:
    return compare(version.version, other.version)


@_method("SetPrerelease", f"version {POINTER}, prerelease string", STRUCT, "The version with another prerelease.")
def set_prerelease(calling: Calling, version: VersionValue, prerelease: str) -> VersionValue:
    from dataclasses import replace

    if prerelease:
        check_prerelease(prerelease)
    return VersionValue(replace(version.version, prerelease=prerelease).named_as(version.version), STRUCT)


@_method("SetMetadata", f"version {POINTER}, metadata string", STRUCT, "The version with other metadata.")
def set_metadata(calling: Calling, version: VersionValue, metadata: str) -> VersionValue:
    from dataclasses import replace

    if metadata:
        check_metadata(metadata)
    return VersionValue(replace(version.version, metadata=metadata).named_as(version.version), STRUCT)
