"""URLs as Go's ``net/url`` reads and writes them, with its leniences and its complaints."""

from __future__ import annotations

import ipaddress
import re
import string
from dataclasses import dataclass, replace
from typing import Final, Literal

from telelens_schemas.templates.formatting.quoting import quote
from telelens_schemas.templates.values import from_bytes, to_bytes

Part = Literal["host", "zone", "path", "user", "fragment"]

_UNRESERVED: Final = frozenset((string.ascii_letters + string.digits + "-_.~").encode())
_ALLOWED: Final = {
    "host": frozenset(b"!$&'()*+,;=:[]<>\""),
    "zone": frozenset(b"!$&'()*+,;=:[]<>\""),
    "path": frozenset(b"$&+,/:;=@"),
    "user": frozenset(b"$&+,;="),
    "fragment": frozenset(b"$&+,/:;=?@!()*"),
}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|:")
_USERINFO: Final = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")
_PORT: Final = re.compile(r"(?::[0-9]*)?")
_ESCAPE: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_ESCAPED: Final = re.compile(r"%(?P<digits>[0-9A-Fa-f]{2})?|[\x00-\x7f]")


class UrlError(ValueError):
    """The text is no URL; why, in Go's words."""


@dataclass(frozen=True, slots=True)
class User:
    """Who asks; without a colon there is no password, not even an empty one."""

    name: str
    password: str | None = None

    def __str__(self) -> str:
        name = escaped(self.name, "user")
        return name if self.password is None else f"{name}:{escaped(self.password, 'user')}"


@dataclass(frozen=True, slots=True)
class Url:
    """A URL's parts, unescaped where Go unescapes them."""

    scheme: str = ""
    opaque: str = ""
    user: User | None = None
    host: str = ""
    path: str = ""
    query: str = ""
    fragment: str = ""

    @property
    def hostname(self) -> str:
        """The host without port and brackets."""
        name, colon, port = self.host.rpartition(":")
        host = name if colon and _PORT.fullmatch(":" + port) else self.host
        return host[1:-1] if host.startswith("[") and host.endswith("]") else host

    @property
    def userinfo(self) -> str:
        return "" if self.user is None else str(self.user)

    def __str__(self) -> str:
        text = f"{self.scheme}:" if self.scheme else ""
        text += self.opaque or self._authority_and_path(bare=not text)
        if self.query:
            text += f"?{self.query}"
        return f"{text}#{escaped(self.fragment, 'fragment')}" if self.fragment else text

    def _authority_and_path(self, *, bare: bool) -> str:
        text = ""
        if (self.scheme or self.host or self.user) and (self.host or self.path or self.user):
            text = "//" + (f"{self.user}@" if self.user else "") + escaped(self.host, "host")
        path = "*" if self.path == "*" else escaped(self.path, "path")
        if path and not path.startswith("/") and self.host:
            path = "/" + path
        if bare and not text and ":" in path.partition("/")[0]:
            path = "./" + path  # or its first part would be taken for a scheme
        return text + path


def parse_url(text: str) -> Url:
    """Raises UrlError, which says what was read: the fragment comes last."""
    rest, _, fragment = text.partition("#")
    reading = rest
    try:
        parsed = _without_fragment(rest)
        reading = text
        return replace(parsed, fragment=unescaped(fragment, "fragment"))
    except UrlError as error:
        raise UrlError(f"parse {quote(reading)}: {error}") from error


def _without_fragment(text: str) -> Url:
    if _CONTROL.search(text):
        raise UrlError("net/url: invalid control character in URL")
    if text == "*":
        return Url(path="*")
    found = _SCHEME.match(text)
    if found is not None and found[0] == ":":
        raise UrlError("missing protocol scheme")
    scheme = found[0][:-1].lower() if found else ""
    rest, _, query = text[found.end() if found else 0 :].partition("?")
    if not rest.startswith("/"):
        if scheme:
            return Url(scheme, opaque=rest, query=query)
        if ":" in rest.partition("/")[0]:
            raise UrlError("first path segment in URL cannot contain colon")
    user, host = None, ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        user, host = _authority(authority)
        rest = slash + path
    return Url(scheme, user=user, host=host, path=unescaped(rest, "path"), query=query)


def _authority(text: str) -> tuple[User | None, str]:
    userinfo, at, host_text = text.rpartition("@")
    host = _host(host_text)
    if not at:
        return None, host
    if not _USERINFO.fullmatch(userinfo):
        raise UrlError("net/url: invalid userinfo")
    name, colon, password = userinfo.partition(":")
    return User(unescaped(name, "user"), unescaped(password, "user") if colon else None), host


def _host(text: str) -> str:
    bracket = text.rfind("[")
    if bracket > 0:
        raise UrlError("invalid IP-literal")
    if bracket == 0:
        return _address(text)
    if ":" in text:
        _check_port(text[text.rfind(":") :])
    return unescaped(text, "host")


def _address(text: str) -> str:
    """Between brackets stands an IPv6 address, behind its %25 a zone."""
    end = text.rfind("]")
    if end < 0:
        raise UrlError("missing ']' in host")
    port = text[end + 1 :]
    _check_port(port)
    name, percent, zone = text[1:end].partition("%25")
    address = unescaped(name, "host") + (unescaped(percent + zone, "zone") if percent else "")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError as error:
        raise UrlError(f"invalid host: ParseAddr({quote(address)}): unable to parse IP") from error
    if parsed.version == 4:
        raise UrlError("invalid IP-literal")
    return f"[{address}]{port}"


def _check_port(text: str) -> None:
    if not _PORT.fullmatch(text):
        raise UrlError(f"invalid port {quote(text)} after host")


def unescaped(text: str, part: Part) -> str:
    """Raises UrlError for a percent sign that begins nothing, and for what a host may not hold."""
    for found in _ESCAPED.finditer(text):
        if not found[0].startswith("%"):
            if part in ("host", "zone") and ord(found[0]) not in _UNRESERVED | _ALLOWED[part]:
                raise UrlError(f"invalid character {quote(found[0])} in host name")
        elif found["digits"] is None or not _may_be_escaped(int(found["digits"], 16), part):
            raise UrlError(f"invalid URL escape {quote(from_bytes(to_bytes(text[found.start() :])[:3]))}")
    return from_bytes(_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), to_bytes(text)))


def _may_be_escaped(byte: int, part: Part) -> bool:
    """A host escapes nothing of ASCII but the percent sign, and a zone only what it could hold anyway."""
    if part == "host":
        return byte >= 0x80 or byte == ord("%")
    return part != "zone" or byte in b"% " or byte in _UNRESERVED | _ALLOWED["host"]


def escaped(text: str, part: Part) -> str:
    kept = _UNRESERVED | _ALLOWED[part]
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in to_bytes(text))
