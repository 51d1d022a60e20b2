"""What may be wrong with an environment file."""

from __future__ import annotations

from telelens_schemas.errors import SchemasError


class EnvironmentFileError(SchemasError):
    """A file that cannot be read, or a variable that its syntax cannot hold."""
