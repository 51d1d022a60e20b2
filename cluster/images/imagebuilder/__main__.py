"""The command line: `python -m imagebuilder`."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from imagebuilder import locks, oci
from imagebuilder.errors import BuildError
from imagebuilder.images import ALL, OURS
from imagebuilder.places import cache_folder


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="imagebuilder", description="Images without registry or Docker.")
    commands = parser.add_subparsers(dest="command", required=True)
    built = commands.add_parser("build", help="build images into one OCI tar")
    built.add_argument("images", nargs="*", metavar="IMAGE", help=f"of {', '.join(ALL)} (default: ours)")
    built.add_argument("--out", type=Path, required=True, metavar="FILE.tar")
    lock = commands.add_parser("lock", help="write the images' lock files from requirements.lock")
    lock.add_argument("--check", action="store_true", help="only say whether they are up to date")
    return parser


def _build(names: Sequence[str], out: Path) -> None:
    if unknown := [name for name in names if name not in ALL]:
        raise BuildError(f"no image named {', '.join(unknown)}: there are {', '.join(ALL)}")
    started = time.monotonic()
    cache = cache_folder()
    images = [ALL[name](cache) for name in names or OURS]
    oci.write(images, out)
    for image in images:
        print(image.name)
    seconds = time.monotonic() - started
    print(f"imagebuilder: {out} holds {len(images)} images ({seconds:.1f} s)", file=sys.stderr)


def _lock(check: bool) -> None:
    if not check:
        locks.write()
    elif stale := locks.stale():
        raise BuildError(f"{', '.join(stale)} is stale: run `python -m imagebuilder lock`")


def main() -> int:
    given = _parser().parse_args()
    try:
        if given.command == "build":
            _build(given.images, given.out)
        else:
            _lock(given.check)
    except BuildError as error:
        print(f"imagebuilder: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
