"""``python -m telelens_schemas.specification.published [ROOT]`` writes the files (default: this checkout)."""

from __future__ import annotations

import sys
from pathlib import Path

from telelens_schemas.specification.published.files import files

CHECKOUT = Path(__file__).resolve().parents[4]

if __name__ == "__main__":
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT
    for name, content in files().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        print(path)
