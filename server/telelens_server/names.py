"""Names that a value may be: from the document itself, and from the cluster that it means."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from telelens_schemas.specification import Handler, Specification
from telelens_schemas.specification.places import may_ask
from telelens_schemas.specification.shapes import Names

from telelens_server.cursor import Cursor
from telelens_server.documents import Document

_VALUE = re.compile(r"[\"']?([\w./-]*)")


@dataclass(frozen=True, slots=True)
class Name:
    """One name, and in a few words what bears it."""

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which names; what is ``None`` is the kubeconfig's default, or not said."""

    names: Names
    context: str | None = None
    namespace: str | None = None
    workload: str | None = None
    service: str | None = None
    prefix: str = ""
    """Of a workload's name where there are several connections: that of one of them, with a slash."""
    prefixes: tuple[str, ...] = ()
    """Where none of them is written yet."""


@dataclass(frozen=True, slots=True)
class Known:
    """Those known now; where it is not ``complete``, more may be known in a moment."""

    names: Sequence[Name] = ()
    complete: bool = True


class Live(Protocol):
    """What a cluster says. Answers at once, from what it knows."""

    def names(self, asked: Asked) -> Known:
        """The names, and whether more may come."""

    async def settled(self, asked: Asked) -> None:
        """Returns when an answer is complete, or will not be for a while."""

    def facts(self, asked: Asked) -> str:
        """What is known of ``asked.workload``, as Markdown; empty: nothing."""


def known_names(asked: Asked, document: Document, live: Live) -> Known:
    """Names of the document, else of the cluster."""
    if asked.names is Names.HANDLER:
        handlers = [one for read in document.reading.specifications for one in read.handlers if one.name]
        return Known([Name(one.name, "script" if one.script is not None else "no-op") for one in handlers])
    if asked.prefixes:
        return Known([Name(one, "a connection of this specification") for one in asked.prefixes])
    known = live.names(asked)
    if asked.prefix:
        return Known([Name(asked.prefix + one.name, one.detail) for one in known.names], known.complete)
    return known


def asked_at(cursor: Cursor, document: Document) -> Asked | None:
    """What the value at a cursor names, and where it would have to be."""
    if cursor.key is None or cursor.key.names is None:
        return None
    names, siblings = cursor.key.names, cursor.siblings
    specification = specification_at(document, cursor.line)
    if "workloads" not in cursor.path and ("connection" in cursor.path or "connections" in cursor.path):
        # What stands beside it counts, read or not.
        context = _plain(siblings.get("context", "")) or None
        return None if {"kubeconfig", "kubeFlags"} & siblings.keys() else Asked(names, context)
    name = namespace = None
    if "workloads" in cursor.path:
        name, namespace = _workload_at(document, specification, cursor)
        if names is Names.WORKLOAD:
            name = _written(document.text.line(cursor.line)[cursor.start :])
    elif "mapping" in cursor.path:
        namespace = _plain(siblings.get("namespace", "")) or None
    prefix, connection = "", specification.connection if specification is not None else None
    if specification is not None and specification.connections:
        before, slash, name = (name or "").rpartition("/")
        if not slash and names is Names.WORKLOAD:
            return Asked(names, prefixes=tuple(f"{one.name}/" for one in specification.connections if one.name))
        connection = next((one for one in specification.connections if one.name == before), None)
        if connection is None:
            return None
        prefix = f"{before}/" if names is Names.WORKLOAD else ""
    if not may_ask(connection):
        return None
    return Asked(
        names,
        context=connection.context if connection is not None else None,
        namespace=namespace or (connection.namespace if connection is not None else None),
        workload=name or None,
        service=_plain(siblings.get("service", "")) or None,
        prefix=prefix,
    )


def _written(rest: str) -> str:
    """The plain value that a line goes on with."""
    found = _VALUE.match(rest)
    return found[1] if found is not None else ""


def specification_at(document: Document, line: int) -> Specification | None:
    """The specification around a line (0-based)."""
    found = None
    for specification in document.reading.specifications:
        if found is None or specification.source.range.line <= line + 1:
            found = specification
    return found


def handler_at(document: Document, line: int) -> Handler | None:
    """The handler around a line (1-based)."""
    specification = specification_at(document, line - 1)
    for handler in specification.handlers if specification is not None else ():
        where = handler.source.range
        if where.line <= line <= where.end_line:
            return handler
    return None


def _workload_at(
    document: Document, specification: Specification | None, cursor: Cursor
) -> tuple[str | None, str | None]:
    """Name and namespace of the workload around a cursor: the last that begins above, for it may be broken below."""
    if cursor.path[-2:-1] == ("[]",) and "intercepts" not in cursor.path:
        return None, _plain(cursor.siblings.get("namespace", "")) or None
    workloads = specification.workloads if specification is not None else ()
    index = bisect.bisect_right(workloads, cursor.line + 1, key=lambda one: one.source.range.line)
    return (workloads[index - 1].name or None, workloads[index - 1].namespace) if index else (None, None)


def _plain(value: str) -> str:
    return value.partition(" #")[0].strip().strip("\"'")
