"""`python -m realeditor`: installs the editor of the tests; a moment when it is there."""

from __future__ import annotations

import sys

from realeditor.installation import EditorError, Installation

if __name__ == "__main__":
    try:
        Installation.current().install()
    except EditorError as error:
        sys.exit(f"editor: {error}")
