"""Templates as an editor sees them: what stands in an action, what may be written there, and what it expands to now.
What templates are and how they are expanded is in ``telelens_schemas.templates``."""
