"""Rewrites a document of a file: an older version into the current one, the file form into the CRD form and back.
Comments and templates stay as far as they have a place; what a rewriting would change the meaning of is not done."""

from __future__ import annotations

from telelens_schemas.specification.conversion.documents import document_at
from telelens_schemas.specification.conversion.forms import convert_to_crd_form, convert_to_file_form
from telelens_schemas.specification.conversion.older import convert_to_v1alpha4

__all__ = ["convert_to_crd_form", "convert_to_file_form", "convert_to_v1alpha4", "document_at"]
