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
_BEGINNING: Final = re.compile(rb"<(!--|(?:script|style|title|template|body)(?=[\s>/]))", re.IGNORECASE)
"""Of what may hold anything, and of the body."""
_ENDINGS: Final = {
    b"!--": re.compile(rb"-->"),
    **{
        word: re.compile(rb"</" + word + rb"(?=[\s>/])", re.IGNORECASE)
        for word in (b"script", b"style", b"title", b"template")
    },
}
_LONGEST_BEGINNING: Final = 12
_REST_OF_TAG: Final = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
_LONGEST_TAG: Final = 4 << 10
_FARTHEST: Final = 64 << 10
"""Bytes of a page in which its body may begin; a page whose body begins later is left as it is."""


class Bannered:
    """Puts the banner at the beginning of a page's body, whatever pieces the page comes in.

    A page is its developer's and may be anything: no byte of it is looked at more often than pieces come.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._looked = 0
        """What stands before is no beginning, or is over."""
        self._over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What may be sent on of what was held and ``data``."""
        if self._over:
            yield data
            return
        self._held += data
        place = self._place()
        if place is None and len(self._held) < _FARTHEST:
            return
        if place:
            yield bytes(self._held[:place])
            yield _BANNER
            del self._held[:place]
        yield from self.end()

    def end(self) -> Iterator[bytes]:
        """The page is over."""
        self._over = True
        if self._held:
            yield bytes(self._held)
            self._held.clear()

    def _place(self) -> int | None:
        """Where the body begins; 0: nowhere; None: not known yet."""
        while found := _BEGINNING.search(self._held, self._looked):
            word = found[1].lower()
            if word == b"body":
                rest = _REST_OF_TAG.match(self._held, found.end(), found.end() + _LONGEST_TAG)
                if rest is not None:
                    return rest.end()
                self._looked = found.start()
                return 0 if len(self._held) - found.end() >= _LONGEST_TAG else None
            ended = _ENDINGS[word].search(self._held, found.end())
            if ended is None:
                self._looked = found.start()
                return None
            self._looked = ended.end()
        self._looked = max(self._looked, len(self._held) - _LONGEST_BEGINNING)
        return None
