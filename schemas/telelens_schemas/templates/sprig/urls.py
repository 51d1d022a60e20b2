"""URLs taken apart and put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.lists import NIL_POINTER
from telelens_schemas.templates.values import Value, byte_length, kind_of

if TYPE_CHECKING:
    from telelens_schemas.templates.sprig.url_reading import Url

URLS = Family()
function = URLS.function


@function(
    "urlParse",
    "url string",
    "map[string]any",
    "The parts: scheme, host, hostname, path, query, opaque, fragment, userinfo.",
)
def url_parse(calling: Calling, url: str) -> dict[str, Value]:
    calling.budget.memory(4 * byte_length(url))
    calling.budget.step(byte_length(url))
    parsed = _parsed(url, "unable to parse url")
    return {
        "scheme": parsed.scheme,
        "host": parsed.host,
        "hostname": parsed.hostname,
        "path": parsed.path,
        "query": parsed.query,
        "opaque": parsed.opaque,
        "fragment": parsed.fragment,
        "userinfo": parsed.userinfo,
    }


@function("urlJoin", "parts map[string]any", "string", "The URL of parts as urlParse gives them.")
def url_join(calling: Calling, parts: dict[str, Value]) -> str:
    from telelens_schemas.templates.sprig.url_reading import Url

    scheme, host, path, query, opaque, fragment, userinfo = (
        _text(parts, key) for key in ("scheme", "host", "path", "query", "opaque", "fragment", "userinfo")
    )
    calling.budget.memory(4 * sum(map(byte_length, (scheme, host, path, query, opaque, fragment, userinfo))))
    user = _parsed(f"proto://{userinfo}@host", "unable to parse userinfo in dict").user if userinfo else None
    return str(Url(scheme, opaque, user, host, path, query, fragment))


def _parsed(url: str, complaint: str) -> Url:
    from telelens_schemas.templates.sprig.url_reading import UrlError, parse_url

    try:
        return parse_url(url)
    except UrlError as error:
        raise FunctionError(f"{complaint}: {error}") from error


def _text(parts: dict[str, Value], key: str) -> str:
    value = parts.get(key, "")
    if value is None:
        raise FunctionError(NIL_POINTER)
    if not isinstance(value, str):
        raise FunctionError(f"unable to parse {key} key, must be of type string, but {kind_of(value)} found")
    return value
