"""The URLs of previews: one host name each, below a domain that the cluster's administrators lead here."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from telelens_schemas.errors import SchemasError

_FORM: Final = re.compile(
    r"(?P<scheme>https?)://\*\.(?P<parent>[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)"
    r"(?P<port>:[0-9]{1,5})?/?"
)
_LONGEST_PARENT: Final = 200
_LABEL_BYTES: Final = 16
"""Random bytes of a preview's label: who does not know it cannot guess it."""


class NotADomain(SchemasError):
    """The setting is no URL with a star for the first label."""


@dataclass(frozen=True, slots=True)
class Domain:
    """``https://*.preview.example.com``."""

    scheme: str
    parent: str
    port: str
    """With its colon; empty: the scheme's own."""

    @classmethod
    def parse(cls, text: str) -> Domain:
        """Raises NotADomain."""
        found = _FORM.fullmatch(text)
        if found is None or len(found["parent"]) > _LONGEST_PARENT:
            raise NotADomain(f"{text!r} is not like https://*.preview.example.com")
        return cls(found["scheme"], found["parent"], found["port"] or "")

    def new_url(self) -> str:
        """One that nobody knows yet."""
        return f"{self.scheme}://{secrets.token_hex(_LABEL_BYTES)}.{self.parent}{self.port}"

    def covers(self, url: str) -> bool:
        """Whether a URL leads here: the domain may have been another when it was made."""
        own = rf"{self.scheme}://[0-9a-f]{{{2 * _LABEL_BYTES}}}\.{re.escape(self.parent + self.port)}"
        return re.fullmatch(own, url) is not None


def host_of(url: str) -> str:
    """The host name of a URL, or of a request's Host with or without its port; empty where it is none."""
    try:
        return (urlsplit(url if "//" in url else f"//{url}").hostname or "").rstrip(".")
    except ValueError:
        return ""
