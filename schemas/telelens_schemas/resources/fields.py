"""What the CRD says about a field beyond its Python type; stands in ``Annotated`` beside the type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """Description and bounds of one field.

    Strings and lists must be bounded: the API server estimates the cost of CEL rules from the bounds and refuses
    a CRD whose immutable ``spec`` could be endless.
    """

    description: str
    min_length: int | None = None
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    item_length: int | None = None
    """Longest string in a list of strings."""
    pattern: str | None = None
    format: str | None = None
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A CEL validation (``x-kubernetes-validations``)."""

    rule: str
    message: str


IMMUTABLE = Rule("self == oldSelf", "is immutable: delete the object and create another")

NAME_LENGTH = 253
"""Longest name of a Kubernetes object (DNS subdomain)."""
CERTIFICATE_LENGTH = 16384
