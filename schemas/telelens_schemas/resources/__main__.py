"""``python -m telelens_schemas.resources [FOLDER]`` writes the CRDs' files (default: the chart's folder)."""

from __future__ import annotations

import sys
from pathlib import Path

from telelens_schemas.resources.crd import write_files

CHART_CRDS = Path(__file__).resolve().parents[3] / "cluster" / "chart" / "crds"

if __name__ == "__main__":
    for path in write_files(Path(sys.argv[1]) if len(sys.argv) > 1 else CHART_CRDS):
        print(path)
