"""Finds workloads in Kubernetes manifests by their lines alone: quick in large files, and in broken ones too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

KINDS = ("Deployment", "StatefulSet", "ReplicaSet", "DaemonSet", "Job", "CronJob", "Rollout", "Pod")
_LIST = "List"
_END = r"[ \t]*(?:#.*)?\r?$"
_SEPARATOR = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_KIND = rf"kind:[ \t]*[\"']?({'|'.join((*KINDS, _LIST))})[\"']?{_END}"
_ROOT_KIND = re.compile(rf"^\ufeff?{_KIND}", re.MULTILINE)
_ITEMS = re.compile(rf"^items:{_END}", re.MULTILINE)
_FIRST_ITEM = re.compile(r"^( *)-[ \t\r\n]", re.MULTILINE)
_FIRST_INDENT = re.compile(r"^( +)[^\s#]", re.MULTILINE)
_BLOCK_ENTRY = re.compile(
    r"^( +)(name|namespace):[ \t]+[\"']?([^\s\"'#{}]+)[\"']?[ \t]*(?:[ \t]#.*)?\r?$", re.MULTILINE
)
_FLOW_ENTRY = re.compile(r"(?:^|,)\s*[\"']?(name|namespace)(?:[\"']:\s*|:\s+)[\"']?([^\s\"'#{},]+)[\"']?\s*(?=,|\Z)")
_WITHIN_BRACKETS = re.compile(r"\{[^{}]*\}|\[[^][]*\]")


@dataclass(frozen=True, slots=True)
class Workload:
    """A workload's manifest. ``start`` and ``end`` are the offsets of its ``kind`` line."""

    kind: str
    name: str
    namespace: str | None
    start: int
    end: int


def find_workloads(text: str) -> list[Workload]:
    """Every workload with a name, in order; in a List, too."""
    if _ROOT_KIND.search(text) is None:
        return []
    return [found for start, end in _documents(text) for found in _in_document(text[start:end], start)]


def _documents(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _SEPARATOR.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _in_document(text: str, offset: int) -> Iterator[Workload]:
    kind = _ROOT_KIND.search(text)
    if kind is not None and kind[1] == _LIST:
        for start, item, margin in _items(text):
            yield from _workload(item, re.search(rf"^{margin}{_KIND}", item, re.MULTILINE), margin, offset + start)
    else:
        yield from _workload(text, kind, "", offset)


def _items(text: str) -> Iterator[tuple[int, str, str]]:
    """Of a List: where each begins, its text with a blank in place of the dash, and how far its keys are indented."""
    items = _ITEMS.search(text)
    first = items and _FIRST_ITEM.search(text, items.end())
    if first is None:
        return
    depth = len(first[1])
    start = first.start()
    for line in re.compile(rf"^ {{0,{depth}}}[^\s#]|\Z", re.MULTILINE).finditer(text, first.end()):
        item = f"{text[start : start + depth]} {text[start + depth + 1 : line.start()]}"
        margin = _FIRST_INDENT.search(item)
        if margin is not None:
            yield start, item, margin[1]
        start = line.start()
        if text[start : start + depth + 1] != f"{first[1]}-":
            return


def _workload(text: str, kind: re.Match[str] | None, margin: str, offset: int) -> Iterator[Workload]:
    if kind is None or kind[1] == _LIST:
        return
    said = _said_in_metadata(text, margin)
    if "name" in said:
        at = offset + kind.start()
        end = at + len(kind[0].rstrip("\r"))
        yield Workload(kind[1], said["name"], said.get("namespace"), at + len(margin), end)


def _said_in_metadata(text: str, margin: str) -> dict[str, str]:
    """Name and namespace, as far as they are there: as lines, or within brackets."""
    block = re.compile(
        rf"^{margin}metadata:[ \t]*(?:#.*)?(?:\r\n|\n|\r)"
        rf"((?:{margin}[ \t]+.*(?:\r\n|\n|\r|\Z)|[ \t]*(?:#.*)?(?:\r\n|\n|\r))*)",
        re.MULTILINE,
    ).search(text)
    if block is not None:
        indent = _FIRST_INDENT.search(block[1])
        return {key: value for spaces, key, value in _BLOCK_ENTRY.findall(block[1]) if indent and spaces == indent[1]}
    flow = re.compile(rf"^{margin}metadata:[ \t]*\{{((?:[^{{}}]|\{{[^{{}}]*\}})*)\}}{_END}", re.MULTILINE).search(text)
    return dict(_FLOW_ENTRY.findall(_WITHIN_BRACKETS.sub("", flow[1]))) if flow is not None else {}
