"""What a specification asks for and this version does not do, told to whoever intercepts all the same: a run is refused
for it (`telelens_schemas.specification.support`)."""

from __future__ import annotations

from collections.abc import Iterator

from telelens_schemas.specification import Connection, Intercept, Specification
from telelens_schemas.suggestions import listing


def left_out(specification: Specification, connection: Connection, intercept: Intercept) -> Iterator[str]:
    """Keys, and what comes of doing without them. Handlers are none of it: the program that is debugged stands in for
    them, whatever they are."""
    if intercept.replace:
        yield "replace: the container in the pod goes on running"
    if intercept.mount_point:
        yield "mountPoint: no volume of the pod is mounted here"
    if specification.prerequisites:
        yield "prerequisites: none of them is run"
    isolated = [key for key in ("docker", "hostname", "expose") if getattr(connection, key)]
    if isolated:
        yield f"{listing(isolated)} of the connection: it is made from here, not from a container"
