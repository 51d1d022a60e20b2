"""The layer below all images: a small Debian with Python, made by mmdebstrap."""

import os
import shutil
from pathlib import Path

from imagebuilder.errors import BuildError
from imagebuilder.layers import Layer, cached
from imagebuilder.programs import run

SUITE = "bookworm"
PYTHON = "3.11"
"""What that suite brings; third-party packages are chosen and compiled for it."""

PACKAGES = ("ca-certificates", "haproxy", "nftables", "openssl", "python3")

UNREAD = ("doc", "info", "lintian", "locale", "man")
"""Parts of /usr/share that nobody reads in a container."""

UNUSED = ("ensurepip", "idlelib", "lib2to3", "pydoc_data", "test", "turtledemo")
"""Parts of Python's library that no server needs."""

LEVELS = "-o 0 -o 2"
"""Compiled twice: the agent runs without docstrings and assertions, whose memory would be paid once per pod."""

HOOKS = (
    f'cd "$1/usr/lib/python{PYTHON}" && rm -rf {" ".join(UNUSED)}',
    # Times are all 0 in a layer; bytecode that trusts them would be compiled anew at each start.
    f'chroot "$1" python3 -m compileall -q -f {LEVELS} --invalidation-mode unchecked-hash /usr/lib/python{PYTHON}',
    'echo "telelens:x:7777:7777::/nonexistent:/usr/sbin/nologin" >> "$1/etc/passwd"',
    'echo "telelens:x:7777:" >> "$1/etc/group"',
    'rm -rf "$1"/var/cache/debconf/* "$1"/var/cache/ldconfig/* "$1"/var/log/*',
)


def layer(cache: Path) -> Layer:
    """The base layer; half a minute when the cache does not hold it.

    Raises BuildError when mmdebstrap is missing or fails.
    """
    command = ["mmdebstrap", "--quiet", "--variant=essential", f"--include={','.join(PACKAGES)}"]
    command += [f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in UNREAD]
    command += [f"--customize-hook={hook}" for hook in HOOKS]

    def make(file: Path) -> None:
        if shutil.which("mmdebstrap") is None:
            raise BuildError("mmdebstrap is needed to build images: apt-get install mmdebstrap")
        run(*command, SUITE, str(file), environment={**os.environ, "SOURCE_DATE_EPOCH": "0"})

    return cached(cache, f"base {SUITE} {command}", make, what=f"the base of Debian {SUITE} (30 s)")
