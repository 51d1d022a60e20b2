"""What others read of the language, made from its table: a JSON Schema for editors, the CustomResourceDefinition for
the API server, the reference page for people. ``python -m telelens_schemas.specification.published`` writes them."""

from __future__ import annotations

from telelens_schemas.specification.published.crd import crd
from telelens_schemas.specification.published.json_schema import json_schema
from telelens_schemas.specification.published.reference import reference

__all__ = ["crd", "json_schema", "reference"]
