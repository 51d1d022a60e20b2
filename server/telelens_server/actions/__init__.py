"""What a code action may be: one module for each kind. ``features.code_actions`` collects them for an editor."""
