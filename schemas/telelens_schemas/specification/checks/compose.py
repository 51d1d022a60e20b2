"""Compose services that the compose file, where it is written in the specification, does not have."""

from __future__ import annotations

from telelens_schemas.specification.models import Specification
from telelens_schemas.specification.reader import Reader


def check_compose_services(specification: Specification, reader: Reader) -> None:
    """Files are not read here: see ``specification.compose``."""
    for handler in specification.handlers:
        compose = handler.docker.compose if handler.docker is not None else None
        if compose is None or compose.spec is None or "context" in compose.source.places:
            continue
        if compose.services:
            # Imported where it is needed: an editor waits for its server to start.
            from telelens_schemas.specification.compose import undefined_services

            reader.part.findings += undefined_services(compose, compose.spec.services)
