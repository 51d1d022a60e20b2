"""Semantic versions, read as leniently as Go's Masterminds/semver does: ``v1.2`` is 1.2.0."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from telelens_schemas.templates.functions import FunctionError

IDENTIFIERS: Final = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION: Final = re.compile(rf"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-({IDENTIFIERS}))?(?:\+({IDENTIFIERS}))?")
_ALLOWED: Final = re.compile(r"[0-9A-Za-z-]*(?:\.[0-9A-Za-z-]*)*")
_LEADING_ZERO: Final = re.compile(r"0[0-9]+")
_MOST: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Version:
    """A version; what it was read from matters to nobody but ``Original``."""

    major: int
    minor: int
    patch: int
    prerelease: str = ""
    metadata: str = ""
    original: str = ""

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        if self.prerelease:
            text += f"-{self.prerelease}"
        return f"{text}+{self.metadata}" if self.metadata else text

    def next_patch(self) -> Version:
        """Of a prerelease the release."""
        return self._bare(patch=self.patch + (not self.prerelease))

    def next_minor(self) -> Version:
        return self._bare(minor=self.minor + 1, patch=0)

    def next_major(self) -> Version:
        return self._bare(major=self.major + 1, minor=0, patch=0)

    def _bare(self, **numbers: Any) -> Version:
        return replace(self, prerelease="", metadata="", **numbers).named_as(self)

    def named_as(self, old: Version) -> Version:
        """With an original of its own, which keeps the v of the old one."""
        return replace(self, original=("v" if old.original.startswith("v") else "") + str(self))


def parse_version(text: str) -> Version:
    """Raises FunctionError with the words of the Go library."""
    found = _VERSION.fullmatch(text)
    if found is None:
        raise FunctionError("Invalid Semantic Version")
    major, minor, patch = (_segment(digits) for digits in found.groups()[:3])
    prerelease, metadata = found[4] or "", found[5] or ""
    check_prerelease(prerelease)
    return Version(major, minor, patch, prerelease, metadata, text)


def _segment(digits: str | None) -> int:
    if digits is None:
        return 0
    if len(digits) > 40 or int(digits) > _MOST:
        raise FunctionError(f'Error parsing version segment: strconv.ParseUint: parsing "{digits}": value out of range')
    return int(digits)


def check_prerelease(text: str) -> None:
    """Raises FunctionError."""
    for part in text.split("."):
        if _LEADING_ZERO.fullmatch(part):
            raise FunctionError("Version segment starts with 0")
    if not _ALLOWED.fullmatch(text):
        raise FunctionError("Invalid Prerelease string")


def check_metadata(text: str) -> None:
    """Raises FunctionError."""
    if not _ALLOWED.fullmatch(text):
        raise FunctionError("Invalid Metadata string")


def compare(one: Version, other: Version) -> int:
    """-1, 0 or 1; metadata does not count, and a prerelease comes before its release."""
    ours, theirs = (one.major, one.minor, one.patch), (other.major, other.minor, other.patch)
    if ours != theirs:
        return -1 if ours < theirs else 1
    if not one.prerelease or not other.prerelease:
        return (not one.prerelease) - (not other.prerelease)
    return compare_prereleases(one.prerelease, other.prerelease)


def compare_prereleases(one: str, other: str) -> int:
    """Part by part: numbers by size and before words, words by their letters; the shorter comes first."""
    ours, theirs = map(_ranked, one.split(".")), map(_ranked, other.split("."))
    left, right = list(ours), list(theirs)
    return (left > right) - (left < right)


def _ranked(part: str) -> tuple[int, int, str]:
    if not part:
        return (0, 0, "")
    return (1, int(part), "") if part.isascii() and part.isdigit() and len(part) < 20 else (2, 0, part)
