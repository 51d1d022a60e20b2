"""``telelens-server``: speaks the language server protocol over stdio or TCP."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from telelens_server.handshake import generated_code

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer

DEFAULT_TCP = "127.0.0.1:2087"
_ALLOCATIONS = 2_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve one editor until it goes away."""
    parser = argparse.ArgumentParser(prog="telelens-server", description="Language server of Telelens.")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--stdio", action="store_true", help="speak over standard input and output (the default)")
    ways.add_argument("--tcp", metavar="HOST:PORT", nargs="?", const=DEFAULT_TCP, help="listen for one editor")
    parser.add_argument("--log-level", default="warning", choices=("debug", "info", "warning", "error"))
    chosen = parser.parse_args(arguments)
    # Standard output belongs to the protocol.
    logging.basicConfig(stream=sys.stderr, level=chosen.log_level.upper())

    if chosen.tcp is None:
        from telelens_server.handshake.opening import open_conversation

        streams = open_conversation(sys.stdin.buffer, sys.stdout.buffer)
        _create_server().start_io(*streams)
        return
    host, _, port = chosen.tcp.rpartition(":")
    if not port.isdecimal():
        parser.error(f"--tcp: {chosen.tcp!r} is not HOST:PORT")
    _create_server().start_tcp(host.strip("[]") or "127.0.0.1", int(port))


def _create_server() -> LanguageServer:
    # Thousands of protocol classes are made while importing; collecting garbage among them finds none.
    gc.disable()
    with generated_code.kept(generated_code.beside_modules()):
        from telelens_server.server import create_server

    server = create_server()
    gc.freeze()
    # An answer about a large document makes tens of thousands of objects, and nearly all of them go without the
    # collector's help: by its defaults it looks at the whole document in the middle of each. Later still than this
    # costs more memory than it saves time.
    gc.set_threshold(_ALLOCATIONS)
    gc.enable()
    return server


if __name__ == "__main__":
    main()
