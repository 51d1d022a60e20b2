"""The requests of the extension: intercepts and runs that are held for the editor, status, what there is to debug.

Nothing of the language lives here. All of it goes to the user daemon, and what is held ends with the editor.
"""

from __future__ import annotations

from telelens_server.debugging.features import register

__all__ = ["register"]
