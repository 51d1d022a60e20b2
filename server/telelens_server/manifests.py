"""Finds workloads in Kubernetes manifests by their lines alone: quick in large files, and in broken ones too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

KINDS = ("Deployment", "StatefulSet", "ReplicaSet", "DaemonSet", "Job", "CronJob", "Rollout", "Pod")
_SEPARATOR = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_KIND = re.compile(rf"^\ufeff?kind:[ \t]*[\"']?({'|'.join(KINDS)})[\"']?[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_METADATA = re.compile(
    r"^metadata:[ \t]*(?:#.*)?(?:\r\n|\n|\r)((?:[ \t]+.*(?:\r\n|\n|\r|\Z)|[ \t]*(?:#.*)?(?:\r\n|\n|\r))*)", re.M
)
_ENTRY = re.compile(r"^( +)(name|namespace):[ \t]+[\"']?([^\s\"'#{}]+)[\"']?[ \t]*(?:[ \t]#.*)?\r?$", re.MULTILINE)
_FIRST_INDENT = re.compile(r"^( +)[^\s#]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Workload:
    """A workload's manifest. ``start`` and ``end`` are the offsets of its ``kind`` line."""

    kind: str
    name: str
    namespace: str | None
    start: int
    end: int


def find_workloads(text: str) -> list[Workload]:
    """Every workload with a name, in order."""
    if _KIND.search(text) is None:
        return []
    return [found for start, end in _documents(text) if (found := _workload(text, start, end)) is not None]


def _documents(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _SEPARATOR.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _workload(text: str, start: int, end: int) -> Workload | None:
    stretch = text[start:end]
    kind = _KIND.search(stretch)
    metadata = _METADATA.search(stretch)
    if kind is None or metadata is None:
        return None
    indent = _FIRST_INDENT.search(metadata[1])
    if indent is None:
        return None
    said = {key: value for spaces, key, value in _ENTRY.findall(metadata[1]) if spaces == indent[1]}
    if "name" not in said:
        return None
    at = start + kind.start()
    return Workload(kind[1], said["name"], said.get("namespace"), at, at + len(kind[0].rstrip("\r")))
