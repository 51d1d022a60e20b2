"""The command line: `python -m imagebuilder`."""

import argparse
import os
from pathlib import Path

from imagebuilder import oci, pause


def main() -> None:
    parser = argparse.ArgumentParser(prog="imagebuilder", description=__doc__)
    parser.add_argument("image", choices=["pause"])
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    base = os.environ.get("XDG_CACHE_HOME", "")
    cache = (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "telelens" / "layers"
    oci.write(pause.image(cache), arguments.out)


if __name__ == "__main__":
    main()
