"""What a handler finds in its environment."""

from __future__ import annotations

from collections.abc import Mapping

from telelens_schemas.environment import merge


def handler_environment(
    caller: Mapping[str, str],
    container: Mapping[str, str],
    own: Mapping[str, str],
    *,
    container_name: str = "",
    intercept_id: str = "",
    root: str | None = None,
    mounts: str | None = None,
) -> dict[str, str]:
    """The caller's variables, over them what may be imported of the container's, over those the handler's own.

    ``root`` and ``mounts`` are for the container's volumes: where they are, and their paths in the container,
    separated by colons.
    """
    given = {
        "TELEPRESENCE_CONTAINER": container_name,
        "TELEPRESENCE_INTERCEPT_ID": intercept_id,
        "TELEPRESENCE_ROOT": root,
        "TELEPRESENCE_MOUNTS": mounts,
    }
    environment = merge(caller, container)
    # A Python that writes into a pipe would keep its lines to itself for a long time.
    environment.setdefault("PYTHONUNBUFFERED", "1")
    environment.update(own)
    environment.update({name: value for name, value in given.items() if value is not None})
    return environment
