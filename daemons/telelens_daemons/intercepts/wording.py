"""What can be done, in the words of who asks: the command line has flags, others have settings and keys for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_WHOLE: Final = (
    (re.compile(r"telelens intercept (\S+) --service (\S+)"), r'"\1", with the key "service": "\2"'),
    (re.compile(r"^--container (\S+)$"), r'write the key "container": "\1"'),
)
"""What has a value of its own."""


class Wording:
    """Puts a text that names flags into other words, ``words`` by flag."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words
        self._flag = re.compile(rf"(?<!\S)\(?({'|'.join(map(re.escape, words))})(?![\w-])")

    def __call__(self, text: str) -> str:
        """A message or a hint without these flags."""
        for pattern, words in _WHOLE:
            text = pattern.sub(words, text)
        return self._flag.sub(lambda found: found[0].replace(found[1], self._words[found[1]]), text)
