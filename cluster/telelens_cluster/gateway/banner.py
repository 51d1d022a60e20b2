"""Has a page say that it is a preview. Bytes in, bytes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

MARK: Final = b"telelens-preview"
"""In the banner's id."""
_BANNER: Final = (
    b'<div id="' + MARK + b'" role="note" style="all:initial;position:sticky;top:0;z-index:2147483647;display:block;'
    b'padding:4px 12px;font:13px/1.4 system-ui,sans-serif;background:#fff3cd;color:#533f03;text-align:center">'
    b"Preview: a part of this page may come from a developer's workstation.</div>"
)
_BODY: Final = re.compile(rb"<body(?=[\s>])[^>]*>", re.IGNORECASE)
_FARTHEST: Final = 64 << 10
"""Bytes of a page in which its body may begin; a page whose body begins later is left as it is."""


class Bannered:
    """Puts the banner at the beginning of a page's body, whatever pieces the page comes in."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What may be sent on of what was held and ``data``."""
        if self._over:
            yield data
            return
        self._held += data
        found = _BODY.search(self._held)
        if found is None and len(self._held) < _FARTHEST:
            return
        if found is not None:
            yield bytes(self._held[: found.end()])
            yield _BANNER
            del self._held[: found.end()]
        yield from self.end()

    def end(self) -> Iterator[bytes]:
        """The page is over."""
        self._over = True
        if self._held:
            yield bytes(self._held)
            self._held.clear()
